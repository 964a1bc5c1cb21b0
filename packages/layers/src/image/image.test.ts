import { chain, invert } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { rescale } from "../elementwise/rescale.ts";
import { mlp } from "../network/mlp.ts";
import { actNorm } from "../normalisation/act-norm.ts";
import { reshapeEvent } from "../surjection/reshape-event.ts";
import { array, mapValues } from "../testing/evaluate.ts";
import { behaves } from "../testing/harness.ts";
import { additive } from "../transformation/additive.ts";
import { affine } from "../transformation/affine.ts";
import { gatedAffine } from "../transformation/gated-affine.ts";
import { channelCoupling } from "./channel-coupling.ts";
import { contextAffine } from "./context-affine.ts";
import { convNet } from "./conv-net.ts";
import { crop } from "./crop.ts";
import { invertibleConv } from "./invertible-conv.ts";
import { sliceChannels } from "./slice-channels.ts";
import { squeeze } from "./squeeze.ts";

const smooth = { hidden: 3, activation: "tanh" as const };
const flat = reshapeEvent({ from: [4], to: [1, 2, 2] });

behaves("squeeze", squeeze({ event: [2, 4, 2] }));
behaves("actNorm a channel", actNorm({ event: [2, 2, 3], perChannel: true }));
behaves("invertibleConv", invertibleConv({ event: [3, 2, 2], permutation: [2, 0, 1] }));
// 32 random free matrices, which start nowhere near the identity, leave the range of float32.
behaves("invertibleConv, free", invertibleConv({ event: [3, 2, 1], factors: "free" }), { drift: false });
behaves("invertibleConv of one channel", invertibleConv({ event: [1, 1, 2], factors: "free" }), { drift: false });
behaves(
  "channelCoupling",
  channelCoupling({
    event: [3, 2, 2],
    kept: "first",
    transformation: affine(),
    network: convNet({ in: 2, out: 2, ...smooth }),
  }),
);
behaves(
  "channelCoupling, gated, with a context",
  channelCoupling({
    event: [2, 2, 3],
    kept: "second",
    transformation: gatedAffine({}),
    network: convNet({ in: 1, out: 2, context: 2, ...smooth }),
  }),
  { extreme: 5 },
);
behaves(
  "channelCoupling, additive",
  channelCoupling({
    event: [2, 2, 2],
    kept: "first",
    transformation: additive({}),
    network: convNet({ in: 1, out: 1, kernel: 1, ...smooth }),
  }),
);
behaves("sliceChannels", sliceChannels({ event: [3, 2, 2], kept: 1, rest: flat }));
behaves(
  "sliceChannels with a prior and a context",
  sliceChannels({
    event: [2, 2, 2],
    kept: 1,
    rest: chain([flat, actNorm({ event: [1, 2, 2] })]),
    prior: { transformation: affine(), network: convNet({ in: 1, out: 2, context: 1, ...smooth }) },
  }),
);
behaves(
  "contextAffine",
  contextAffine({
    event: [2, 2],
    context: 3,
    transformation: affine(),
    network: mlp({ in: 3, out: 8, hidden: [] }),
  }),
);

const none = { params: new Float64Array(0) };

describe("squeeze", () => {
  test("puts entry (dy, dx) of a block into channel 4c + 2·dy + dx", async () => {
    const image = array([...Array(16).keys()], [1, 1, 4, 4]);
    const { value } = await mapValues(squeeze({ event: [1, 4, 4] }), "forward", image, none);
    expect(Array.from(value!)).toEqual([0, 2, 8, 10, 1, 3, 9, 11, 4, 6, 12, 14, 5, 7, 13, 15]);
  });

  test("wants whole blocks", () => {
    expect(() => squeeze({ event: [1, 3, 4] })).toThrow("an image [1, 3, 4] has no whole blocks");
    expect(() => squeeze({ event: [4, 4] })).toThrow("[channels, height, width]");
  });
});

