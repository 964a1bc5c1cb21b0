import { describe, expect, it } from "vitest";
import { maf } from "../recipe/maf.ts";
import { behaves } from "../testing/harness.ts";
import { rescaleContext } from "./rescale-context.ts";

const layer = maf({ features: 2, context: 2, layers: 1, hidden: [4], actNorm: false }).bijector;
behaves("rescaleContext", rescaleContext({ layer, shift: [3, -1], scale: [2, 0.5] }));

describe("rescaleContext", () => {
  it("refuses numbers that do not fit the layer's context", () => {
    expect(() => rescaleContext({ layer, shift: [1], scale: [1] })).toThrow(
      "rescale-context: chain conditions on a context [2]; there are 1 shifts and 1 scales.",
    );
    expect(() => rescaleContext({ layer, shift: [1, 2], scale: [1, 0] })).toThrow("the scale of number 1 is 0");
    const plain = maf({ features: 2 }).bijector;
    expect(() => rescaleContext({ layer: plain, shift: [1], scale: [1] })).toThrow("conditions on none");
  });
});
