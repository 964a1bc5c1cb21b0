/**
 * Masked autoregressive layers over any scalar transformation.
 *
 * @module
 */
import {
  add,
  broadcastTo,
  type Conditioner,
  defineLayer,
  iota,
  leading,
  onePass,
  part,
  rootFinding,
  ShapeError,
  scan,
  sum,
  type Tensor,
  type Transformation,
  transpose,
  z,
} from "@normflow/core";

/** Options of `autoregressive`. */
export interface AutoregressiveOptions {
  /** The map of one feature, base to data. */
  transformation: Transformation;
  /** What gives each feature's parameters from the features before it. */
  conditioner: Conditioner;
}

/**
 * Maps feature by feature, `xᵢ = t(zᵢ; θᵢ)` with `θᵢ = conditioner(x_<i, context)`, event `[D]`.
 *
 * Inverse is one pass over all features; forward is one scan whose D steps keep what the conditioner has computed.
 * For the fast direction the other way round (IAF), put it into `invert`.
 *
 * @throws {ShapeError} where the conditioner gives another number of parameters than the transformation takes
 * @see Papamakarios, Pavlakou & Murray 2017, Masked Autoregressive Flow for Density Estimation
 * @example autoregressive({ transformation: affine(), conditioner: maskedMlp({ features: 4, parameters: 2 }) })
 */
export const autoregressive = defineLayer({
  kind: "autoregressive",
  options: z.object({
    transformation: part<Transformation>("transformation"),
    conditioner: part<Conditioner>("conditioner"),
  }),
  facts: ({ transformation, conditioner }: AutoregressiveOptions) => {
    if (transformation.parameters !== conditioner.parameters)
      throw new ShapeError(
        "transformation-parameters",
        `autoregressive: ${transformation.kind} takes ${transformation.parameters} parameters a feature, ${conditioner.kind} gives ${conditioner.parameters}.`,
        { hint: `Make the conditioner with parameters: ${transformation.parameters}.` },
      );
    return {
      event: [conditioner.features],
      context: conditioner.context,
      domain: transformation.domain,
      codomain: transformation.codomain,
      forward: transformation.searches === "forward" ? rootFinding : { passes: conditioner.features },
      inverse: transformation.searches === "inverse" ? rootFinding : onePass,
    };
  },
  params: ({ conditioner }) => ({ conditioner: conditioner.params }),

  forward(_, base, scope, { transformation, conditioner }) {
    const own = scope.at("conditioner");
    const batch = leading(base.shape, 1);
    const first: readonly Tensor[] = [broadcastTo(0, batch), broadcastTo(0, batch), ...conditioner.start(own, batch)];
    const [[, logDet], [xs]] = scan(
      ([previous, total, ...carry], [feature], index) => {
        const [theta, next] = conditioner.step(own, carry, index, previous!);
        const [x, logSlope] = transformation.forward(theta, feature, index);
        return [[x, add(total!, logSlope), ...next], [x]];
      },
      first,
      [transpose(base, [base.rank - 1, ...batch.keys()])],
      { length: conditioner.features },
    );
    return [transpose(xs!, [...batch.map((_, i) => i + 1), 0]), logDet!];
  },
  inverse(_, x, scope, { transformation, conditioner }) {
    const theta = conditioner.parallel(scope.at("conditioner"), x);
    const [base, logSlope] = transformation.inverse(theta, x, iota(conditioner.features));
    return [base, sum(logSlope, -1)];
  },
});