describe("invertibleConv", () => {
  test("starts as a rotation where it is free, as a permutation where it is not", async () => {
    const { params } = invertibleConv({ event: [5, 1, 1], factors: "free" });
    const weight = (params as Record<string, { start(key: unknown): Float64Array }>)["weight"]!.start([1, 2]);
    for (let i = 0; i < 5; i++)
      for (let j = 0; j < 5; j++) {
        const product = [...Array(5).keys()].reduce((s, k) => s + weight[5 * i + k]! * weight[5 * j + k]!, 0);
        expect(product).toBeCloseTo(i === j ? 1 : 0, 12);
      }
    const mixed = await mapValues(
      invertibleConv({ event: [3, 1, 1], permutation: [2, 0, 1] }),
      "forward",
      array([5, 6, 7], [1, 3, 1, 1]),
      { params: new Float64Array(12) },
    );
    expect(Array.from(mixed.value!)).toEqual([7, 5, 6]);
  });

  test("takes pivots where the matrix has zeros on its diagonal", async () => {
    const layer = invertibleConv({ event: [3, 1, 1], factors: "free" });
    const params = Float64Array.of(0, 2, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0);
    const there = await mapValues(layer, "forward", array([1, 2, 3], [1, 3, 1, 1]), { params });
    expect(Array.from(there.value!)).toEqual([4, 9, 4]);
    expect(there.logDet![0]).toBeCloseTo(Math.log(24), 12);
    const back = await mapValues(layer, "inverse", array(there.value!, [1, 3, 1, 1]), { params });
    expect(Array.from(back.value!)).toEqual([1, 2, 3]);
  });

  test("refuses what is no permutation, and one beside a free matrix", () => {
    expect(() => invertibleConv({ event: [2, 1, 1], permutation: [0, 0] })).toThrow(
      "does not name each of 0 to 1 once",
    );
    expect(() => invertibleConv({ event: [2, 1, 1], factors: "free", permutation: [1, 0] })).toThrow("not of free");
  });
});

describe("actNorm a channel", () => {
  test("starts with mean 0 and deviation 1 over the channel's entries of the whole batch", async () => {
    const data = array(
      Array.from({ length: 60 }, (_, i) => 3 * Math.sin(7 * i) + (i % 2)),
      [5, 2, 2, 3],
    );
    const layer = actNorm({ event: [2, 2, 3], perChannel: true });
    const { value, logDet } = await mapValues(layer, "inverse", data, {
      params: new Float64Array(4),
      mode: "init",
    });
    for (const channel of [0, 1]) {
      const entries = value!.filter((_, i) => Math.floor(i / 6) % 2 === channel);
      const mean = entries.reduce((a, b) => a + b) / entries.length;
      expect(mean).toBeCloseTo(0, 12);
      expect(entries.reduce((a, b) => a + (b - mean) ** 2, 0) / entries.length).toBeCloseTo(1, 12);
    }
    expect(logDet!.length).toBe(5);
  });
});

describe("crop", () => {
  test("puts zeros around on the way to the base, and cuts them off again", async () => {
    const layer = crop({ event: [1, 1, 2], height: 2, width: 5 });
    const inside = await mapValues(layer, "inverse", array([7, 8], [1, 1, 1, 2]), none);
    expect(Array.from(inside.value!)).toEqual([0, 7, 8, 0, 0, 0, 0, 0, 0, 0]);
    const back = await mapValues(layer, "forward", array(inside.value!, [1, 1, 2, 5]), none);
    expect(Array.from(back.value!)).toEqual([7, 8]);
    expect(layer.facts.exact).toBe(false);
  });

  test("refuses to cut the picture", () => {
    expect(() => crop({ event: [1, 4, 4], height: 3, width: 8 })).toThrow("3 × 8 does not hold an image [1, 4, 4]");
  });
});

describe("misuse", () => {
  test("names the layers and the remedy", () => {
    const network = convNet({ in: 1, out: 2, hidden: 2 });
    const transformation = affine();
    expect(() => channelCoupling({ event: [1, 2, 2], kept: "first", transformation, network })).toThrow(
      expect.objectContaining({ hint: "Fold space into channels first: invert(squeeze({ event: [1, 2, 2] }))." }),
    );
    expect(() => sliceChannels({ event: [2, 2, 2], kept: 2, rest: flat })).toThrow("of 2 channels 2 go on");
    expect(() => sliceChannels({ event: [4, 2, 2], kept: 2, rest: flat })).toThrow(
      "form images [2, 2, 2], reshape-event gives [1, 2, 2]",
    );
    expect(() => convNet({ in: 1, out: 1, hidden: 1, kernel: 2 })).toThrow("a kernel of 2 has no middle");
    expect(() => chain([rescale({ shift: [0], scale: [1] }), invert(squeeze({ event: [1, 2, 2] }))])).toThrow(
      "layer 2 (invert, event [4, 1, 1]) cannot follow layer 1 (rescale, event [1])",
    );
  });

  test("of a network with other channels is told with the number due", async () => {
    const layer = channelCoupling({
      event: [2, 2, 2],
      kept: "first",
      transformation: affine(),
      network: convNet({ in: 1, out: 3, hidden: 2 }),
    });
    await expect(
      mapValues(layer, "forward", array(new Float64Array(8), [1, 2, 2, 2]), { params: new Float64Array(200) }),
    ).rejects.toThrow(
      "conv-net returned [1, 3, 2, 2] where 1 channels with 2 parameters each (affine) want [1, 2, 2, 2]",
    );
  });
});
