import { type Base, constant, type Domain, defineLayer, type Flow, flow, shape, z } from "@normflow/core";

/** x = z. */
const identity = defineLayer<{ event: number[]; domain: Domain }>({
  kind: "guide/identity",
  options: z.object({ event: shape, domain: z.enum(["real", "positive", "unit", "interval", "integer"]) }),
  facts: ({ event, domain }) => ({ event, domain, codomain: domain, constantLogDet: true }),
  forward: (_, base) => [base, constant(0)],
  inverse: (_, x) => [x, constant(0)],
});

/** A distribution of one's own as a flow that moves nothing: `fit` trains it, a `Model` samples and scores. */
export const distribution = (base: Base): Flow =>
  flow({ base, bijector: identity({ event: [...base.event], domain: base.domain }) });
