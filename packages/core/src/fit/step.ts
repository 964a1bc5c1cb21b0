/**
 * The training step as one graph: loss, gradient, optimiser, running average.
 *
 * @module
 */
import { type Program, traceProgram } from "../bijector/program.ts";
import type { Flow } from "../distribution/flow.ts";
import { gradients } from "../grad/gradients.ts";
import { currentBuilder } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, mul } from "../ops/elementwise.ts";
import { batchSize, type Loss } from "./loss.ts";
import { adamStep, type OptimiserOptions } from "./optimiser.ts";

/** Resident inputs of the step besides `params` and `state`. */
export const MOMENTS = ["m", "v"] as const;

/** Traces one step; its outputs `params`, `m`, `v`, `average`, `state` are the next step's inputs, `loss` and `norm` are returned. */
export function trainingStep(
  flow: Flow,
  loss: Loss,
  optimiser: OptimiserOptions,
  options: { readonly average: boolean; readonly hasData: boolean; readonly frozen: Float64Array | undefined },
): Program {
  return traceProgram(
    flow,
    {
      mode: "train",
      inputs: options.hasData ? { x: [batchSize, ...flow.event] } : {},
      context: flow.context && [batchSize, ...flow.context],
    },
    ({ scope, inputs, flat }) => {
      const builder = currentBuilder();
      const shape = flat.shape;
      const m = builder.input("m", shape);
      const v = builder.input("v", shape);
      const [learningRate, correction1, correction2] = ["learningRate", "correction1", "correction2"].map((name) =>
        builder.input(name, []),
      ) as [Tensor, Tensor, Tensor];
      const value = loss({ flow, scope, x: inputs["x"] });
      const [raw] = gradients(value, [flat]) as [Tensor];
      const free =
        options.frozen && builder.emit("constant", { data: options.frozen, shape: [options.frozen.length] }, [])[0]!;
      const next = adamStep(
        flat,
        free ? mul(raw, free) : raw,
        { m, v },
        { learningRate, correction1, correction2 },
        optimiser,
      );
      const params = free ? add(mul(next.params, free), mul(flat, add(mul(free, -1), 1))) : next.params;
      const outputs: Record<string, Tensor> = { loss: value, norm: next.norm, params, m: next.m, v: next.v };
      if (options.average) {
        const average = builder.input("average", shape);
        const decay = builder.input("decay", []);
        outputs["average"] = add(mul(average, decay), mul(params, add(mul(decay, -1), 1)));
      }
      return outputs;
    },
  );
}
