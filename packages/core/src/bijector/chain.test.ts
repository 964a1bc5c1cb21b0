import { describe, expect, it } from "vitest";
import { flow } from "../distribution/flow.ts";
import { standardNormal } from "../distribution/standard-normal.ts";
import { standardUniform } from "../distribution/standard-uniform.ts";
import { add, mul } from "../ops/elementwise.ts";
import { constant, reshape } from "../ops/layout.ts";
import { defineLayer } from "./bijector.ts";
import { chain, composed } from "./chain.ts";
import { fromJSON, shape, toJSON } from "./described.ts";
import type { Domain } from "./facts.ts";
import { invert, inverted } from "./invert.ts";
import { traceProgram } from "./program.ts";
import * as z from "./schema.ts";

const domain = z.enum(["real", "positive", "unit", "interval", "integer"]);
const layer = defineLayer({
  kind: "test-layer",
  options: z.object({
    from: shape,
    to: shape,
    context: z.optional(shape),
    domain: z.optional(domain),
    codomain: z.optional(domain),
  }),
  facts: ({ from, to, context, domain: d, codomain: c }) => ({
    base: from,
    data: to,
    context,
    ...(d ? { domain: d } : {}),
    ...(c ? { codomain: c } : {}),
    monotone: -1,
    forward: { passes: 3 },
  }),
  forward: (_, v, __, { to }) => [reshape(v, [...v.shape.slice(0, 1), ...to]), constant(0)],
  inverse: (_, v, __, { from }) => [reshape(v, [...v.shape.slice(0, 1), ...from]), constant(0)],
});
const at = (event: number[], more: { context?: number[]; domain?: Domain; codomain?: Domain } = {}) =>
  layer({ from: event, to: event, ...more });

describe("chain", () => {
  it("says which layer cannot follow which, and what to do", () => {
    expect(() => chain([at([4, 4, 4]), at([64])])).toThrow(
      "chain: layer 2 (test-layer, event [64]) cannot follow layer 1 (test-layer, event [4, 4, 4]): reshape it first, reshapeEvent({ from: [4, 4, 4], to: [64] }).",
    );
    expect(() => chain([at([2]), at([2]), at([3])])).toThrow(
      "layer 3 (test-layer, event [3]) cannot follow layer 2 (test-layer, event [2]).",
    );
    expect(() => chain([at([2]), at([2], { domain: "unit" })])).toThrow(
      "takes unit values and cannot follow layer 1 (test-layer, event [2]), which gives real ones.",
    );
    expect(() => chain([at([2], { context: [1] }), at([2], { context: [3] })])).toThrow("conditions on a context [3]");
    expect(() => chain([])).toThrow("there is no layer in it");
  });

  it("adds up what is known of its layers", () => {
    const { facts } = chain([layer({ from: [4], to: [2, 2], context: [3] }), layer({ from: [2, 2], to: [4] })]);
    expect(facts).toMatchObject({
      base: [4],
      data: [4],
      context: [3],
      monotone: 1,
      exact: true,
      cost: { forward: { passes: 3 }, inverse: { passes: 1 } },
    });
    expect(invert(chain([layer({ from: [4], to: [2, 2] })])).facts).toMatchObject({
      base: [2, 2],
      data: [4],
      monotone: -1,
      cost: { forward: { passes: 1 }, inverse: { passes: 3 } },
    });
  });

  it("refuses a base that does not fit", () => {
    expect(() => flow({ base: standardNormal({ event: [3] }), bijector: at([2]) })).toThrow(
      "flow: test-layer starts from events [2], the base standard-normal has [3].",
    );
    expect(() => flow({ base: standardNormal({ event: [2] }), bijector: at([2], { domain: "unit" }) })).toThrow(
      "starts from unit values",
    );
    expect(flow({ base: standardUniform({ event: [2] }), bijector: at([2], { domain: "unit" }) }).event).toEqual([2]);
  });
});

describe("defineLayer", () => {
  it("names the option that is wrong", () => {
    expect(() => layer({ from: [0], to: [2] })).toThrow("test-layer: option from.0:");
  });

  it("checks events and results where they are used", () => {
    const bad = defineLayer({
      kind: "bad",
      options: z.object({}),
      facts: () => ({ event: [2] }),
      forward: (_, v) => [v, v],
      inverse: (_, v) => [add(v, 0), mul(constant(1), 1)],
    })({});
    const program = (event: number[], way: "forward" | "inverse") =>
      traceProgram(bad, { mode: "eval", inputs: { x: [5, ...event] } }, ({ scope, inputs }) => ({
        y: bad[way](scope, inputs["x"]!)[0],
      }));
    expect(() => program([3], "inverse")).toThrow("bad takes events [2], not a tensor of shape [5, 3].");
    expect(() => program([2], "forward")).toThrow("bad returned a log-det of shape [5, 2] for a batch of [5].");
    expect(() => program([2], "inverse")).not.toThrow();
  });
});

describe("descriptions", () => {
  const subject = flow({
    base: standardNormal({ event: [4] }),
    bijector: chain([invert(layer({ from: [2, 2], to: [4] })), layer({ from: [2, 2], to: [4] })]),
  });
  const kinds = [flow, standardNormal, composed, inverted, layer];

  it("go into plain data and come back", () => {
    const text = JSON.stringify(toJSON(subject));
    expect(JSON.stringify(toJSON(fromJSON(JSON.parse(text), kinds)))).toBe(text);
  });

  it("name an unknown kind and how to pass it", () => {
    expect(() => fromJSON(toJSON(subject), kinds.slice(0, 4))).toThrow(
      expect.objectContaining({
        code: "unknown-kind",
        hint: expect.stringContaining("load(bytes, { layers: [...all, yourLayer] })"),
      }),
    );
  });

  it("are not followed without end", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 10_000; i++) deep = [deep];
    expect(() => fromJSON(deep, kinds)).toThrow("nested more than");
  });
});
