import {
  at,
  type Backend,
  type Base,
  definePart,
  div,
  fit,
  hostArray,
  leading,
  logSoftmax,
  mul,
  type Network,
  oneHot,
  part,
  sum,
  z,
} from "@normflow/core";
import { mlp } from "@normflow/layers";
import type { Digits } from "./digits.ts";
import { distribution } from "./distribution.ts";

/** What a classifier takes an image for, and how probable it finds that. */
export interface Verdict {
  readonly label: number;
  readonly p: number;
}

const PIXELS = 64;
const WHITE = 16;

/** p(label | pixels), the softmax of a network. */
const labelOf = definePart<{ network: Network }, Base>({
  kind: "guide/label",
  options: z.object({ network: part<Network>("network") }),
  build: ({ network }) => ({
    role: "base",
    event: [1],
    domain: "integer",
    context: [PIXELS],
    params: { network: network.params },
    logProb(scope, label) {
      const pixels = scope.contextFor(leading(label.shape, 1), 1)!;
      const logits = network.apply(scope.at("network"), div(pixels, WHITE), undefined);
      return sum(mul(logSoftmax(logits, -1), oneHot(at(label, -1, 0), 10)), -1);
    },
    sample() {
      throw new Error("The classifier is only asked for its likeliest label.");
    },
  }),
});

/**
 * Trains a classifier of digits, a perceptron 64–64–10.
 *
 * @returns a function of images, 64 levels each one after another, which it clips to 0 … 16
 */
export async function classifier(
  { x, labels }: Digits,
  backend: Backend,
): Promise<(images: ArrayLike<number>) => Promise<Verdict[]>> {
  const network = mlp({ in: PIXELS, out: 10, hidden: [64] });
  const rows = { x: labels.map((label) => [label]), context: x };
  const training = { steps: 1000, batch: 128, learningRate: 3e-3, weightDecay: 1e-3, seed: 100 };
  const model = await fit(distribution(labelOf({ network })), rows, { backend, ...training });
  return async (images) => {
    const count = images.length / PIXELS;
    const context = hostArray(
      Float32Array.from(images, (v) => Math.min(WHITE, Math.max(0, v))),
      [count, PIXELS],
    );
    const best = Array.from({ length: count }, () => ({ label: 0, p: 0 }));
    for (let label = 0; label < 10; label++) {
      const asked = hostArray(new Float32Array(count).fill(label), [count, 1]);
      const { data } = await model.logProb(asked, { context });
      for (let i = 0; i < count; i++) {
        const p = Math.exp(data[i]!);
        if (p > best[i]!.p) best[i] = { label, p };
      }
    }
    return best;
  };
}
