/**
 * The uniform distribution.
 *
 * @module
 */

import { type Kind, shape } from "../bijector/described.ts";
import { definePart } from "../bijector/parts.ts";
import * as z from "../bijector/schema.ts";
import { broadcastTo } from "../ops/layout.ts";
import type { Base } from "./base.ts";

/** Uniform on (0, 1) in every entry; the density outside is 0, which a flow onto it never reaches. */
export const standardUniform: ((options: { event: number[] }) => Base) & Kind<Base> = definePart<
  { event: number[] },
  Base
>({
  kind: "standard-uniform",
  options: z.object({ event: shape }),
  build: ({ event }) => ({
    role: "base",
    event,
    domain: "unit",
    context: undefined,
    params: {},
    logProb: (_, x) => broadcastTo(0, x.shape.slice(0, x.rank - event.length)),
    sample: (scope, batch) => scope.noise("base", { kind: "uniform" }, [...batch, ...event]),
  }),
});
