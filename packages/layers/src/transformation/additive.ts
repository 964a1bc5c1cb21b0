/**
 * The shift of scalars.
 *
 * @module
 */
import { add, at, broadcastTo, definePart, sub, type Transformation, z } from "@normflow/core";

/**
 * Shifts, `x = z + t`, log-slope 0; θ […, 1] = (t).
 *
 * @see Dinh, Krueger & Bengio 2014, NICE: Non-linear Independent Components Estimation, section 3.2
 */
export const additive = definePart<Record<never, never>, Transformation>({
  kind: "additive",
  options: z.object({}),
  build: () => ({
    role: "transformation",
    parameters: 1,
    domain: "real",
    codomain: "real",
    forward: (theta, base) => [add(base, at(theta, -1, 0)), broadcastTo(0, base.shape)],
    inverse: (theta, x) => [sub(x, at(theta, -1, 0)), broadcastTo(0, x.shape)],
  }),
});
