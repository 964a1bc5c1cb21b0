/**
 * Neural spline flows.
 *
 * @module
 */
import {
  type Bijector,
  chain,
  type Flow,
  flow,
  normalAndCircular,
  standardNormal,
  type Transformation,
} from "@normflow/core";
import { autoregressive } from "../autoregressive/autoregressive.ts";
import { maskedMlp } from "../conditioner/masked-mlp.ts";
import { coupling, halves, keptInTurn } from "../coupling/coupling.ts";
import { reversed } from "../linear/permute.ts";
import type { Activation } from "../network/activation.ts";
import { mlp } from "../network/mlp.ts";
import { byFeature } from "../transformation/by-feature.ts";
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
  /** The features that are angles in [−π, π), whose density shall be periodic; none unless told. */
  circular?: number[] | undefined;
  /** Couplings, which sample in one pass, instead of autoregressive layers; false unless told. */
  coupling?: boolean | undefined;
}

type Resolved = { readonly [K in Exclude<keyof NsfOptions, "context">]-?: NonNullable<NsfOptions[K]> } & Pick<
  NsfOptions,
  "context"
>;

/** The spline of all features, data to base; angles get one that closes. */
function splineOf({ features, bins, bound, circular }: Resolved, turned: boolean): Transformation {
  const line = rationalQuadratic({ bins, bound });
  if (circular.length === 0) return invertTransformation(line);
  const circle = rationalQuadratic({ bins, tails: "circular", bound: Math.PI });
  if (circular.length === features) return invertTransformation(circle);
  const of = Array.from({ length: features }, (_, i) => Number(circular.includes(turned ? features - 1 - i : i)));
  return invertTransformation(byFeature({ transformations: [line, circle], of }));
}

/** Layer i of the autoregressive form; the last one meets the features in their own order. */
function masked(options: Resolved, i: number): Bijector[] {
  const { features, context, layers, hidden, activation } = options;
  const transformation = splineOf(options, (layers - 1 - i) % 2 === 1);
  const conditioner = maskedMlp({ features, parameters: transformation.parameters, context, hidden, activation });
  const layer = autoregressive({ transformation, conditioner });
  return i === 0 ? [layer] : [reversed(features), layer];
}

function coupled(options: Resolved, i: number): Bijector[] {
  const { features, context, hidden, activation } = options;
  const transformation = splineOf(options, false);
  const kept = keptInTurn(features, i);
  const [stays, changed] = halves(features, kept);
  const out = Math.max(1, transformation.parameters * changed.length);
  const network = mlp({ in: Math.max(1, stays.length), out, context, hidden, activation });
  return [coupling({ features, kept, transformation, network })];
}

/**
 * Makes a neural spline flow: rational-quadratic splines over masked perceptrons, the order of the features reversed
 * between layers, or over couplings; from a standard normal, event `[features]`.
 *
 * The splines run from data to base, so that the density takes their fractions and sampling their roots. Data should lie
 * within ±bound for the most part: put `rescale` at the data end of columns in other units. Angles start from the uniform
 * distribution on the circle; networks read them as numbers, so what is conditioned on an angle may jump at ±π.
 *
 * @throws {OptionError} for couplings of one feature, and where `circular` names a feature that there is not
 * @see Durkan, Bekasov, Murray & Papamakarios 2019, Neural Spline Flows
 * @example nsf({ features: 2, context: 1, layers: 5 })
 */
export function nsf(options: NsfOptions): Flow {
  const { features, layers = 3, hidden = [64, 64], activation = "relu", bins = 8, bound = 5 } = options;
  const { circular = [], coupling: isCoupling = false, context } = options;
  const resolved = { features, context, layers, hidden, activation, bins, bound, circular, coupling: isCoupling };
  const turned = !isCoupling && layers % 2 === 0;
  const places = turned ? circular.map((i) => features - 1 - i) : circular;
  const block = isCoupling ? coupled : masked;
  return flow({
    base:
      circular.length === 0
        ? standardNormal({ event: [features] })
        : normalAndCircular({ features, circular: places, bound: Math.PI }),
    bijector: chain(Array.from({ length: layers }, (_, i) => block(resolved, i)).flat()),
  });
}
