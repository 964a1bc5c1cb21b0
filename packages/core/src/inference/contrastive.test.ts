import { expect, it } from "vitest";
import { defineLayer } from "../bijector/bijector.ts";
import { zeros } from "../bijector/parameter.ts";
import * as z from "../bijector/schema.ts";
import { flow } from "../distribution/flow.ts";
import { standardNormal, standardNormalLogProb } from "../distribution/standard-normal.ts";
import { fit } from "../fit/fit.ts";
import { add, div, exp, mul, neg, sub } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import { key, normal } from "../random/index.ts";
import { reference } from "../reference/backend.ts";
import { contrastivePosterior } from "./contrastive.ts";

/** x = w c + b + eˢ z. */
const shifted = defineLayer({
  kind: "shifted",
  options: z.object({}),
  facts: () => ({ event: [1], context: [1] }),
  params: () => ({ w: zeros([1]), b: zeros([1]), s: zeros([1]) }),
  forward: ({ w, b, s }, v, scope) => {
    const c = scope.contextFor(v.shape.slice(0, -1), 1)!;
    return [add(mul(exp(s), v), add(mul(w, c), b)), sum(s)];
  },
  inverse: ({ w, b, s }, x, scope) => {
    const c = scope.contextFor(x.shape.slice(0, -1), 1)!;
    return [div(sub(x, add(mul(w, c), b)), exp(s)), neg(sum(s))];
  },
});

it("finds the posterior under the prior from draws of another proposal", async () => {
  // Prior N(0, 1), data N(θ, 1): posterior N(c/2, ½). The proposal N(1, 1) alone would teach N((c + 1)/2, ½).
  const n = 2000;
  const x = normal(key(1), n).map((v) => v + 1);
  const noise = normal(key(2), n);
  const context = x.map((v, i) => v + noise[i]!);
  const posterior = await fit(
    flow({ base: standardNormal({ event: [1] }), bijector: shifted({}) }),
    { x, context },
    {
      backend: reference(),
      steps: 250,
      batch: 64,
      learningRate: 0.03,
      validation: 0,
      loss: contrastivePosterior((theta) => standardNormalLogProb(theta, 1)),
    },
  );
  const [w, b, s] = posterior.weights.params as unknown as [number, number, number];
  expect(Math.abs(w - 0.5)).toBeLessThan(0.1);
  expect(Math.abs(b)).toBeLessThan(0.2);
  expect(Math.abs(Math.exp(s) - Math.SQRT1_2)).toBeLessThan(0.1);
});

it("wants a flow with a context", async () => {
  const plain = flow({ base: standardNormal({ event: [1] }), bijector: shifted({}) });
  const loss = contrastivePosterior((theta) => standardNormalLogProb(theta, 1));
  expect(() => loss({ flow: { ...plain, context: undefined }, scope: undefined as never, x: undefined })).toThrow(
    expect.objectContaining({ code: "contrastive-context" }),
  );
});
