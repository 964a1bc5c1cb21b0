/**
 * Convolution at stride 1, one row of outputs at a time.
 *
 * @module
 */
import type { PrimitiveParams } from "@normflow/core";
import type { Step } from "../plan/scope.ts";

/** A dense array within another. */
export interface Dense {
  readonly data: Float32Array;
  readonly start: number;
  readonly shape: readonly number[];
}

/** y[n, o, i, j] = Σ x[n, c, i + d·k − top, j + e·l − left] · kernel[o, c, k, l], zeros outside. */
export function convolve(
  { padding, dilation }: PrimitiveParams["conv2d"],
  [out, x, kernel]: readonly [Dense, Dense, Dense],
): Step {
  const [top, , left] = padding;
  const [dh, dw] = dilation;
  const [batch, channels, height, width] = x.shape as readonly [number, number, number, number];
  const [filters, , kh, kw] = kernel.shape as readonly [number, number, number, number];
  const [, , rows, columns] = out.shape as readonly [number, number, number, number];
  const sums = new Float64Array(columns);
  const [X, K, Y] = [x.data, kernel.data, out.data];
  return () => {
    let to = out.start;
    for (let n = 0; n < batch; n++)
      for (let o = 0; o < filters; o++)
        for (let i = 0; i < rows; i++) {
          sums.fill(0);
          for (let c = 0; c < channels; c++)
            for (let k = 0; k < kh; k++) {
              const row = i + dh * k - top;
              if (row < 0 || row >= height) continue;
              const line = x.start + ((n * channels + c) * height + row) * width;
              for (let l = 0; l < kw; l++) {
                const w = K[kernel.start + ((o * channels + c) * kh + k) * kw + l]!;
                const shift = dw * l - left;
                const end = Math.min(columns, width - shift);
                for (let j = Math.max(0, -shift); j < end; j++) sums[j]! += w * X[line + j + shift]!;
              }
            }
          for (let j = 0; j < columns; j++) Y[to++] = sums[j]!;
        }
  };
}
