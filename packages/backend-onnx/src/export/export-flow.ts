/**
 * Flows as ONNX files that need nothing else: weights inside, batch open.
 *
 * @module
 */
import {
  batchSize,
  type Flow,
  type NoiseSpec,
  OptionError,
  type ProgramBody,
  type Shape,
  type Tensor,
  toJSON,
  traceProgram,
  type Weights,
} from "@normflow/core";
import { lower } from "../lowering/lower.ts";
import { prepare } from "../passes/prepare.ts";
import { bake } from "./bake.ts";

/** The directions of a flow that a file may hold. */
export const directions = ["sample", "log_density", "encode", "decode"] as const;

/** One of them. */
export type Direction = (typeof directions)[number];

/** An input or output of an exported graph, float32. */
export interface ExportedValue {
  readonly name: string;
  /** `"N"` is the batch, of any size from 1. */
  readonly shape: readonly (number | string)[];
  /** What it is, in a sentence. */
  readonly meaning: string;
  /** How an input of noise is to be drawn; others have none. */
  readonly noise?: "normal" | "uniform";
}

/** One file. */
export interface ExportedGraph {
  readonly direction: Direction;
  /** The file's usual name. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly inputs: readonly ExportedValue[];
  readonly outputs: readonly ExportedValue[];
}

/** What an export says beside its graphs. */
export interface ExportOptions {
  /** Those to write; all four unless told. */
  readonly directions?: readonly Direction[];
  /** Facts for the files' metadata: each a text or plain JSON. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** What an event is, in a few words, for the files' descriptions. */
  readonly event?: string;
}

interface Plan {
  readonly inputs: (flow: Flow) => Readonly<Record<string, Shape>>;
  readonly output: string;
  readonly body: (flow: Flow, program: ProgramBody) => Tensor;
  readonly does: string;
}

const batch = (event: readonly number[]): Shape => [batchSize, ...event];

const plans: Readonly<Record<Direction, Plan>> = {
  sample: {
    inputs: () => ({}),
    output: "x",
    body: (flow, { scope }) => flow.sample(scope, [batchSize])[0],
    does: "Turns noise into events.",
  },
  log_density: {
    inputs: (flow) => ({ x: batch(flow.event) }),
    output: "log_density",
    body: (flow, { scope, inputs }) => flow.logProb(scope, inputs["x"]!),
    does: "Gives ln p(x) of events.",
  },
  encode: {
    inputs: (flow) => ({ x: batch(flow.event) }),
    output: "z",
    body: (flow, { scope, inputs }) => flow.bijector.inverse(scope.at("bijector"), inputs["x"]!)[0],
    does: "Maps events to latents.",
  },
  decode: {
    inputs: (flow) => ({ z: batch(flow.bijector.facts.base) }),
    output: "x",
    body: (flow, { scope, inputs }) => flow.bijector.forward(scope.at("bijector"), inputs["z"]!)[0],
    does: "Maps latents to events.",
  },
};

/**
 * Writes the directions of a flow as ONNX models: opset 21, operators of the standard only, float32, weights as
 * initialisers under their paths, the batch axis `N` open.
 *
 * `sample` takes its noise as inputs, so that the caller owns the generator. The others leave no chance: where a layer
 * would draw (the place of a token in its cell) they take the middle, as `Model.encode` and `Model.logProb` do without a
 * seed.
 *
 * @throws {BackendError} `open-size` where a flow's sizes are no multiples of the batch
 * @example exportFlow(model.flow, model.weights).map(({ file, bytes }) => `${file}: ${bytes.length} bytes`)
 */
export function exportFlow(flow: Flow, weights: Weights, options: ExportOptions = {}): ExportedGraph[] {
  return (options.directions ?? directions).map((direction) => exportDirection(flow, weights, direction, options));
}

function exportDirection(flow: Flow, weights: Weights, direction: Direction, options: ExportOptions): ExportedGraph {
  const plan = plans[direction];
  if (!plan)
    throw new OptionError("direction", `onnx: a flow has no direction "${direction}".`, {
      hint: `Choose among ${directions.join(", ")}.`,
    });
  const program = traceProgram(
    flow,
    { mode: "eval", inputs: plan.inputs(flow), context: flow.context && batch(flow.context) },
    (body) => ({ [plan.output]: plan.body(flow, body) }),
  );
  const { graph, literals } = bake(program, weights, direction === "sample");
  const described = (name: string, shape: Shape): ExportedValue =>
    describe(name, shape, direction === "sample" ? program.noises : [], options.event);
  const inputs = graph.inputs.map((t) => described((t.node.params as { name: string }).name, t.shape));
  const outputs = graph.outputs.map((t, i) => described(graph.outputNames[i]!, t.shape));
  const doc = [plan.does, ...[...inputs, ...outputs].map((v) => `${v.name}: ${v.meaning}`)].join("\n");
  const lowered = lower(prepare(graph), new Map(), "file", {
    open: batchSize.key,
    literals,
    notes: {
      doc,
      metadata: {
        "normflow.direction": direction,
        "normflow.inputs": JSON.stringify(inputs),
        "normflow.outputs": JSON.stringify(outputs),
        "normflow.flow": JSON.stringify(toJSON(flow)),
        ...Object.fromEntries(
          Object.entries(options.facts ?? {}).map(([name, value]) => [
            `normflow.${name}`,
            typeof value === "string" ? value : JSON.stringify(value),
          ]),
        ),
      },
    },
  });
  return { direction, file: `${direction}.onnx`, bytes: lowered.bytes, inputs, outputs };
}

/** What a value is. */
function describe(name: string, shape: Shape, noises: readonly NoiseSpec[], event = "events"): ExportedValue {
  const axes = shape.map((d) => (typeof d === "number" ? d : d.key));
  const noise = noises.find((n) => n.name === name);
  if (noise?.kind === "normal") {
    const base = name === "noise/base/base" ? "; times a temperature t for samples at t" : "";
    return { name, shape: axes, noise: "normal", meaning: `independent standard normal numbers${base}` };
  }
  if (noise)
    return {
      name,
      shape: axes,
      noise: "uniform",
      meaning: "independent uniform numbers between 0 and 1, ends excluded",
    };
  const meanings: Readonly<Record<string, string>> = {
    x: event,
    z: "latents, events of the base distribution",
    log_density: "ln p(x), in nats",
    context: "what each event is conditioned on",
  };
  return { name, shape: axes, meaning: meanings[name] ?? name };
}
