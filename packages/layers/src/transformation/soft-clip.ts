/**
 * Soft clipping of what networks return.
 *
 * @module
 */
import { abs, add, customVjp, mul, reciprocal, square, type Tensor } from "@normflow/core";

/**
 * a / (1 + |a| / limit), which stays within ±limit: float32 can hold what comes of it, however far a network runs.
 * Its derivative is written out, 1 / (1 + |a| / limit)²: it is taken of every bin, and costs a third so.
 */
export function softClip(a: Tensor, limit: number): Tensor {
  const shrink = (x: Tensor): Tensor => reciprocal(add(1, mul(abs(x), 1 / limit)));
  const [clipped] = customVjp(
    "soft-clip",
    ([x]) => [mul(x!, shrink(x!))],
    ([x], _, [ct]) => [mul(ct!, square(shrink(x!)))],
    [a],
  );
  return clipped;
}
