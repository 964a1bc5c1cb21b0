import { fit, hostArray, reference } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { behaves } from "../testing/harness.ts";
import { glow } from "./glow.ts";

/** The part of the flow between latents and real-valued images, a bijection. */
const bijectionOf = (options: Parameters<typeof glow>[0]) => {
  const { layers } = glow(options).bijector.options as { layers: Parameters<typeof behaves>[1][] };
  return layers[0]!;
};

for (const [name, options] of [
  ["affine", { coupling: "affine", context: 2 }],
  ["additive, free, recomputed", { coupling: "additive", conv: "free", reversible: true }],
] as const)
  behaves(`glow, ${name}`, bijectionOf({ event: [1, 4, 4], levels: 2, steps: 1, hidden: 2, ...options }), {
    deviation: 0.2,
    tolerance: 1e-8,
    differences: false,
    extreme: 1,
  });

describe("glow", () => {
  test("pads what 2ᴸ does not divide, and counts latents of the padded picture", () => {
    const flow = glow({ event: [1, 28, 28], levels: 3, steps: 1, hidden: 2 });
    expect([flow.event, flow.base.event, flow.bijector.facts.exact]).toEqual([[1, 28, 28], [1024], false]);
    expect(glow({ event: [3, 8, 8], levels: 3, steps: 1, hidden: 2 }).bijector.facts.codomain).toBe("integer");
    expect(() => glow({ event: [28, 28] })).toThrow("[channels, height, width], not [28,28]");
    expect(() => glow({ event: [1, 4, 4], margin: 0.5 })).toThrow("between 0 and ½");
  });

  test("learns two pictures: log₂ 2 bits at best, never fewer", async () => {
    const pictures = [
      [0, 3, 3, 0],
      [3, 0, 0, 3],
    ];
    const x = hostArray(
      Float32Array.from({ length: 64 * 4 }, (_, i) => pictures[Math.floor(i / 4) % 2]![i % 4]!),
      [64, 1, 2, 2],
    );
    const flow = glow({ event: [1, 2, 2], values: 4, levels: 1, steps: 2, hidden: 6 });
    const model = await fit(
      flow,
      { x },
      { backend: reference(), steps: 120, batch: 32, seed: 3, learningRate: 1e-2, validation: 0 },
    );
    const data = Float64Array.from((await model.logProb(x, { seed: 9 })).data);
    const bits = -data.reduce((a, b) => a + b, 0) / data.length / Math.LN2;
    expect(bits).toBeGreaterThan(1);
    // Two bits an entry is what knowing nothing costs.
    expect(bits).toBeLessThan(7);
    const back = await model.decode(await model.encode(x));
    expect(Array.from(back.data)).toEqual(Array.from(x.data));
    const drawn = await model.sample(40, { seed: 1, temperature: 0 });
    expect(new Set(Array.from({ length: 40 }, (_, i) => drawn.data.slice(4 * i, 4 * i + 4).join())).size).toBe(1);
    await model.dispose();
  });
});
