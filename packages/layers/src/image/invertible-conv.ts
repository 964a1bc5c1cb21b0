/**
 * The invertible 1 × 1 convolution.
 *
 * @module
 */
import {
  add,
  type Bijector,
  constant,
  conv2d,
  defineLayer,
  type Key,
  matmul,
  mul,
  normal,
  OptionError,
  Parameter,
  reshape,
  sub,
  sum,
  type Tensor,
  transpose,
  triangularSolve,
  z,
  zeros,
} from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { luFactors } from "../linear/lu-linear.ts";
import { inverseAndLogDet } from "../linear/matrix-inverse.ts";
import { type ImageShape, imageEvent } from "./image-event.ts";

/** Options of `invertibleConv`. */
export interface InvertibleConvOptions {
  event: number[];
  /**
   * How W is held: all of its entries, started as a random rotation, or as P L U with a fixed permutation, which makes the
   * determinant a product; `plu` unless told.
   */
  factors: "free" | "plu";
  /** P of `plu` as a list, row i of W taking row permutation[i] of L U; the identity unless told. */
  permutation?: number[] | undefined;
}

/** Rows of normal numbers made orthonormal one after another (Gram & Schmidt, twice for float64's sake). */
function rotation(key: Key, n: number): Float64Array {
  const rows = normal(key, n * n);
  const row = (i: number): Float64Array => rows.subarray(i * n, (i + 1) * n);
  const product = (a: Float64Array, b: Float64Array): number => a.reduce((s, v, k) => s + v * b[k]!, 0);
  for (let i = 0; i < n; i++) {
    const own = row(i);
    for (const j of [...Array(i).keys(), ...Array(i).keys()]) {
      const along = product(own, row(j));
      row(j).forEach((v, k) => void (own[k]! -= along * v));
    }
    const length = Math.sqrt(product(own, own));
    own.forEach((v, k) => void (own[k] = v / length));
  }
  return rows;
}

const identity = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** W and its inverse as they are needed, and ln |det W|. */
function matrixOf(
  params: Readonly<Record<string, Tensor>>,
  { event, factors, permutation }: InvertibleConvOptions,
  way: "forward" | "inverse",
): readonly [matrix: Tensor, logDet: Tensor] {
  const n = event[0]!;
  if (factors === "free") {
    const [inverse, logDet] = inverseAndLogDet(params["weight"]!);
    return [way === "forward" ? params["weight"]! : inverse, logDet];
  }
  const order = permutation ?? identity(n);
  const { lower, upper, logDiagonal } = luFactors(params["lu"]!, n);
  const logDet = sum(logDiagonal);
  // P as a literal: steps that differ in their permutations only are the same program with other numbers.
  const entries = new Float64Array(n * n);
  order.forEach((from, to) => void (entries[to * n + from] = 1));
  const p = constant(entries, [n, n]);
  if (way === "forward") return [matmul(p, matmul(lower, upper)), logDet];
  // Solved once against P⁻¹, the inverse serves all places of all images.
  const half = triangularSolve(lower, transpose(p), { unitDiagonal: true });
  return [triangularSolve(upper, half, { lower: false }), logDet];
}

/** M x at each place of images […, C, H, W]. */
function mix(matrix: Tensor, x: Tensor): Tensor {
  const [c] = matrix.shape as [number, number];
  return reshape(conv2d(reshape(x, [-1, ...x.shape.slice(-3)]), reshape(matrix, [c, c, 1, 1])), x.shape);
}

const convolution = defineLayer({
  kind: "invertible-conv",
  options: z.object({
    event: imageEvent,
    factors: z.enum(["free", "plu"]),
    permutation: z.optional(z.array(z.int())),
  }),
  facts: ({ event, factors, permutation }: InvertibleConvOptions) => {
    const n = event[0]!;
    if (permutation && factors === "free")
      throw new OptionError("permutation", "invertible-conv: a permutation is part of the factors plu, not of free.", {
        hint: "Leave it away.",
      });
    if (permutation && [...permutation].sort((a, b) => a - b).join() !== identity(n).join())
      throw new OptionError(
        "permutation",
        `invertible-conv: [${permutation}] does not name each of 0 to ${n - 1} once.`,
        { hint: "randomPermutation(C, seed) of this package makes one." },
      );
    return { event, constantLogDet: true };
  },
  params: ({ event, factors }): Record<string, Parameter> => {
    const n = event[0]!;
    const matrix =
      factors === "free" ? { weight: new Parameter([n, n], (key) => rotation(key, n)) } : { lu: zeros([n, n]) };
    return { ...matrix, bias: zeros([n]) };
  },

  forward(params, base, _, options) {
    const [, h, w] = options.event as unknown as ImageShape;
    const [matrix, logDet] = matrixOf(params, options, "forward");
    return [add(mix(matrix, base), reshape(params["bias"]!, [-1, 1, 1])), mul(h * w, logDet)];
  },
  inverse(params, x, _, options) {
    const [, h, w] = options.event as unknown as ImageShape;
    const [matrix, logDet] = matrixOf(params, options, "inverse");
    return [mix(matrix, sub(x, reshape(params["bias"]!, [-1, 1, 1]))), mul(-h * w, logDet)];
  },
});

/**
 * Mixes an image's channels at every place, `x[:, i, j] = W z[:, i, j] + b`, log-det `H·W·ln |det W|`; event [C, H, W].
 *
 * W may be free, with its inverse by elimination at every run, or P L U with L unit lower triangular and U's diagonal `e^d`.
 * Forward multiplies by W: a flow that should be fast from data to base takes `invert(invertibleConv(…))`.
 *
 * @throws {OptionError} where the permutation is none of 0 … C − 1
 * @see Kingma & Dhariwal 2018, Glow: Generative Flow with Invertible 1×1 Convolutions, section 3.2
 * @example invertibleConv({ event: [4, 8, 8], permutation: [2, 0, 3, 1] })
 */
export const invertibleConv = withDefaults<InvertibleConvOptions, "factors", Bijector>(convolution, { factors: "plu" });
