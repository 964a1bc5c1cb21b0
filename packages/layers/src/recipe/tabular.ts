/**
 * The flow for tables of unknown columns: discrete or continuous, few rows or many, in any units.
 *
 * @module
 */
import { type Bijector, chain, type Flow, flow, OptionError, standardNormal } from "@normflow/core";
import { autoregressive } from "../autoregressive/autoregressive.ts";
import { maskedMlp } from "../conditioner/masked-mlp.ts";
import { cholesky } from "../linear/cholesky.ts";
import { luLinear } from "../linear/lu-linear.ts";
import { reversed } from "../linear/permute.ts";
import { unwhiten } from "../linear/unwhiten.ts";
import type { Activation } from "../network/activation.ts";
import { jitter } from "../normalisation/jitter.ts";
import { latticeDequantize } from "../surjection/lattice-dequantize.ts";
import { invertTransformation } from "../transformation/invert-transformation.ts";
import { rationalQuadratic } from "../transformation/rational-quadratic.ts";

/** What is known of the columns of a table before training, from its training rows. */
export interface TableColumns {
  /** Number of training rows. */
  rows: number;
  /** Mean of each column. */
  shift: number[];
  /** Standard deviation of each column. */
  scale: number[];
  /** Covariance of the standardised columns, row i up to the diagonal. */
  covariance: number[][];
  /** Distance of neighbouring values of each column, 0 where it is continuous. */
  step: number[];
  /** A value of each column. */
  origin: number[];
}

/** Options of `tabular`. */
export interface TabularOptions {
  /** Number of columns D. */
  features: number;
  /** Size of a context vector. */
  context?: number | undefined;
  /** Number of spline layers; 2 unless told. */
  layers?: number | undefined;
  /** Widths of each network's hidden layers; [64, 64] unless told. */
  hidden?: number[] | undefined;
  activation?: Activation | undefined;
  /** Bins of each spline; 8 unless told. */
  bins?: number | undefined;
  /** The splines span [−bound, bound] of whitened columns; 5 unless told. */
  bound?: number | undefined;
  /** Noise at the first training step, in deviations of a column times n^(−1/(D+4)); 0.5 unless told, 0 for none. */
  noise?: number | undefined;
  /** What it has fallen to at the last step; 0.03 unless told. */
  lastNoise?: number | undefined;
  /** Training steps over which the noise falls; 1000 unless told. */
  steps?: number | undefined;
  /** What is known of the columns; standardised, independent, continuous ones unless told. */
  columns?: TableColumns | undefined;
}

/** The least variance that a standardised column has beside what the others say of it. */
const LEAST_VARIANCE = 1e-4;

/** The fixed layers at the data end: units and correlations, noise, cells of discrete columns. */
function dataEnd(
  { rows, shift, scale, covariance, step, origin }: TableColumns,
  { noise, lastNoise, steps }: { readonly noise: number; readonly lastNoise: number; readonly steps: number },
): Bijector[] {
  const unit = rows ** (-1 / (shift.length + 4));
  const spread = covariance.map((row, i) =>
    row.map((v, j) => (j === i ? v + (step[i]! / scale[i]!) ** 2 / 12 + noise * lastNoise * unit ** 2 : v)),
  );
  const lower = cholesky(spread, LEAST_VARIANCE).map((row, i) => row.map((v) => v * scale[i]!));
  const deviation = scale.map((s) => s * noise * unit);
  return [
    unwhiten({ shift, lower }),
    ...(noise > 0 ? [jitter({ deviation, fall: lastNoise / noise, steps })] : []),
    ...(step.some((s) => s > 0) ? [latticeDequantize({ step, origin })] : []),
  ];
}

function checkColumns(features: number, columns: TableColumns): void {
  const { shift, scale, covariance, step, origin } = columns;
  for (const [name, list] of Object.entries({ shift, scale, covariance, step, origin }))
    if (list.length !== features)
      throw new OptionError(
        "tabular-columns",
        `tabular: there are ${features} features, columns.${name} has ${list.length} entries.`,
        { hint: "Measure the columns that the flow is trained on." },
      );
  const still = scale.findIndex((s) => !(s > 0));
  if (still >= 0)
    throw new OptionError("tabular-columns", `tabular: column ${still} does not vary.`, {
      hint: "Leave constant columns out.",
    });
}

/**
 * Makes the default flow for tables: autoregressive rational-quadratic splines and a learned linear map between them,
 * over whitened columns, in the units of the data; event `[features]`.
 *
 * It starts as the normal distribution with the data's covariance. Three things keep its density bounded and honest:
 * columns on a lattice are dequantized; training rows get normal noise, `noise · n^(−1/(D+4))` deviations of a column for n
 * rows, which falls over the steps, so that validation stops at the sharpness that the rows justify; and no direction is
 * taken to be narrower than .01 deviations.
 *
 * @throws {OptionError} where `columns` are not those of so many features, or one does not vary
 * @see Durkan, Bekasov, Murray & Papamakarios 2019, Neural Spline Flows
 * @see Rothfuss et al. 2019, Noise Regularization for Conditional Density Estimation
 * @example tabular({ features: 4, context: 1 })
 */
export function tabular(options: TabularOptions): Flow {
  const { features, context, layers = 2, hidden = [64, 64], activation = "relu" } = options;
  const { bins = 8, bound = 5, noise = 0.5, lastNoise = 0.03, steps = 1000, columns } = options;
  if (columns) checkColumns(features, columns);
  const block = (i: number): Bijector[] => {
    const transformation = invertTransformation(rationalQuadratic({ bins, bound }));
    const conditioner = maskedMlp({ features, parameters: transformation.parameters, context, hidden, activation });
    const layer = autoregressive({ transformation, conditioner });
    return i === 0 ? [layer] : [reversed(features), luLinear({ features }), layer];
  };
  return flow({
    base: standardNormal({ event: [features] }),
    bijector: chain([
      ...Array.from({ length: layers }, (_, i) => block(i)).flat(),
      ...(columns ? dataEnd(columns, { noise, lastNoise, steps }) : []),
    ]),
  });
}
