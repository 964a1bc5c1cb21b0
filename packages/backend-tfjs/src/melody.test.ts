import { readFileSync } from "node:fs";
import { open, reference } from "@normflow/core";
import { all } from "@normflow/layers/all";
import { MelodyModel } from "@normflow/music";
import { afterAll, describe, expect, it } from "vitest";
import { tfjs } from "./index.ts";

const file = new URL("../../../apps/cli/models/melody.safetensors", import.meta.url);
const opened = open(readFileSync(file), all);
const oracle = MelodyModel.from(opened, reference());

const SAMPLES = 200;
const expected = await oracle.sample(SAMPLES, { seed: 21 });
const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => Array.from(a).join() === Array.from(b).join();

for (const device of ["wasm", "cpu"] as const) {
  const backend = await tfjs({ device });
  const model = MelodyModel.from(opened, backend);
  afterAll(() => backend.dispose());

  describe(`the melody model on ${device}`, () => {
    it(`draws the reference's melodies: ${SAMPLES} of ${SAMPLES} from one seed`, async () => {
      const melodies = await model.sample(SAMPLES, { seed: 21 });
      expect(melodies.filter((m, i) => same(m, expected[i]!)).length).toBe(SAMPLES);
      expect(same((await model.sample(1, { seed: 21 }))[0]!, melodies[0]!)).toBe(true);
    });

    it("gives the reference's bits", async () => {
      const [ours, theirs] = [await model.bits(expected.slice(0, 20)), await oracle.bits(expected.slice(0, 20))];
      ours.forEach((v, i) => void expect(Math.abs(v - theirs[i]!)).toBeLessThan(1e-4));
    });

    it("decodes what it encodes, and what the reference encodes", async () => {
      const some = device === "cpu" ? expected.slice(0, 40) : expected;
      for (const latents of [await model.encode(some), await oracle.encode(expected.slice(0, 20))])
        expect((await model.decode(latents)).every((m, i) => same(m, expected[i]!))).toBe(true);
    });

    it("morphs like the reference, both ends exact", async () => {
      const [a, b] = [expected[0]!, expected[1]!];
      const [ours, theirs] = [await model.morph(a, b, 5), await oracle.morph(a, b, 5)];
      expect(ours.every((m, i) => same(m, theirs[i]!))).toBe(true);
      expect(same(ours[0]!, a) && same(ours[4]!, b)).toBe(true);
    });
  });
}
