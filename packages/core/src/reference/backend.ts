/**
 * The reference backend: float64 on one thread, slow and obvious.
 *
 * @module
 */
import { type Arrays, type Backend, type CompileOptions, type Executable, hostArray } from "../backend.ts";
import { BackendError, FlowError, ShapeError } from "../error.ts";
import { type Graph, inputSpecs } from "../graph/graph.ts";
import { bindSizes } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { optimise } from "../passes/optimise.ts";
import { gatherInputs, splitOutputs } from "../run.ts";
import type { Block } from "./block.ts";
import type { Evaluate, Kernel } from "./kernel.ts";
import { kernels } from "./kernels.ts";

/** How the reference backend computes. */
export interface ReferenceOptions {
  /** float64, or float32 by rounding the result of every operator, to see what an algorithm loses there; float64 unless told. */
  readonly precision?: "float64" | "float32";
}

/** Makes an evaluator of graphs, node by node, that treats each result. */
const evaluator = (treat: (result: Block) => Block): Evaluate =>
  function run(graph, inputs, bindings) {
    const values = new Map<Tensor, Block>();
    graph.inputs.forEach((t, i) => void values.set(t, treat(inputs[i]!)));
    for (const node of graph.nodes) {
      if (node.op === "input") continue;
      const given = node.inputs.map((t) => values.get(t)!);
      const outputs = (kernels[node.op] as Kernel<typeof node.op>)(node.params as never, given, bindings, run);
      node.outputs.forEach((t, i) => void values.set(t, treat(outputs[i]!)));
    }
    return graph.outputs.map((t) => values.get(t)!);
  };

/** Evaluates a graph node by node. */
export const evaluate: Evaluate = evaluator((result) => result);

// A copy: the array may be a constant of the graph, or another value's.
const toFloat32 = ({ data, shape }: Block): Block => ({ data: Float64Array.from(Float32Array.from(data)), shape });
const evaluateRounded = evaluator(toFloat32);

/** Makes the backend that everything else is tested against: float64, plain loops, no dependency. */
export function reference({ precision = "float64" }: ReferenceOptions = {}): Backend {
  const run = precision === "float64" ? evaluate : evaluateRounded;
  return {
    name: "reference",
    device: "cpu",
    precision,
    describe: () => `reference: cpu, ${precision === "float64" ? precision : "rounded to float32"}, 1 thread`,
    compile: (graph, options = {}) => Promise.resolve(compile(graph, options, run)),
    dispose: () => Promise.resolve(),
  };
}

function compile(graph: Graph, options: CompileOptions, evaluateGraph: Evaluate): Executable {
  const program = optimise(graph);
  const specs = inputSpecs(program);
  const resident = new Map<string, Block>();
  let disposed = false;
  const refuseDisposed = (): void => {
    if (disposed)
      throw new BackendError("disposed", "reference: this program was disposed.", { hint: "Compile the graph again." });
  };
  return {
    async run(inputs) {
      refuseDisposed();
      const given = gatherInputs(specs, inputs, resident, options).map(
        ({ data, shape }): Block => ({ data: data instanceof Float64Array ? data : Float64Array.from(data), shape }),
      );
      const bindings = bindSizes(
        specs,
        given.map((x) => x.shape),
      );
      const outputs = evaluateGraph(program, given, bindings);
      return splitOutputs(program.outputNames, outputs, options, (name, value) => void resident.set(name, value));
    },
    async put(values) {
      refuseDisposed();
      for (const [name, { data, shape }] of Object.entries(values)) {
        const size = shape.reduce((a, b) => a * b, 1);
        if (size !== data.length)
          throw new ShapeError("input-size", `Input ${name} has ${data.length} values for a shape of ${size}.`, {
            hint: "Put an array of the shape that the graph declares.",
          });
        resident.set(name, { data: Float64Array.from(data), shape });
      }
    },
    async get(names): Promise<Arrays> {
      refuseDisposed();
      return Object.fromEntries(
        names.map((name) => {
          const held = resident.get(name);
          if (!held)
            throw new FlowError("missing-input", `Input ${name} has no resident value.`, {
              hint: "Set it with put first.",
            });
          return [name, hostArray(Float64Array.from(held.data), held.shape)];
        }),
      );
    },
    async dispose() {
      disposed = true;
      resident.clear();
    },
  };
}
