/**
 * Invertible residual layers.
 *
 * @module
 */
import {
  add,
  type Bijector,
  defineLayer,
  leading,
  type Mapped,
  neg,
  OptionError,
  type Scope,
  size,
  type Tensor,
  z,
} from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { jacobianMatrix, jacobianRows } from "../network/jacobian.ts";
import { solveResidual } from "./fixed-point.ts";
import {
  type ContractiveActivation,
  contractiveActivations,
  type ListedFunction,
  lipschitzMlp,
  lipschitzParams,
  lipschitzState,
} from "./lipschitz-mlp.ts";
import { chanceOf, logDetByElimination, logDetByRoulette, logDetBySeries, signsOf } from "./log-determinant.ts";

/** Features up to which the log-det is eliminated exactly; above, the series of the exact traces is cut off. */
const MOST_ELIMINATED = 16;

/** Options of `residual`. */
export interface ResidualOptions {
  features: number;
  /** Size of a context vector. */
  context?: number | undefined;
  /** Widths of the hidden layers; [64, 64] unless told. */
  hidden: number[];
  /** A nonlinearity of slope at most 1; sin unless told. */
  activation: ContractiveActivation;
  /** Largest spectral norm of each layer of g, below 1; .97 unless told. */
  coefficient: number;
  /** The log-det while training: an unbiased estimate of two products a term, or exact as in evaluation; roulette unless told. */
  logDet: "roulette" | "exact";
  /** Terms of the series in evaluation, above 16 features; 24 unless told. */
  terms: number;
}

function logDet(g: ListedFunction, at: Tensor, scope: Scope, options: ResidualOptions): Tensor {
  if (scope.mode !== "eval" && options.logDet === "roulette") {
    const probe = signsOf(scope.noise("probe", { kind: "uniform" }, at.shape));
    const chance = chanceOf(scope.noise("terms", { kind: "uniform" }, []));
    return logDetByRoulette(g, at, probe, chance);
  }
  const jacobian = jacobianMatrix(jacobianRows((y) => g.apply(g.inputs, y), at));
  return options.features <= MOST_ELIMINATED ? logDetByElimination(jacobian) : logDetBySeries(jacobian, options.terms);
}

const contraction = (of: Tensor, scope: Scope, options: ResidualOptions): ListedFunction =>
  lipschitzMlp(scope, scope.contextFor(leading(of.shape, 1), 1), options);

const layer = defineLayer({
  kind: "residual",
  options: z.object({
    features: size,
    context: z.optional(size),
    hidden: z.array(size),
    activation: z.enum(Object.keys(contractiveActivations) as ContractiveActivation[]),
    coefficient: z.number(),
    logDet: z.enum(["roulette", "exact"]),
    terms: size,
  }),
  facts: ({ features, context, coefficient }: ResidualOptions) => {
    if (!(coefficient > 0 && coefficient < 1))
      throw new OptionError(
        "residual-coefficient",
        `residual: a coefficient of ${coefficient} does not make the network a contraction.`,
        { hint: "Take a number between 0 and 1, .9 to .98 as a rule." },
      );
    return {
      event: [features],
      context: context === undefined ? undefined : [context],
      inverse: { search: true },
    };
  },
  params: (options) => ({ layers: lipschitzParams(options) }),
  state: (options) => ({ layers: lipschitzState(options) }),

  forward(_, base, scope, options): Mapped {
    const g = contraction(base, scope, options);
    return [add(base, g.apply(g.inputs, base)), logDet(g, base, scope, options)];
  },
  inverse(_, x, scope, options): Mapped {
    const g = contraction(x, scope, options);
    const base = solveResidual(g, x);
    return [base, neg(logDet(g, base, scope, options))];
  },
});

/**
 * Adds a contraction, `x = z + g(z)` with g a perceptron of Lipschitz constant below 1, event `[features]`, log-det
 * `ln det(I + J)`.
 *
 * The weights of each dense layer are divided by max(1, |W|₂ / coefficient); the norms come from power iterations whose
 * vectors are the layer's state. Forward is one pass; inverse iterates z ← x − g(z) and has the gradient of the implicit
 * function theorem. The log-det is exact up to 16 features (D products a pass) and a series of `terms` exact traces
 * above. In training it is estimated without bias from the noises `probe` and `terms`, with a gradient that keeps nothing
 * of the series, unless `logDet: "exact"`.
 *
 * @throws {OptionError} where the coefficient is not between 0 and 1
 * @see Behrmann et al. 2019, Invertible Residual Networks; Chen et al. 2019, Residual Flows for Invertible Generative Modeling
 * @example residual({ features: 2, hidden: [64, 64] })
 */
export const residual = withDefaults<
  ResidualOptions,
  "hidden" | "activation" | "coefficient" | "logDet" | "terms",
  Bijector
>(layer, { hidden: [64, 64], activation: "sin", coefficient: 0.97, logDet: "roulette", terms: 24 });
