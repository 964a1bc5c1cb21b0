// A classifier of the 8 × 8 digits, to judge what flows draw: a perceptron 64-64-10 that sees training rows only. It is a flow
// too, one of labels given pixels, so that `fit` trains it.
import * as c from "@normflow/core";
import { mlp } from "@normflow/layers";

const PIXELS = 64;
const CLASSES = 10;
/** The largest value of a pixel. */
const WHITE = 16;

/** p(label | pixels) as a distribution of labels, softmax of a perceptron. */
const labelDistribution = c.definePart({
  kind: "labels",
  options: c.z.object({ classes: c.size, network: c.part("network") }),
  build: ({ classes, network }) => ({
    role: "base",
    event: [1],
    domain: "integer",
    context: [PIXELS],
    params: { network: network.params },
    logProb(scope, y) {
      const batch = c.leading(y.shape, 1);
      const logits = network.apply(scope.at("network"), c.div(scope.contextFor(batch, 1), WHITE), undefined);
      return c.sum(c.mul(c.logSoftmax(logits, -1), c.oneHot(c.at(y, -1, 0), classes)), -1);
    },
  }),
});

const still = c.defineLayer({
  kind: "still",
  options: c.z.object({ features: c.size }),
  facts: ({ features }) => ({ event: [features], domain: "integer", codomain: "integer", constantLogDet: true }),
  forward: (_, z) => [z, c.constant(0)],
  inverse: (_, x) => [x, c.constant(0)],
});

/** Values as a screen shows them, within 0 and 16. */
export const shown = (pixels) =>
  c.hostArray(
    Float32Array.from(pixels.data, (v) => Math.min(WHITE, Math.max(0, v))),
    [pixels.data.length / PIXELS, PIXELS],
  );

/**
 * Trains the classifier on images of 64 entries and their labels. `judge(pixels)` gives the likeliest label of each, and its
 * probability: [{ best, p }].
 */
export async function digitsClassifier(x, labels, backend) {
  const model = await c.fit(
    c.flow({
      base: labelDistribution({ classes: CLASSES, network: mlp({ in: PIXELS, out: CLASSES, hidden: [64] }) }),
      bijector: still({ features: 1 }),
    }),
    {
      x: c.hostArray(Float32Array.from(labels), [labels.length, 1]),
      context: c.hostArray(x.data, [labels.length, PIXELS]),
    },
    { backend, steps: 1500, batch: 128, learningRate: 3e-3, weightDecay: 1e-3, seed: 100, validation: 0.1 },
  );
  return {
    async judge(pixels) {
      const context = shown(pixels);
      const rows = context.shape[0];
      const best = Array.from({ length: rows }, () => ({ best: 0, p: 0 }));
      for (let label = 0; label < CLASSES; label++) {
        const y = c.hostArray(new Float32Array(rows).fill(label), [rows, 1]);
        const { data } = await model.logProb(y, { context });
        data.forEach((v, i) => {
          if (Math.exp(v) > best[i].p) best[i] = { best: label, p: Math.exp(v) };
        });
      }
      return best;
    },
    dispose: () => model.dispose(),
  };
}
