/**
 * Borders that a flow adds to images.
 *
 * @module
 */
import { constant, defineLayer, OptionError, pad, shapeText, size, slice, z } from "@normflow/core";
import { type ImageShape, imageEvent } from "./image-event.ts";

/** Options of `crop`. */
export interface CropOptions {
  /** Shape of the images of the data. */
  event: number[];
  /** Height and width on the base's side. */
  height: number;
  width: number;
}

/** Rows or columns before and after. */
const margins = (inner: number, outer: number): readonly [before: number, after: number] => {
  const before = Math.floor((outer - inner) / 2);
  return [before, outer - inner - before];
};

/**
 * Cuts a border off images of whole numbers, [C, height, width] → [C, H, W]; the inverse puts zeros around. Log-det 0.
 *
 * A picture's probability is that of all pictures with some border around it, which is that of the one with zeros at
 * least: `P(x) ≥ P(x within zeros)`. So nats and bits count for the H·W pixels of the data, as a bound.
 *
 * @throws {OptionError} `crop-size` where the outer picture is the smaller one
 * @example crop({ event: [1, 28, 28], height: 32, width: 32 })
 */
export const crop = defineLayer({
  kind: "crop",
  options: z.object({ event: imageEvent, height: size, width: size }),
  facts: ({ event, height, width }: CropOptions) => {
    const [c, h, w] = event as unknown as ImageShape;
    if (height < h || width < w)
      throw new OptionError("crop-size", `crop: ${height} × ${width} does not hold an image ${shapeText(event)}.`, {
        hint: `Give a height from ${h} and a width from ${w} on.`,
      });
    return {
      base: [c, height, width],
      data: event,
      domain: "integer",
      codomain: "integer",
      constantLogDet: true,
      exact: height === h && width === w,
    };
  },
  forward(_, base, __, { event, height, width }) {
    const [, h, w] = event as unknown as ImageShape;
    const rows = slice(base, -2, margins(h, height)[0], h);
    return [slice(rows, -1, margins(w, width)[0], w), constant(0)];
  },
  inverse(_, x, __, { event, height, width }) {
    const [, h, w] = event as unknown as ImageShape;
    return [pad(pad(x, -2, ...margins(h, height)), -1, ...margins(w, width)), constant(0)];
  },
});
