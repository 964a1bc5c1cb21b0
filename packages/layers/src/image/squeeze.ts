/**
 * Space to depth.
 *
 * @module
 */
import {
  constant,
  defineLayer,
  leading,
  OptionError,
  reshape,
  shapeText,
  type Tensor,
  transpose,
  z,
} from "@normflow/core";
import { type ImageShape, imageEvent } from "./image-event.ts";

/** Axes after the batch in another order. */
const reorder = (x: Tensor, batch: number, order: readonly number[]): Tensor =>
  transpose(x, [...Array(batch).keys(), ...order.map((axis) => batch + axis)]);

const squeezed = ([c, h, w]: ImageShape): ImageShape => [4 * c, h / 2, w / 2];

/**
 * Folds 2 × 2 blocks of an image into channels, [C, H, W] → [4C, H/2, W/2], channel 4c + 2·dy + dx holding the entry
 * (dy, dx) of each block; log-det 0.
 *
 * `forward` folds, so a flow that folds on its way from data to base takes `invert(squeeze({ event }))`.
 *
 * @throws {OptionError} `squeeze-odd` where height or width is odd
 * @see Dinh, Sohl-Dickstein & Bengio 2017, Density Estimation Using Real NVP, section 3.6
 * @example invert(squeeze({ event: [1, 8, 8] }))
 */
export const squeeze = defineLayer({
  kind: "squeeze",
  options: z.object({ event: imageEvent }),
  facts: ({ event }: { event: number[] }) => {
    const [, h, w] = event as unknown as ImageShape;
    if (h % 2 !== 0 || w % 2 !== 0)
      throw new OptionError("squeeze-odd", `squeeze: an image ${shapeText(event)} has no whole blocks of 2 × 2.`, {
        hint: "Pad it to even height and width, as crop does.",
      });
    return { base: event, data: squeezed(event as unknown as ImageShape), constantLogDet: true };
  },
  forward(_, base, __, { event }) {
    const batch = leading(base.shape, 3);
    const [c, h, w] = event as unknown as ImageShape;
    const blocks = reshape(base, [...batch, c, h / 2, 2, w / 2, 2]);
    const folded = reorder(blocks, batch.length, [0, 2, 4, 1, 3]);
    return [reshape(folded, [...batch, ...squeezed([c, h, w])]), constant(0)];
  },
  inverse(_, x, __, { event }) {
    const batch = leading(x.shape, 3);
    const [c, h, w] = event as unknown as ImageShape;
    const blocks = reshape(x, [...batch, c, 2, 2, h / 2, w / 2]);
    const unfolded = reorder(blocks, batch.length, [0, 3, 1, 4, 2]);
    return [reshape(unfolded, [...batch, c, h, w]), constant(0)];
  },
});
