/**
 * The inverse of z + g(z) for a contraction g, with the gradient of the implicit function theorem.
 *
 * @module
 */
import {
  add,
  broadcastTo,
  customVjp,
  expandDims,
  greater,
  loop,
  mul,
  neg,
  select,
  square,
  sub,
  sum,
  type Tensor,
  vjp,
  withoutGradient,
} from "@normflow/core";
import type { ListedFunction } from "./lipschitz-mlp.ts";

/** Steps up to which a slow contraction may take. */
const LIMIT = 2000;

/**
 * Iterates y ← next(y) event by event until an event's steps stop becoming shorter.
 *
 * Steps of a contraction shrink from one to the next; where they no longer do, rounding is all that is left, whatever
 * the precision of the backend. An event that has arrived stays, so it does not depend on the others of its batch.
 */
function settle(next: (y: Tensor) => Tensor, start: Tensor): Tensor {
  const first = next(start);
  const length = (step: Tensor): Tensor => sum(square(step), -1);
  const [y] = loop(
    ([, , moving]) => greater(sum(moving!), 0),
    ([y, before, moving]) => {
      const step = sub(next(y!), y!);
      const now = length(step);
      const goes = mul(moving!, greater(before!, now));
      return [add(y!, mul(step, expandDims(goes, -1))), select(goes, now, before!), goes] as readonly Tensor[];
    },
    [first, length(sub(first, start)), broadcastTo(1, start.shape.slice(0, -1))] as readonly Tensor[],
    { limit: LIMIT },
  );
  return y!;
}

/** z with z + g(z) = x, for |g(a) − g(b)| ≤ L |a − b|, L < 1; gradient (I + Jᵀ)⁻¹ by the same iteration. */
export function solveResidual(g: ListedFunction, x: Tensor): Tensor {
  const [z] = customVjp(
    "residual-inverse",
    ([to, ...inputs]) => [settle((y) => sub(to!, g.apply(inputs, y)), to!)],
    ([, ...given], [from], [cotangent]) =>
      withoutGradient(
        "residual-inverse-gradient",
        ([at, ct, ...inputs]) => {
          // g is written down in the loop as well: a gradient reaches what stands in its own graph only.
          const w = settle((y) => sub(ct!, vjp([g.apply(inputs, at!)], [y], [at!])[0]!), ct!);
          return [w, ...vjp([g.apply(inputs, at!)], [neg(w)], inputs)];
        },
        [from!, cotangent!, ...given],
        "The inverse of a residual layer can be differentiated once; its forward direction as often as you like.",
      ),
    [x, ...g.inputs],
  );
  return z;
}
