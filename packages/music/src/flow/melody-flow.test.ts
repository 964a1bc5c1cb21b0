import { type Backend, composed, hostArray, layoutOf, open, reference, saveWeights, startValues } from "@normflow/core";
import { all } from "@normflow/layers/all";
import { describe, expect, it } from "vitest";
import { canonical, fromEvent, toEvent } from "../grid/grid.ts";
import { patternTable } from "../grid/pattern.ts";
import { BEATS, COORDINATES, melodyFlow, melodyOptionsOf, PATTERNS, PITCHES, STEPS } from "./melody-flow.ts";
import { MelodyModel } from "./melody-model.ts";
import { force, lockScale, noTilt, startsNote } from "./tilt.ts";

const size = { width: 16, blocks: 1, heads: 2 };
/** A flow of random weights with some contrast, so that its cells differ in width. */
const weights = () => {
  const layout = layoutOf(melodyFlow(size).params);
  return { params: startValues(layout, [3, 4]).map((v) => 3 * v), state: new Float64Array(0) };
};
const model = (backend: Backend = reference()) => new MelodyModel(size, weights(), backend);

const tokens = (events: readonly ArrayLike<number>[]): number[][] => events.map((e) => Array.from(e));

/** Repeatable melodies of all sorts: dense, sparse, silent. */
function randomEvents(n: number, seed = 1): Float32Array[] {
  let state = seed;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return Array.from({ length: n }, (_, i) => {
    const density = (i % 10) / 9;
    return toEvent(
      canonical(
        Array.from({ length: STEPS }, () =>
          next() < density ? 50 + Math.floor(next() * PITCHES) : next() < 0.3 ? 0 : -1,
        ),
      ),
    );
  });
}

describe("the melody flow", () => {
  it("has the parameters that its description promises", () => {
    expect(layoutOf(melodyFlow().params).size).toBe(103_990);
    expect(layoutOf(melodyFlow({ bias: true }).params).size).toBe(103_990);
  });

  it("decodes every melody from its latent, from the middle of its cells and from points drawn in them", async () => {
    const m = model();
    const events = randomEvents(60);
    expect(tokens(await m.decode(await m.encode(events)))).toEqual(tokens(events));
    expect(tokens(await m.decode(await m.encode(events, { seed: 5 })))).toEqual(tokens(events));
  });

  it("leaves unused coordinates at 0, and fills them with standard normal noise when asked to draw", async () => {
    const m = model();
    const events = randomEvents(200);
    const [middle, drawn] = [await m.encode(events), await m.encode(events, { seed: 1 })];
    const unused: number[] = [];
    events.forEach((e, i) => {
      for (let t = 0; t < STEPS; t++)
        if (!startsNote(e, t)) {
          expect(Math.abs(middle[i]![BEATS + t]!)).toBeLessThan(1e-6);
          unused.push(drawn[i]![BEATS + t]!);
        }
    });
    const mean = unused.reduce((a, b) => a + b, 0) / unused.length;
    const variance = unused.reduce((a, b) => a + b * b, 0) / unused.length;
    expect(Math.abs(mean)).toBeLessThan(0.06);
    expect(Math.abs(variance - 1)).toBeLessThan(0.08);
  });

  it("draws the same melodies for a seed, the first ones first, and others for another", async () => {
    const m = model();
    const five = await m.sample(5, { seed: 1 });
    expect(await m.sample(3, { seed: 1 })).toEqual(five.slice(0, 3));
    expect(await m.sample(5, { seed: 2 })).not.toEqual(five);
    for (const e of five) expect(toEvent(fromEvent(e))).toBeDefined();
  });

  it("gives the classes of the last pitch probabilities that sum to one", async () => {
    const m = model();
    const all = patternTable.findIndex((p) => p.join() === "0,0,0,0");
    const before = patternTable.findIndex((p) => p.join() === "0,0,0,1");
    const ending = (pattern: number, last: number): Float32Array => {
      const event = Float32Array.from(randomEvents(10)[6]!);
      event[BEATS - 1] = pattern;
      for (let t = STEPS - 4; t < STEPS; t++) event[BEATS + t] = 3;
      event[BEATS + STEPS - 1] = last;
      return event;
    };
    // The rhythm comes first, so melodies with other rhythms share no prefix; a tilt that forces all but the last pitch does.
    const melody = ending(all, 0);
    const tilt = force(
      noTilt(),
      melody,
      Array.from({ length: COORDINATES - 1 }, (_, i) => i),
    );
    const counts = new Float64Array(PITCHES);
    const n = 800;
    for (const event of await m.sample(n, { seed: 2, tilt })) counts[event[COORDINATES - 1]!]!++;
    const bits = await m.bits(Array.from({ length: PITCHES }, (_, v) => ending(all, v)));
    const total = bits.reduce((sum, b) => sum + 2 ** (bits[0]! - b), 0);
    bits.forEach((b, v) => {
      const p = 2 ** (bits[0]! - b) / total;
      expect(Math.abs(counts[v]! / n - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n) + 1e-3);
    });
    expect(Number.isFinite((await m.bits([ending(before, 0)]))[0])).toBe(true);
  });
});

