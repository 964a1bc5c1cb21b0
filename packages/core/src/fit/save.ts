/**
 * Models and checkpoints as files.
 *
 * @module
 */
import type { Abortable } from "../abort.ts";
import type { Backend, FloatArray } from "../backend.ts";
import { fromJSON, type Kind, toJSON } from "../bijector/described.ts";
import { withinFile } from "../bijector/limits.ts";
import { type Layout, layoutOf } from "../bijector/program.ts";
import type { Flow } from "../distribution/flow.ts";
import { FlowError, FormatError } from "../error.ts";
import { sameShape, shapeText } from "../graph/size.ts";
import { decodeModelFile, encodeModelFile, type FileTensor } from "../model-file/index.ts";
import { Model, type Weights } from "./model.ts";
import { type ModelSource, readSource } from "./source.ts";
import type { TrainerState } from "./trainer.ts";

type Facts = Readonly<Record<string, unknown>>;

const dtypeOf = (data: FloatArray): "F32" | "F64" => (data instanceof Float32Array ? "F32" : "F64");

/** The parts of a vector under their paths. */
const cut = (prefix: string, layout: Layout, flat: FloatArray): FileTensor[] =>
  layout.entries.map(({ path, parameter: { shape, size }, offset }) => ({
    name: `${prefix}/${path}`,
    dtype: dtypeOf(flat),
    shape,
    data: flat.slice(offset, offset + size),
  }));

/** A vector from its parts. */
function joinParts(prefix: string, layout: Layout, tensors: ReadonlyMap<string, FileTensor>): FloatArray {
  // Every shape is checked before the vector is allocated: a description may claim more than the file has.
  const parts = layout.entries.map(({ path, parameter }) => {
    const name = `${prefix}/${path}`;
    const tensor = tensors.get(name);
    if (!tensor)
      throw new FormatError("missing-tensor", `The file lacks the array ${name} that its flow needs.`, {
        hint: "It is damaged, or was edited by hand.",
      });
    if (!sameShape(tensor.shape, parameter.shape))
      throw new FormatError(
        "tensor-shape",
        `The array ${name} has shape ${shapeText(tensor.shape)} where its flow needs ${shapeText(parameter.shape)}.`,
        { hint: "It is damaged, or was edited by hand." },
      );
    return tensor;
  });
  const double = parts.length > 0 && parts.every(({ dtype }) => dtype === "F64");
  const flat = double ? new Float64Array(layout.size) : new Float32Array(layout.size);
  parts.forEach(({ data }, i) => void flat.set(data as FloatArray, layout.entries[i]!.offset));
  return flat;
}

/** Writes a flow, its weights and facts as one file. */
function encode(
  flow: Flow,
  weights: Weights,
  facts: Facts,
  more: readonly FileTensor[] = [],
  run?: unknown,
): Uint8Array {
  const document = { format: 1, flow: toJSON(flow), facts, ...(run === undefined ? {} : { run }) };
  return encodeModelFile({
    document,
    tensors: [
      ...cut("params", layoutOf(flow.params), weights.params),
      ...cut("state", layoutOf(flow.state), weights.state),
      ...more,
    ],
  });
}

/** What a file holds, checked against the kinds that the reader knows. */
export interface Opened {
  readonly flow: Flow;
  readonly weights: Weights;
  readonly facts: Facts;
  /** Where training stood, in a checkpoint. */
  readonly trainer: TrainerState | undefined;
  /** What the writer of a checkpoint added. */
  readonly extra: unknown;
}

/** Writes a model as one `.safetensors` file: weights, description, facts. The same model gives the same bytes. */
export const save = (model: Model, facts: Facts = {}): Uint8Array =>
  encode(model.flow, model.weights, { ...model.facts, ...facts });

/** Writes a flow with weights as one file. */
export const saveWeights = (flow: Flow, weights: Weights, facts: Facts): Uint8Array => encode(flow, weights, facts);

/** Writes where training stands: the file of the current weights plus optimiser, step, best weights and what the caller adds. */
export function saveCheckpoint(flow: Flow, state: TrainerState, facts: Facts, extra: unknown): Uint8Array {
  const { vectors, step, rateScale, rollbacks, best, stale, goodStep } = state;
  const { params, state: layerState, ...rest } = vectors as Record<string, FloatArray>;
  const more = Object.entries(rest).map(
    ([name, data]): FileTensor => ({ name: `run/${name}`, dtype: dtypeOf(data), shape: [data.length], data }),
  );
  return encode(flow, { params: params!, state: layerState ?? new Float64Array(0) }, facts, more, {
    step,
    rateScale,
    rollbacks,
    best,
    stale,
    goodStep,
    extra,
  });
}

/** Builds what a file describes; where a layer refuses its options, the file is to blame. */
function describe(document: unknown, layers: readonly Kind[], bytes: number): unknown {
  try {
    return withinFile(bytes, () => fromJSON(document, layers));
  } catch (cause) {
    if (cause instanceof FormatError || !(cause instanceof FlowError)) throw cause;
    throw new FormatError("flow-description", `The flow in the file cannot be built: ${cause.message}`, {
      hint: "The file is damaged, was edited by hand, or comes from a version with other options.",
      cause,
    });
  }
}

/**
 * Reads a model or checkpoint without a backend.
 *
 * @param layers the kinds that may occur, by name: nothing in a file is executed
 * @throws {FormatError} where the bytes are no model, are damaged, newer than this reader, or hold an unknown kind
 */
export function open(bytes: Uint8Array, layers: readonly Kind[]): Opened {
  const { document, tensors } = decodeModelFile(bytes);
  const description = describe(document.flow, layers, bytes.length) as Partial<Flow> | null | undefined;
  if (description?.role !== "flow")
    throw new FormatError("not-a-flow", "The file describes no flow.", {
      hint: "Load a file that save wrote of a model.",
    });
  const flow = description as Flow;
  const weights = {
    params: joinParts("params", layoutOf(flow.params), tensors),
    state: joinParts("state", layoutOf(flow.state), tensors),
  };
  const run = document.run as (Omit<TrainerState, "vectors"> & { extra: unknown }) | undefined;
  if (!run) return { flow, weights, facts: document.facts ?? {}, trainer: undefined, extra: undefined };
  const { extra, ...numbers } = run;
  const rest = [...tensors.values()]
    .filter((t) => t.name.startsWith("run/"))
    .map((t) => [t.name.slice(4), t.data.slice() as FloatArray] as const);
  const vectors = {
    params: weights.params,
    ...(weights.state.length > 0 ? { state: weights.state } : {}),
    ...Object.fromEntries(rest),
  };
  return { flow, weights, facts: document.facts ?? {}, trainer: { ...numbers, vectors }, extra };
}

/** Options of `load`. */
export interface LoadOptions {
  readonly backend: Backend;
  /** The kinds that may occur; `all` of `@normflow/layers/all` names every built-in one. */
  readonly layers: readonly Kind[];
  /** Stops a download. */
  readonly signal?: Abortable;
  /** The most bytes that are fetched; a gigabyte unless told. */
  readonly maxBytes?: number;
}

/**
 * Loads a model onto a backend, from bytes or from an address.
 *
 * @throws {FormatError} as `open` does; `model-fetch` or `model-size` where an address does not give a file
 * @example
 * const again = await load(save(model), { backend, layers: all });
 */
export async function load(source: ModelSource, options: LoadOptions): Promise<Model> {
  const { flow, weights, facts } = open(await readSource(source, options), options.layers);
  return new Model(flow, weights, options.backend, facts);
}
