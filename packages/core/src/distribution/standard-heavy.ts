/**
 * Standard distributions of independent entries whose tails are heavier than the normal's.
 *
 * @module
 */

import { type Kind, positive, shape } from "../bijector/described.ts";
import { definePart } from "../bijector/parts.ts";
import * as z from "../bijector/schema.ts";
import type { Scope } from "../bijector/scope.ts";
import type { Shape } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import {
  abs,
  add,
  cos,
  div,
  exp,
  expm1,
  log,
  log1p,
  logSigmoid,
  min,
  mul,
  neg,
  sign,
  sin,
  sqrt,
  square,
  sub,
} from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import { logGamma } from "../special/log-gamma.ts";
import type { Base } from "./base.ts";

/** ln p of one entry, and a draw of a shape. */
interface Density {
  logDensity(x: Tensor): Tensor;
  draw(noise: (name: string) => Tensor): Tensor;
}

/** A base of independent entries. */
const independent = (event: readonly number[], { logDensity, draw }: Density): Omit<Base, "kind" | "options"> => ({
  role: "base",
  event,
  domain: "real",
  context: undefined,
  params: {},
  logProb: (_, x) =>
    event.length === 0
      ? logDensity(x)
      : sum(
          logDensity(x),
          event.map((__, i) => -1 - i),
        ),
  sample: (scope: Scope, batch: Shape) => draw((name) => scope.noise(name, { kind: "uniform" }, [...batch, ...event])),
});

type Standard = ((options: { event: number[] }) => Base) & Kind<Base>;

const standard = (kind: string, density: Density): Standard =>
  definePart<{ event: number[] }, Base>({
    kind,
    options: z.object({ event: shape }),
    build: ({ event }) => independent(event, density),
  });

/** Standard Laplace: ln p(z) = −Σ (|z| + ln 2). */
export const standardLaplace: Standard = standard("standard-laplace", {
  logDensity: (x) => neg(add(abs(x), Math.LN2)),
  draw(noise) {
    const u = noise("base");
    return mul(sign(sub(0.5, u)), log(mul(2, min(u, sub(1, u)))));
  },
});

/** Standard logistic: ln p(z) = Σ ln σ(z) σ(−z). */
export const standardLogistic: Standard = standard("standard-logistic", {
  logDensity: (x) => add(logSigmoid(x), logSigmoid(neg(x))),
  draw(noise) {
    const u = noise("base");
    return sub(log(u), log1p(neg(u)));
  },
});

/** Standard Gumbel, of maxima: ln p(z) = −Σ (z + e^{−z}). */
export const standardGumbel: Standard = standard("standard-gumbel", {
  logDensity: (x) => neg(add(x, exp(neg(x)))),
  draw: (noise) => neg(log(neg(log(noise("base"))))),
});

/** Standard Cauchy: ln p(z) = −Σ ln π (1 + z²). */
export const standardCauchy: Standard = standard("standard-cauchy", {
  logDensity: (x) => neg(add(log1p(square(x)), Math.log(Math.PI))),
  draw(noise) {
    const turn = mul(Math.PI, noise("base"));
    return neg(div(cos(turn), sin(turn)));
  },
});

/** Options of `studentT`. */
export interface StudentTOptions {
  event: number[];
  /** Degrees of freedom ν: the smaller, the heavier the tails. */
  degrees: number;
}

/**
 * Student's t of ν degrees of freedom in every entry: `ln p(z) = Σ ln Γ((ν + 1)/2) − ln Γ(ν/2) − ½ ln νπ − (ν + 1)/2 · ln(1 + z²/ν)`.
 *
 * @see Jaini, Kobyzev, Yu & Brubaker 2020, Tails of Lipschitz Triangular Flows, for why a base should have the data's tails
 * @see Bailey 1994, Polar Generation of Random Variates with the t-Distribution
 */
export const studentT: ((options: StudentTOptions) => Base) & Kind<Base> = definePart<StudentTOptions, Base>({
  kind: "student-t",
  options: z.object({ event: shape, degrees: positive }),
  build: ({ event, degrees }) => {
    const constant = logGamma((degrees + 1) / 2) - logGamma(degrees / 2) - 0.5 * Math.log(degrees * Math.PI);
    return independent(event, {
      logDensity: (x) => sub(constant, mul((degrees + 1) / 2, log1p(div(square(x), degrees)))),
      draw(noise) {
        const radius = sqrt(mul(degrees, expm1(mul(-2 / degrees, log(noise("base"))))));
        return mul(radius, cos(mul(2 * Math.PI, noise("angle"))));
      },
    });
  },
});
