import { readFileSync } from "node:fs";
import type { Backend } from "@normflow/core";
import { compareTraining, conformanceCases, runCase, type TrainingCase } from "@normflow/core/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onnx } from "./index.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await onnx({ threads: 1 });
});
afterAll(() => backend.dispose());

describe("the conformance suite", () => {
  it.each(conformanceCases.map((c) => [c.name, c] as const))("%s", async (_, subject) => {
    expect(await runCase(subject, backend)).toMatchObject({ ok: true });
  });
});

const vectors = new URL("../../core/fixtures/vectors/training.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(vectors, "utf8")) as { cases: TrainingCase[] };

describe("training trajectories computed by PyTorch", () => {
  it.each(cases)("$id: losses, gradients and parameters agree to 1e-4", async (given) => {
    for (const { what, ours, theirs } of await compareTraining(given, backend))
      expect(Math.abs(ours - theirs), `${what}: ${ours} against ${theirs}`).toBeLessThanOrEqual(
        1e-4 * (1 + Math.abs(theirs)),
      );
  });
});
