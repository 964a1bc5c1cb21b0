/**
 * Reflections.
 *
 * @module
 */
import {
  add,
  constant,
  defineLayer,
  equal,
  expandDims,
  iota,
  less,
  matmul,
  max,
  mul,
  normalInit,
  reshape,
  size,
  sub,
  type Tensor,
  transpose,
  triangularSolve,
  z,
} from "@normflow/core";

/** Options of `householder`. */
export interface HouseholderOptions {
  /** Size D of an event. */
  features: number;
  /** Number K of reflections; D unless told, which reach every orthogonal map up to the sign of its determinant. */
  reflections?: number | undefined;
}

/** Half of |v|² of a reflection counts as this at least. */
const TINY = 1e-30;

/**
 * The triangle S of reflections along the rows of V [K, D]: the product H₀ H₁ … is I − Vᵀ S⁻¹ V, with ½ diag VVᵀ on and
 * VVᵀ above the diagonal of S. A row of zeros reflects nothing.
 */
export function reflectionTriangle(rows: Tensor): Tensor {
  const count = rows.shape[0] as number;
  const products = matmul(rows, rows, { transposeB: true });
  const [row, column] = [expandDims(iota(count), 1), iota(count)];
  return add(mul(products, less(row, column)), mul(equal(row, column), max(mul(0.5, products), TINY)));
}

/** Reflects events […, D], along the first row first or, turned round, along the last. */
function reflect(rows: Tensor, x: Tensor, firstFirst: boolean): Tensor {
  // Events become columns, so that one solve serves the whole batch.
  const right = matmul(rows, reshape(x, [-1, rows.shape[1]!]), { transposeB: true });
  const solved = triangularSolve(reflectionTriangle(rows), right, { lower: false, transpose: firstFirst });
  return sub(x, reshape(matmul(transpose(solved), rows), x.shape));
}

/**
 * Reflects events along K vectors, one after the other: `x = H_{K−1} … H₀ z`, `H z = z − 2 v (v·z)/|v|²`, log-det 0; event
 * `[D]`. Either direction is one triangular solve of K rows.
 *
 * @see Tomczak & Welling 2016, Improving Variational Auto-Encoders Using Householder Flow
 * @example householder({ features: 4, reflections: 2 })
 */
export const householder = defineLayer({
  kind: "householder",
  options: z.object({ features: size, reflections: z.optional(size) }),
  facts: ({ features }: HouseholderOptions) => ({ event: [features], constantLogDet: true }),
  params: ({ features, reflections = features }) => ({ vectors: normalInit([reflections, features], 1) }),

  forward: ({ vectors }, base) => [reflect(vectors, base, true), constant(0)],
  inverse: ({ vectors }, x) => [reflect(vectors, x, false), constant(0)],
});