describe("samples", () => {
  it.each([0.4, 1, 3])("come with their bits at temperature %s", async (temperature) => {
    const m = model();
    const { events, bits } = await m.sampleWithBits(60, { seed: 8, temperature });
    expect(tokens(events)).toEqual(tokens(await m.sample(60, { seed: 8, temperature })));
    (await m.bits(events.map((e) => Float32Array.from(e)))).forEach((b, i) => void expect(bits[i]).toBeCloseTo(b, 9));
  });
});

describe("morphs", () => {
  it("end exactly at both melodies and change one beat after another", async () => {
    const m = model();
    const events = randomEvents(12);
    const pairs = [3, 5, 7].map((i) => [events[i]!, events[i + 2]!] as const);
    for (const preset of ["smooth", "musical"] as const)
      for (const [i, path] of (await m.morphs(pairs, 9, preset)).entries()) {
        expect(path).toHaveLength(9);
        expect(tokens([path[0]!, path[8]!])).toEqual(tokens(pairs[i]!));
      }
  });

  it("need two points", async () => {
    const [a, b] = randomEvents(2) as [Float32Array, Float32Array];
    await expect(model().morph(a, b, 1)).rejects.toThrow("A morph has 2 points or more");
  });
});

describe("variations", () => {
  it("end at the melody itself, keep what they are told to and grow nearer with similarity", async () => {
    const m = model();
    const melody = randomEvents(10)[5]!;
    expect(tokens(await m.vary(melody, 2, { similarity: 1 }))).toEqual(tokens([melody, melody]));
    const distance = async (similarity: number) =>
      (await m.vary(melody, 20, { similarity, seed: 3 })).reduce(
        (n, v) => n + v.filter((t, i) => t !== melody[i]).length,
        0,
      );
    expect(await distance(0.9)).toBeLessThan(await distance(0.2));
    const keep = [0, 1, 2, 3, ...Array.from({ length: 16 }, (_, t) => BEATS + t)];
    for (const v of await m.vary(melody, 10, { similarity: 0.1, keep }))
      for (const i of keep) expect(v[i]).toBe(melody[i]);
  });

  it("stay within a scale", async () => {
    const scale = new Set([0, 2, 4, 7, 9]);
    const samples = await model().sample(20, { tilt: lockScale(noTilt(), scale) });
    for (const e of samples)
      for (let t = 0; t < STEPS; t++) if (startsNote(e, t)) expect(scale.has((50 + e[BEATS + t]!) % 12)).toBe(true);
  });
});

describe("a melody model file", () => {
  it("opens as the model that was saved, and no other flow does", async () => {
    const bytes = saveWeights(melodyFlow(size), weights(), { title: "test" });
    const again = MelodyModel.from(open(bytes, all), reference());
    expect(await again.sample(3)).toEqual(await model().sample(3));
    const { flow } = open(bytes, all);
    expect(melodyOptionsOf({ ...flow, bijector: composed({ layers: [flow.bijector] }) })).toBeUndefined();
  });

  it("takes tilts of the right size", async () => {
    await expect(model().plain.logProb(hostArray(new Float32Array(39), [1, 39]))).rejects.toThrow(
      "x has shape [1, 39]",
    );
    expect(noTilt()).toHaveLength(COORDINATES * PATTERNS);
  });
});
