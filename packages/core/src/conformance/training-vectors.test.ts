import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { reference } from "../reference/backend.ts";
import { compareTraining, type TrainingCase } from "./training-vectors.ts";

const { cases } = JSON.parse(
  readFileSync(new URL("../../fixtures/vectors/training.json", import.meta.url), "utf8"),
) as { cases: TrainingCase[] };

describe("training trajectories computed by PyTorch", () => {
  it.each(cases)("$id: losses, gradients and parameters agree to 1e-9", async (given) => {
    const compared = await compareTraining(given, reference());
    expect(compared.length).toBeGreaterThan(100);
    for (const { what, ours, theirs } of compared)
      expect(Math.abs(ours - theirs), `${what}: ${ours} against ${theirs}`).toBeLessThanOrEqual(
        1e-9 + 1e-9 * Math.abs(theirs),
      );
  });
});
