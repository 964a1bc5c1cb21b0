/**
 * Neural spline flows.
 *
 * @module
 */
import { type Bijector, chain, type Flow, flow, standardNormal, type Transformation } from "@normflow/core";
import { autoregressive } from "../autoregressive/autoregressive.ts";
import { maskedMlp } from "../conditioner/masked-mlp.ts";
import { coupling, halves } from "../coupling/coupling.ts";
import { reversed } from "../linear/permute.ts";
import type { Activation } from "../network/activation.ts";
import { mlp } from "../network/mlp.ts";
import { invertTransformation } from "../transformation/invert-transformation.ts";
import { rationalQuadratic } from "../transformation/rational-quadratic.ts";

/** Options of `nsf`. */
export interface NsfOptions {
  /** Size D of an event; two at least for couplings. */
  features: number;
  /** Size of a context vector. */
  context?: number | undefined;
  /** Number of layers; 3 unless told. */
  layers?: number | undefined;
  /** Widths of each network's hidden layers; [64, 64] unless told. */
  hidden?: number[] | undefined;
  activation?: Activation | undefined;
  /** Bins of each spline; 8 unless told. */
  bins?: number | undefined;
  /** The splines span [−bound, bound], and are the identity beyond; 5 unless told. */
  bound?: number | undefined;
  /** Couplings, which sample in one pass, instead of autoregressive layers; false unless told. */
  coupling?: boolean | undefined;
}

/** Halves that keep in turn the first and the second, then every other feature, so that each meets most others. */
const SPLITS = ["first", "second", "even", "odd"] as const;

/**
 * Makes a neural spline flow: rational-quadratic splines over masked perceptrons, the order of the features reversed
 * between layers, or over couplings; from a standard normal, event `[features]`.
 *
 * The splines run from data to base, so that the density takes their fractions and sampling their roots. Data should lie
 * within ±bound for the most part: put `rescale` at the data end of columns in other units.
 *
 * @throws {OptionError} for couplings of one feature
 * @see Durkan, Bekasov, Murray & Papamakarios 2019, Neural Spline Flows
 * @example nsf({ features: 2, context: 1, layers: 5 })
 */
export function nsf(options: NsfOptions): Flow {
  const { features, context, layers = 3, hidden = [64, 64], activation = "relu", bins = 8, bound = 5 } = options;
  const transformation = invertTransformation(rationalQuadratic({ bins, bound }));
  const block = options.coupling ? coupled : masked;
  return flow({
    base: standardNormal({ event: [features] }),
    bijector: chain(Array.from({ length: layers }, (_, i) => block(i)).flat()),
  });

  function masked(i: number): Bijector[] {
    const conditioner = maskedMlp({ features, parameters: transformation.parameters, context, hidden, activation });
    const layer = autoregressive({ transformation, conditioner });
    return i === 0 ? [layer] : [reversed(features), layer];
  }

  function coupled(i: number): Bijector[] {
    const kept = SPLITS[features > 2 ? i % 4 : i % 2]!;
    const network = couplingNetwork(transformation, features, kept);
    return [coupling({ features, kept, transformation, network })];
  }

  function couplingNetwork(t: Transformation, size: number, kept: (typeof SPLITS)[number]) {
    const [stays, changed] = halves(size, kept);
    const out = Math.max(1, t.parameters * changed.length);
    return mlp({ in: Math.max(1, stays.length), out, context, hidden, activation });
  }
}
