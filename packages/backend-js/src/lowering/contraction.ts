/**
 * Matrix products, convolution and triangular solves.
 *
 * @module
 */
import type { NodeOf, PrimitiveParams, Tensor } from "@normflow/core";
import { convolve } from "../kernels/convolution.ts";
import { copyRows } from "../kernels/copy.ts";
import { product, TILE_ROWS } from "../kernels/product.ts";
import { allFinite, sparseProduct } from "../kernels/sparse.ts";
import { solveTriangular } from "../kernels/triangular.ts";
import type { Lowerer } from "../plan/lower.ts";
import { offsetTable } from "../plan/nest.ts";
import type { Step } from "../plan/scope.ts";
import { broadcastView, count, isWhole, placeOf, type View } from "../plan/view.ts";
import { sharedShape } from "./elementwise.ts";

/** What is done to a product's sums: a row added, max(·, 0) taken. */
export interface ProductEnd {
  readonly bias?: View | undefined;
  readonly relu: boolean;
}

const ZERO = new Float32Array(1);

/** From this many rows on it pays to see whether B is finite, so that zeros of A can be skipped. */
const CHECK_ROWS = 8;

/** Whether most entries of a tensor are likely zeros: masks, one-hot rows, rectified values. */
export function oftenZero({ node }: Tensor): boolean {
  switch (node.op) {
    case "equal":
    case "relu":
      return true;
    case "mul":
      return node.inputs.some(oftenZero);
    case "reshape":
    case "slice":
    case "transpose":
      return oftenZero(node.inputs[0]!);
    default:
      return false;
  }
}

export const matmul = (
  params: PrimitiveParams["matmul"],
  inputs: readonly View[],
  l: Lowerer,
  node: NodeOf<"matmul">,
): readonly View[] => [endedProduct(params, inputs, l, node, { relu: false })];

/** The last two axes of a view swapped. */
const swapped = (v: View): View => {
  const r = v.shape.length;
  const swap = <T>(list: readonly T[]): T[] => [...list.slice(0, -2), list[r - 1]!, list[r - 2]!];
  return { ...v, shape: swap(v.shape), strides: swap(v.strides) };
};

/** One matrix of rows where B has no batch and A's batch walks like more rows. */
function asOneMatrix(a: View, b: View): readonly [View, View] {
  const lead = a.shape.slice(0, -1);
  if (a.shape.length === 2 || b.shape.slice(0, -2).some((d) => d !== 1)) return [a, b];
  const [k, step] = [a.shape.at(-1)!, a.strides.at(-1)!];
  // Leading axes of size 1 walk like any.
  const axes = lead.map((d, i) => [d, a.strides[i]!] as const).filter(([d]) => d !== 1);
  for (let i = 0; i + 1 < axes.length; i++) if (axes[i]![1] !== axes[i + 1]![1] * axes[i + 1]![0]) return [a, b];
  const rows: View = { ...a, shape: [count(lead), k], strides: [axes.at(-1)?.[1] ?? k * step, step] };
  return [rows, { ...b, shape: b.shape.slice(-2), strides: b.strides.slice(-2) }];
}

