import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { open, reference } from "@normflow/core";
import { all } from "@normflow/layers/all";
import { MelodyModel } from "@normflow/music";
import { describe, expect, it } from "vitest";
import { js } from "./index.ts";

const file = new URL("../../../apps/cli/models/melody.safetensors", import.meta.url);
const opened = open(readFileSync(file), all);
const model = MelodyModel.from(opened, js());
const oracle = MelodyModel.from(opened, reference());

const SAMPLES = 200;
const melodies = await model.sample(SAMPLES, { seed: 21 });
const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => Array.from(a).join() === Array.from(b).join();

describe("the melody model", () => {
  it(`draws the reference's melodies: ${SAMPLES} of ${SAMPLES} from one seed`, async () => {
    const expected = await oracle.sample(SAMPLES, { seed: 21 });
    expect(melodies.filter((m, i) => same(m, expected[i]!)).length).toBe(SAMPLES);
  });

  it("draws the same melodies one by one as all at once", async () => {
    expect(same((await model.sample(1, { seed: 21 }))[0]!, melodies[0]!)).toBe(true);
    expect((await model.sample(16, { seed: 21 })).every((m, i) => same(m, melodies[i]!))).toBe(true);
  });

  it("gives the reference's bits", async () => {
    const [ours, theirs] = [await model.bits(melodies.slice(0, 40)), await oracle.bits(melodies.slice(0, 40))];
    ours.forEach((v, i) => void expect(Math.abs(v - theirs[i]!)).toBeLessThan(1e-4));
  });

  it("decodes what it encodes, and what the reference encodes", async () => {
    for (const latents of [await model.encode(melodies), await oracle.encode(melodies.slice(0, 20))])
      expect((await model.decode(latents)).every((m, i) => same(m, melodies[i]!))).toBe(true);
  });

  it("morphs and varies like the reference, both ends exact", async () => {
    const [a, b] = [melodies[0]!, melodies[1]!];
    const [ours, theirs] = [await model.morph(a, b, 9), await oracle.morph(a, b, 9)];
    expect(ours.every((m, i) => same(m, theirs[i]!))).toBe(true);
    expect(same(ours[0]!, a) && same(ours[8]!, b)).toBe(true);
    const [varied, expected] = [await model.vary(a, 4, { seed: 2 }), await oracle.vary(a, 4, { seed: 2 })];
    expect(varied.every((m, i) => same(m, expected[i]!))).toBe(true);
  });

  it("does not grow over 500 samples", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const used = (): number => {
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    for (let i = 0; i < 20; i++) await model.sample(1, { seed: i });
    const before = used();
    for (let i = 0; i < 500; i++) await model.sample(1, { seed: i });
    expect(used() - before).toBeLessThan(1e6);
  });

  it("says that it was disposed", async () => {
    const own = MelodyModel.from(opened, js());
    await own.sample(1);
    await own.dispose();
    await expect(own.sample(1)).rejects.toMatchObject({ code: "disposed" });
  });
});
