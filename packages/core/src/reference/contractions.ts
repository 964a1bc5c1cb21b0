/**
 * Matrix products, convolution and triangular solves, as sums written out.
 *
 * @module
 */
import type { PrimitiveParams } from "../primitives/params.ts";
import { type Block, count } from "./block.ts";

/** C = op(A) op(B) over the last two axes, batch axes broadcasting. */
export function matmul({ transposeA, transposeB }: PrimitiveParams["matmul"], a: Block, b: Block): Block {
  const [ra, ca] = a.shape.slice(-2) as [number, number];
  const [rb, cb] = b.shape.slice(-2) as [number, number];
  const [m, inner] = transposeA ? [ca, ra] : [ra, ca];
  const n = transposeB ? rb : cb;
  const rank = Math.max(a.shape.length, b.shape.length) - 2;
  const batchOf = (s: readonly number[]): number[] => {
    const own = s.slice(0, -2);
    return [...new Array<number>(rank - own.length).fill(1), ...own];
  };
  const [batchA, batchB] = [batchOf(a.shape), batchOf(b.shape)];
  const batch = batchA.map((d, i) => (d === 1 ? batchB[i]! : d));
  const total = count(batch);
  const data = new Float64Array(total * m * n);
  const [ai, ak] = transposeA ? [1, ca] : [ca, 1];
  const [bk, bj] = transposeB ? [1, cb] : [cb, 1];
  for (let t = 0; t < total; t++) {
    let [oa, ob, rest, sa, sb] = [0, 0, t, ra * ca, rb * cb];
    for (let i = rank - 1; i >= 0; i--) {
      const at = rest % batch[i]!;
      rest = Math.floor(rest / batch[i]!);
      if (batchA[i] !== 1) oa += at * sa;
      if (batchB[i] !== 1) ob += at * sb;
      sa *= batchA[i]!;
      sb *= batchB[i]!;
    }
    for (let i = 0; i < m; i++)
      for (let k = 0; k < inner; k++) {
        const x = a.data[oa + i * ai + k * ak]!;
        const row = (t * m + i) * n;
        for (let j = 0; j < n; j++) data[row + j]! += x * b.data[ob + k * bk + j * bj]!;
      }
  }
  return { data, shape: [...batch, m, n] };
}

/** y[n, o, i, j] = Σ x[n, c, i + d·k − top, j + e·l − left] · kernel[o, c, k, l], zeros outside. */
export function conv2d({ padding, dilation }: PrimitiveParams["conv2d"], x: Block, kernel: Block): Block {
  const [top, bottom, left, right] = padding;
  const [dh, dw] = dilation;
  const [batch, channels, height, width] = x.shape as readonly [number, number, number, number];
  const [out, , kh, kw] = kernel.shape as readonly [number, number, number, number];
  const oh = height + top + bottom - dh * (kh - 1);
  const ow = width + left + right - dw * (kw - 1);
  const data = new Float64Array(batch * out * oh * ow);
  let to = 0;
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < out; o++)
      for (let i = 0; i < oh; i++)
        for (let j = 0; j < ow; j++) {
          let total = 0;
          for (let c = 0; c < channels; c++)
            for (let k = 0; k < kh; k++) {
              const row = i + dh * k - top;
              if (row < 0 || row >= height) continue;
              for (let l = 0; l < kw; l++) {
                const column = j + dw * l - left;
                if (column < 0 || column >= width) continue;
                total +=
                  x.data[((n * channels + c) * height + row) * width + column]! *
                  kernel.data[((o * channels + c) * kh + k) * kw + l]!;
              }
            }
          data[to++] = total;
        }
  return { data, shape: [batch, out, oh, ow] };
}

/** Substitution, one row of T after another. */
export function triangularSolve(
  { lower, transpose, unitDiagonal }: PrimitiveParams["triangularSolve"],
  t: Block,
  b: Block,
): Block {
  const n = t.shape[0]!;
  const k = b.shape.at(-1)!;
  const at = (i: number, j: number): number => (transpose ? t.data[j * n + i]! : t.data[i * n + j]!);
  const forward = lower !== transpose;
  const data = Float64Array.from(b.data);
  for (let base = 0; base < data.length; base += n * k)
    for (let step = 0; step < n; step++) {
      const i = forward ? step : n - 1 - step;
      for (let c = 0; c < k; c++) {
        let value = data[base + i * k + c]!;
        for (let j = forward ? 0 : i + 1; j < (forward ? i : n); j++) value -= at(i, j) * data[base + j * k + c]!;
        data[base + i * k + c] = unitDiagonal ? value : value / at(i, i);
      }
    }
  return { data, shape: b.shape };
}
