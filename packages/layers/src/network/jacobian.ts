/**
 * Jacobians of functions that keep the shape of an event [D].
 *
 * @module
 */
import { broadcastTo, constant, reshape, slice, squeezeAxis, stack, type Tensor, transpose, vjp } from "@normflow/core";

/** The unit vectors e_d laid over a batch: [D, …batch, D], 1 where the first and the last index agree. */
function unitVectors(shape: Tensor["shape"]): Tensor {
  const features = shape.at(-1) as number;
  const eye = Float64Array.from({ length: features ** 2 }, (_, i) => (i % (features + 1) === 0 ? 1 : 0));
  const batch = shape.slice(0, -1);
  return broadcastTo(reshape(constant(eye, [features ** 2]), [features, ...batch.map(() => 1), features]), [
    features,
    ...shape,
  ]);
}

/** The rows of a Jacobian, [D, …batch, D]: row d is ∂f_d/∂z. */
export interface JacobianRows {
  /** f(z) […batch, D]. */
  readonly value: Tensor;
  readonly rows: Tensor;
  /** The unit vectors of the same shape as the rows. */
  readonly units: Tensor;
}

/** Features up to which one pass there and a product a feature back are written out. */
const MOST_WRITTEN_OUT = 4;

/**
 * Differentiates every entry of f at z […batch, D]. For few features f is passed once and pulled back once an entry;
 * for more, D copies of the batch go through f and copy d is pulled back from entry d, so that the graph has one size
 * whatever D is.
 */
export function jacobianRows(f: (z: Tensor) => Tensor, z: Tensor): JacobianRows {
  const features = z.shape.at(-1) as number;
  const units = unitVectors(z.shape);
  const unit = (d: number): Tensor => squeezeAxis(slice(units, 0, d, 1), 0);
  if (features <= MOST_WRITTEN_OUT) {
    const value = f(z);
    const rows = Array.from({ length: features }, (_, d) => vjp([value], [unit(d)], [z])[0]!);
    return { value, rows: stack(rows, 0), units };
  }
  const copies = broadcastTo(z, [features, ...z.shape]);
  const values = f(copies);
  const [rows] = vjp([values], [units], [copies]) as [Tensor];
  return { value: squeezeAxis(slice(values, 0, 0, 1), 0), rows, units };
}

/** Jacobians […batch, D, D] from their rows. */
export function jacobianMatrix({ rows }: JacobianRows): Tensor {
  const { rank } = rows;
  return transpose(rows, [...Array.from({ length: rank - 2 }, (_, i) => i + 1), 0, rank - 1]);
}