/** A product with what follows it. */
export function endedProduct(
  { transposeA, transposeB }: PrimitiveParams["matmul"],
  [left, right]: readonly View[],
  l: Lowerer,
  node: NodeOf<"matmul">,
  { bias, relu }: ProductEnd,
): View {
  const givenA = transposeA ? swapped(left!) : left!;
  const givenB = transposeB ? swapped(right!) : right!;
  const [m0, n] = [givenA.shape.at(-2)!, givenB.shape.at(-1)!];
  const batch0 = sharedShape([givenA, givenB].map((v) => ({ ...v, shape: v.shape.slice(0, -2) })));
  const result = [...batch0, m0, n];
  let [a, b] = asOneMatrix(givenA, givenB);
  const [m, k] = [a.shape.at(-2)!, a.shape.at(-1)!];
  // Fewer rows of A than a tile has are walked once for every few columns: where they do not lie together, gathering them
  // pays. The kernels walk until they arrive at the end, so an entry repeated by a step of 0 must be laid out.
  const step = a.strides.at(-1)!;
  if (k > 1 && (step === 0 || (step !== 1 && n >= 16 && m < TILE_ROWS))) a = l.copy(a);
  const batch = sharedShape([a, b].map((v) => ({ ...v, shape: v.shape.slice(0, -2) })));
  const spread = (v: View): Int32Array =>
    offsetTable(
      batch,
      broadcastView({ ...v, shape: v.shape.slice(0, -2), strides: v.strides.slice(0, -2) }, batch).strides,
    );

  const rowsDense = b.strides.at(-1) === 1 || n === 1;
  const sparse =
    rowsDense &&
    batch.length === 0 &&
    n >= 4 &&
    oftenZero(node.inputs[0]!) &&
    !transposeA &&
    (b.scope.depth < l.scopeOf([a, b]).depth || m >= CHECK_ROWS);
  const finite = sparse ? finiteFlag(b, l) : undefined;
  const reads = [a, b, ...(bias ? [bias] : []), ...(finite ? [finite] : [])];
  return l.emit(result, reads, (out): Step => {
    const [ta, tb] = [spread(a), spread(b)];
    const ai = a.strides.at(-2)!;
    const ak = k === 1 ? 1 : a.strides.at(-1)!;
    const [bk, bj] = b.strides.slice(-2) as [number, number];
    const [C, A, B, D] = [out.storage.array, a.storage.array, b.storage.array, bias ? bias.storage.array : ZERO];
    const [c, pa, pb, d] = [placeOf(out), placeOf(a), placeOf(b), bias ? placeOf(bias) : 0];
    const ds = bias ? bias.strides.at(-1)! : 0;
    const low = relu ? 0 : Number.NEGATIVE_INFINITY;
    const size = m * n;
    if (finite) {
      const [F, f] = [finite.storage.array, placeOf(finite)];
      return () => {
        if (F[f] === 1) sparseProduct(m, n, k, C, c, A, pa, ai, ak, B, pb, bk, D, d, ds, low);
        else product(m, n, k, C, c, A, pa, ai, ak, B, pb, bk, bj, D, d, ds, low);
      };
    }
    return () => {
      for (let t = 0; t < ta.length; t++)
        product(m, n, k, C, c + t * size, A, pa + ta[t]!, ai, ak, B, pb + tb[t]!, bk, bj, D, d, ds, low);
    };
  });
}

/** 1 where every entry of a matrix is finite, computed where the matrix is. */
function finiteFlag(b: View, l: Lowerer): View {
  const [k, n] = b.shape.slice(-2) as [number, number];
  return l.emit([], [b], (out) => {
    const [F, f] = [out.storage.array, placeOf(out)];
    const [B, pb, bk] = [b.storage.array, placeOf(b), b.strides.at(-2)!];
    return () => {
      F[f] = allFinite(k, n, B, pb, bk) ? 1 : 0;
    };
  });
}

export const conv2d = (
  params: PrimitiveParams["conv2d"],
  inputs: readonly View[],
  l: Lowerer,
  node: NodeOf<"conv2d">,
): readonly View[] => {
  const [x, kernel] = inputs.map((v) => l.dense(v)) as [View, View];
  const shape = l.shape(node.outputs[0]!.shape);
  return [
    l.emit(shape, [x, kernel], (out) =>
      convolve(
        params,
        [out, x, kernel].map((v) => ({ data: v.storage.array, start: placeOf(v), shape: v.shape })) as never,
      ),
    ),
  ];
};

export const triangularSolve = (
  params: PrimitiveParams["triangularSolve"],
  [t, b]: readonly View[],
  l: Lowerer,
): readonly View[] => [
  l.emit(
    b!.shape,
    [t!, b!],
    (out) => {
      const [n, k] = out.shape.slice(-2) as [number, number];
      const [T, pt] = [t!.storage.array, placeOf(t!)];
      const [si, sj] = (params.transpose ? [...t!.strides].reverse() : t!.strides) as [number, number];
      const [X, px, size] = [out.storage.array, placeOf(out), out.storage.size];
      const forward = params.lower !== params.transpose;
      const keep = out.storage.root === b!.storage.root ? undefined : copyRows(out, b!);
      return () => {
        keep?.();
        for (let at = px; at < px + size; at += n * k)
          solveTriangular(forward, params.unitDiagonal, n, k, T, pt, si, sj, X, at);
      };
    },
    { mayTake: isWhole(b!) && b!.storage !== t!.storage ? [b!] : [] },
  ),
];
