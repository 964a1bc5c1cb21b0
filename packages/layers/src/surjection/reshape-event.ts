/**
 * Events in another shape.
 *
 * @module
 */
import { constant, defineLayer, leading, reshape, ShapeError, shape, shapeText, z } from "@normflow/core";

const count = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/**
 * Gives an event another shape with the same entries in the same order, `from` on the base's side and `to` on the
 * data's; log-det 0.
 *
 * @throws {ShapeError} where the shapes do not hold the same number of entries
 * @example chain([reshapeEvent({ from: [64], to: [4, 4, 4] }), actNorm({ event: [4, 4, 4] })])
 */
export const reshapeEvent = defineLayer({
  kind: "reshape-event",
  options: z.object({ from: shape, to: shape }),
  facts: ({ from, to }) => {
    if (count(from) !== count(to))
      throw new ShapeError(
        "reshape-event",
        `reshape-event: ${shapeText(from)} holds ${count(from)} entries, ${shapeText(to)} ${count(to)}.`,
        { hint: "Both shapes hold the same number of entries." },
      );
    return { base: from, data: to, constantLogDet: true };
  },
  forward: (_, base, __, { from, to }) => [reshape(base, [...leading(base.shape, from.length), ...to]), constant(0)],
  inverse: (_, x, __, { from, to }) => [reshape(x, [...leading(x.shape, to.length), ...from]), constant(0)],
});
