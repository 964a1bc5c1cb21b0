import { readFileSync } from "node:fs";
import { compareTraining, conformanceCases, runCase, type TrainingCase } from "@normflow/core/conformance";
import { afterAll, describe, expect, it } from "vitest";
import { tfjs } from "./index.ts";

const vectors = new URL("../../core/fixtures/vectors/training.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(vectors, "utf8")) as { cases: TrainingCase[] };

for (const device of ["cpu", "wasm"] as const) {
  const backend = await tfjs({ device });
  afterAll(() => backend.dispose());

  describe(`the conformance suite on ${device}`, () => {
    it.each(conformanceCases.map((c) => [c.name, c] as const))("%s", async (_, subject) => {
      expect(await runCase(subject, backend)).toMatchObject({ ok: true });
    });
  });

  describe(`training trajectories computed by PyTorch, on ${device}`, () => {
    it.each(cases)("$id: losses, gradients and parameters agree to 1e-4", async (given) => {
      for (const { what, ours, theirs } of await compareTraining(given, backend))
        expect(Math.abs(ours - theirs), `${what}: ${ours} against ${theirs}`).toBeLessThanOrEqual(
          1e-4 * (1 + Math.abs(theirs)),
        );
    });
  });
}
