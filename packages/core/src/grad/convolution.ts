/**
 * The gradient of a convolution with respect to its kernel.
 *
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import * as op from "../ops/index.ts";
import type { PrimitiveParams } from "../primitives/params.ts";

/** [N, C, H, W] → [C, N, H, W], so that a channel is one row of a matrix. */
const byChannel = (x: Tensor): Tensor => op.transpose(x, [1, 0, 2, 3]);

/** The rows of a matrix: the leading axis against all the others. */
const rows = (x: Tensor): Tensor => op.reshape(x, [x.shape[0]!, -1]);

/**
 * x [N, C, H, W] correlated with the cotangent [N, O, H′, W′], one tap a dilation step → [O, C, h, w].
 *
 * One product over all taps. Whichever of the two has fewer channels is copied once a tap: between a narrow and a wide
 * layer the other choice would move several times the data of the whole convolution.
 */
export function kernelGradient(
  x: Tensor,
  ct: Tensor,
  kernel: readonly [height: number, width: number],
  { padding: [top, bottom, left, right], dilation: [dh, dw] }: PrimitiveParams["conv2d"],
): Tensor {
  const [h, w] = kernel;
  const [channels, outputs] = [x.shape[1] as number, ct.shape[1] as number];
  const [height, width] = [ct.shape[2]!, ct.shape[3]!];
  const [spanH, spanW] = [dh * (h - 1), dw * (w - 1)];
  const padded = byChannel(op.pad(op.pad(x, 2, top, bottom), 3, left, right));
  const g = byChannel(ct);
  const taps = Array.from({ length: h * w }, (_, k) => [dh * Math.floor(k / w), dw * (k % w)] as const);
  if (channels <= outputs) {
    const windows = taps.map(([i, j]) => rows(op.slice(op.slice(padded, 2, i, height), 3, j, width)));
    const product = op.matmul(rows(g), op.concat(windows, 0), { transposeB: true });
    return op.transpose(op.reshape(product, [outputs, h, w, channels]), [0, 3, 1, 2]);
  }
  const shifted = taps.map(([i, j]) => rows(op.pad(op.pad(g, 2, i, spanH - i), 3, j, spanW - j)));
  const product = op.matmul(op.concat(shifted, 0), rows(padded), { transposeB: true });
  return op.transpose(op.reshape(product, [h, w, outputs, channels]), [2, 3, 0, 1]);
}
