/**
 * Programs of a flow: traced functions of (parameters, state, inputs, noise).
 *
 * Parameters and state are one vector each, which the program cuts into the layers' arrays: a backend holds one array,
 * an optimiser updates one array, a file stores the parts by path.
 *
 * @module
 */
import { Builder, currentBuilder, within } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import type { Shape } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { concat, constant, reshape, slice } from "../ops/layout.ts";
import { foldIn, type Key } from "../random/index.ts";
import { leaves, mapTree, type Tree } from "../tree.ts";
import { isParameter, type Parameter, type Parameters } from "./parameter.ts";
import { type Mode, type NoiseSpec, type Recording, Scope } from "./scope.ts";

/** Where each declared array lies in the vector. */
export interface Layout {
  readonly size: number;
  readonly entries: readonly { readonly path: string; readonly parameter: Parameter; readonly offset: number }[];
}

/** Lays declared arrays one after another. */
export function layoutOf(parameters: Parameters): Layout {
  let size = 0;
  const entries = leaves(parameters, isParameter).map(([path, parameter]) => {
    const offset = size;
    size += parameter.size;
    return { path, parameter, offset };
  });
  return { size, entries };
}

/** First values of all declared arrays; each depends on the key and its place only. */
export function startValues(layout: Layout, key: Key): Float64Array {
  const flat = new Float64Array(layout.size);
  layout.entries.forEach(({ parameter, offset }, i) => void flat.set(parameter.start(foldIn(key, i)), offset));
  return flat;
}

/** Cuts a vector into the tree of declared arrays. */
export function unflatten(parameters: Parameters, flat: Tensor | undefined): Tree<Tensor> {
  let offset = 0;
  return mapTree(parameters, isParameter, ({ shape, size }) => {
    const part = reshape(slice(flat!, 0, offset, size), shape);
    offset += size;
    return part;
  });
}

/** A part of a vector. */
interface Cut {
  readonly whole: Tensor;
  readonly from: number;
  readonly to: number;
}

/** An array as the part of a vector that `unflatten` took it from, or as a vector of its own. */
function cutOf(array: Tensor): Cut {
  const size = array.shape.reduce<number>((a, d) => a * (d as number), 1);
  const given = array.node.op === "reshape" ? array.node.inputs[0]! : array;
  const vector = given.rank === 1 ? given : reshape(array, [size]);
  if (vector.node.op !== "slice") return { whole: vector, from: 0, to: size };
  const { start } = vector.node.params;
  return { whole: vector.node.inputs[0]!, from: start, to: start + size };
}

/** Joins arrays to a vector; those that `unflatten` took from it side by side are one part again, not many. */
export function flatten(arrays: readonly Tensor[]): Tensor {
  const cuts: Cut[] = [];
  for (const cut of arrays.map(cutOf)) {
    const last = cuts.at(-1);
    if (last?.whole === cut.whole && last.to === cut.from) cuts[cuts.length - 1] = { ...last, to: cut.to };
    else cuts.push(cut);
  }
  return concat(
    cuts.map(({ whole, from, to }) => slice(whole, 0, from, to - from)),
    0,
  );
}

/** Joins arrays in the layout's order; those not in `changed` come from the vector. */
function joined(layout: Layout, flat: Tensor, changed: ReadonlyMap<string, Tensor>): Tensor {
  if (changed.size === 0) return flat;
  return flatten(
    layout.entries.map(({ path, parameter, offset }) => {
      const next = changed.get(path);
      return next ? currentBuilder().lift(next) : slice(flat, 0, offset, parameter.size);
    }),
  );
}

/** Anything with parameters and state: a flow, or a layer under test. */
export interface Parametrised {
  readonly params: Parameters;
  readonly state: Parameters;
}

/** What the body of a program works with. */
export interface ProgramBody {
  readonly scope: Scope;
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** The parameter vector, for gradients; an empty flow has a vector of zero entries. */
  readonly flat: Tensor;
}

/** A traced program: its graph and the noise it wants. */
export interface Program {
  readonly graph: Graph;
  readonly noises: readonly NoiseSpec[];
  readonly layout: Layout;
  readonly stateLayout: Layout;
}

/**
 * Traces a program.
 *
 * Inputs of the graph: `params` [P], `state` [S] where there is one, the given inputs, `context`, then the noise.
 * Outputs: those of the body, `state` where the mode is not `eval` and there is one, `params` in mode `init`.
 */
export function traceProgram(
  subject: Parametrised,
  options: {
    readonly mode: Mode;
    readonly inputs: Readonly<Record<string, Shape>>;
    readonly context?: Shape | undefined;
  },
  body: (program: ProgramBody) => Readonly<Record<string, Tensor>>,
): Program {
  const builder = new Builder();
  const layout = layoutOf(subject.params);
  const stateLayout = layoutOf(subject.state);
  return within(builder, () => {
    const flat = layout.size > 0 ? builder.input("params", [layout.size]) : constant([], [0]);
    const state = stateLayout.size > 0 ? builder.input("state", [stateLayout.size]) : undefined;
    const inputs = Object.fromEntries(
      Object.entries(options.inputs).map(([name, shape]) => [name, builder.input(name, shape)]),
    );
    const context = options.context && builder.input("context", options.context);
    const recording: Recording = { builder, mode: options.mode, noises: [], states: new Map(), assigned: new Map() };
    const scope = new Scope(recording, unflatten(subject.params, flat), unflatten(subject.state, state), context);
    const outputs: Record<string, Tensor> = { ...body({ scope, inputs, flat }) };
    if (state && options.mode !== "eval") outputs["state"] = joined(stateLayout, state, recording.states);
    if (options.mode === "init" && layout.size > 0) outputs["params"] = joined(layout, flat, recording.assigned);
    const graph = builder.finish(
      Object.values(outputs).map((t) => builder.lift(t)),
      Object.keys(outputs),
    );
    return { graph, noises: recording.noises, layout, stateLayout };
  });
}
