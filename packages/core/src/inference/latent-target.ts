/**
 * Densities over the latents of a flow, for chains to walk in: where the flow fits, they are close to its base.
 *
 * @module
 */
import type { Abortable } from "../abort.ts";
import { type Executable, type HostArray, hostArray } from "../backend.ts";
import { traceProgram } from "../bijector/program.ts";
import type { Scope } from "../bijector/scope.ts";
import type { Flow } from "../distribution/flow.ts";
import { OptionError } from "../error.ts";
import { batchSize } from "../fit/loss.ts";
import type { Model } from "../fit/model.ts";
import { gradients } from "../grad/gradients.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";

/** ln π(z), up to a constant, of latents [N, …event]: [N]. */
export type LatentTarget = (flow: Flow, scope: Scope, z: Tensor) => Tensor;

/**
 * Pulls a density of events back to latents: ln π(z) = ln p̃(f(z)) + log-det of f.
 * @example await hmc(model, pulledBack((x) => standardNormalLogProb(x, 1)), { draws: 2, chains: 4 })
 */
export const pulledBack =
  (logDensity: (x: Tensor) => Tensor): LatentTarget =>
  (flow, scope, z) => {
    const [x, logDet] = flow.bijector.forward(scope.at("bijector"), z);
    return add(logDensity(x), logDet);
  };

/**
 * Weighs the flow's own density by a factor, as an observation does: ln π(z) = ln p_base(z) + ln l(f(z)).
 * @example await hmc(model, tilted((x) => mul(-8, square(at(x, -1, 0)))), { draws: 2, chains: 4 })
 */
export const tilted =
  (logFactor: (x: Tensor) => Tensor): LatentTarget =>
  (flow, scope, z) => {
    const [x] = flow.bijector.forward(scope.at("bijector"), z);
    return add(flow.base.logProb(scope.at("base"), z), logFactor(x));
  };

/** What chains ask of a target at a batch of latents. */
export interface LatentProgram {
  /** ln π [N]; ∇ ln π [N, …event] where it was asked for; ln p_base [N]. */
  run(
    z: HostArray,
    signal?: Abortable,
  ): Promise<{ readonly logDensity: HostArray; readonly gradient?: HostArray; readonly base: HostArray }>;
  dispose(): Promise<void>;
}

/** Compiles a target on a model's backend. @throws {OptionError} `latent-context` for a flow with a context */
export async function latentProgram(model: Model, target: LatentTarget, withGradient: boolean): Promise<LatentProgram> {
  const { flow, weights, backend } = model;
  if (flow.context)
    throw new OptionError(
      "latent-context",
      `Chains walk in the latents of one flow; ${flow.bijector.kind} has a context.`,
      {
        hint: "Fit a flow without a context, the context among its features.",
      },
    );
  const program = traceProgram(
    flow,
    { mode: "eval", inputs: { z: [batchSize, ...flow.base.event] } },
    ({ scope, inputs }) => {
      const z = inputs["z"]!;
      const logDensity = target(flow, scope, z);
      const base = flow.base.logProb(scope.at("base"), z);
      return withGradient ? { logDensity, base, gradient: gradients(sum(logDensity), [z])[0]! } : { logDensity, base };
    },
  );
  const named = { params: weights.params, state: weights.state };
  const resident = (["params", "state"] as const).filter((name) =>
    program.graph.inputs.some((t) => (t.node.params as { name?: string }).name === name),
  );
  const executable: Executable = await backend.compile(program.graph, { resident });
  await executable.put(
    Object.fromEntries(resident.map((name) => [name, hostArray(named[name], [named[name].length])])),
  );
  return {
    async run(z, signal) {
      const { logDensity, base, gradient } = await executable.run({ z }, { signal });
      return { logDensity: logDensity!, base: base!, ...(gradient && { gradient }) };
    },
    dispose: () => executable.dispose(),
  };
}
