/**
 * Images as rows of patches.
 *
 * @module
 */
import { constant, defineLayer, leading, OptionError, reshape, shape, size, transpose, z } from "@normflow/core";

const parts = ({ event, patch }: { event: number[]; patch: number }) => {
  const [channels, height, width] = event as [number, number, number];
  return { channels, rows: height / patch, columns: width / patch };
};

/**
 * Gives an image `[C, H, W]` of tokens `[H·W/p², C·p²]`, the patches of p × p pixels row by row; log-det 0.
 *
 * @throws {OptionError} `patch-size` where the patches do not fill the image
 * @example chain([patches({ event: [1, 8, 8], patch: 2 }), actNorm({ event: [1, 8, 8] })])
 */
export const patches = defineLayer({
  kind: "patches",
  options: z.object({
    event: shape.check(z.refine((s: number[]) => s.length === 3, "expected [channels, height, width]")),
    patch: size,
  }),
  facts: ({ event, patch }) => {
    const { channels, rows, columns } = parts({ event, patch });
    if (!Number.isInteger(rows) || !Number.isInteger(columns))
      throw new OptionError(
        "patch-size",
        `patches: patches of ${patch} × ${patch} do not fill images of ${event[1]} × ${event[2]}.`,
        { hint: "Choose a patch size that divides height and width." },
      );
    return { base: [rows * columns, channels * patch * patch], data: event, constantLogDet: true };
  },
  forward: (_, tokens, __, { event, patch }) => {
    const { channels, rows, columns } = parts({ event, patch });
    const batch = leading(tokens.shape, 2);
    const n = batch.length;
    const cut = reshape(tokens, [...batch, rows, columns, channels, patch, patch]);
    const laid = transpose(cut, [...batch.keys(), n + 2, n, n + 3, n + 1, n + 4]);
    return [reshape(laid, [...batch, ...event]), constant(0)];
  },
  inverse: (_, image, __, { event, patch }) => {
    const { channels, rows, columns } = parts({ event, patch });
    const batch = leading(image.shape, 3);
    const n = batch.length;
    const cut = reshape(image, [...batch, channels, rows, patch, columns, patch]);
    const laid = transpose(cut, [...batch.keys(), n + 1, n + 3, n, n + 2, n + 4]);
    return [reshape(laid, [...batch, rows * columns, channels * patch * patch]), constant(0)];
  },
});
