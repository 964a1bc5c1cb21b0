/**
 * What a layer sees while it is traced: its parameters, state, context, noise and mode.
 *
 * @module
 */
import { FlowError } from "../error.ts";
import { type Builder, currentBuilder } from "../graph/builder.ts";
import { type Shape, shapeText } from "../graph/size.ts";
import { Tensor } from "../graph/tensor.ts";
import { stopGradient } from "../ops/elementwise.ts";
import { broadcastTo } from "../ops/layout.ts";
import { mapTree, type Tree } from "../tree.ts";

/** `init` is the pass over the first batch in which layers may set their parameters from data. */
export type Mode = "train" | "eval" | "init";

/** Noise a program wants drawn on the host: uniform on (0, 1), standard normal, or dropout (0 or 1 / (1 − rate)). */
export type NoiseKind =
  | { readonly kind: "uniform" }
  | { readonly kind: "normal" }
  | { readonly kind: "dropout"; readonly rate: number };

/** A declared noise input of a program. */
export type NoiseSpec = NoiseKind & { readonly name: string; readonly shape: Shape };

/** What a trace collects from all scopes. */
export interface Recording {
  readonly builder: Builder;
  readonly mode: Mode;
  readonly noises: NoiseSpec[];
  /** New state by path. */
  readonly states: Map<string, Tensor>;
  /** Parameters set from data by path, in mode `init`. */
  readonly assigned: Map<string, Tensor>;
}

/** Parameters and states that were given new values, by path. */
export type Changes = Pick<Recording, "states" | "assigned">;

const isTensor = (node: unknown): node is Tensor => node instanceof Tensor;

/** A layer's view of the program being traced. */
export class Scope {
  readonly params: Tree<Tensor>;
  /** Shape […batch, …context event], or undefined where the flow has no context. */
  readonly context: Tensor | undefined;
  private readonly states: Tree<Tensor>;
  private readonly path: string;
  private readonly recording: Recording;

  constructor(
    recording: Recording,
    params: Tree<Tensor>,
    states: Tree<Tensor>,
    context: Tensor | undefined,
    path = "",
  ) {
    this.recording = recording;
    this.params = params;
    this.states = states;
    this.context = context;
    this.path = path;
  }

  /** What the program that is traced is for. */
  get mode(): Mode {
    return this.recording.mode;
  }

  /** The view of a part, by the names under which this layer declared it. */
  at(...names: readonly (string | number)[]): Scope {
    let [params, states, path] = [this.params, this.states, this.path];
    for (const name of names) {
      params = child(params, name);
      states = child(states, name);
      path = path === "" ? String(name) : `${path}/${name}`;
    }
    return new Scope(this.recording, params, states, this.context, path);
  }

  /** The same view with another context. */
  withContext(context: Tensor | undefined): Scope {
    return new Scope(this.recording, this.params, this.states, context, this.path);
  }

  /** The same view with parameters that get no gradient. */
  detached(): Scope {
    const params = mapTree(this.params, isTensor, stopGradient);
    return new Scope(this.recording, params, this.states, this.context, this.path);
  }

  /** The same view with other tensors for its parameters, as a function with a gradient of its own takes them. */
  withParams(params: Tree<Tensor>): Scope {
    return new Scope(this.recording, params, this.states, this.context, this.path);
  }

  /** Declares noise of this layer; the caller of the program draws it. Shape includes the batch. */
  noise(name: string, kind: NoiseKind, shape: Shape): Tensor {
    const full = `noise/${this.path === "" ? "" : `${this.path}/`}${name}`;
    if (this.recording.noises.some((n) => n.name === full))
      throw new FlowError("noise-name", `Noise ${full} is declared twice.`, {
        hint: "Give each draw of a layer its own name.",
      });
    this.recording.noises.push({ ...kind, name: full, shape });
    return currentBuilder().lift(this.recording.builder.input(full, shape));
  }

  /** x with entries dropped at a rate while training, the rest scaled up. */
  dropout(name: string, x: Tensor, rate: number, apply: (x: Tensor, mask: Tensor) => Tensor): Tensor {
    return this.mode !== "train" || rate === 0 ? x : apply(x, this.noise(name, { kind: "dropout", rate }, x.shape));
  }

  /** A state array of this layer. */
  state(name: string): Tensor {
    const known = this.recording.states.get(this.below(name));
    const value = known ?? child(this.states, name);
    if (!isTensor(value))
      throw new FlowError("state", `There is no state ${this.below(name)}.`, {
        hint: "Declare it in the layer's state.",
      });
    return value;
  }

  /** Replaces a state array. */
  setState(name: string, value: Tensor): void {
    this.recording.states.set(this.below(name), value);
  }

  /** Sets a parameter from data, in mode `init`. */
  assign(name: string, value: Tensor): void {
    this.recording.assigned.set(this.below(name), value);
  }

  /** The same view, with new values kept aside: inside of a body they are not yet values of the program. */
  apart(): { readonly scope: Scope; readonly changes: Changes } {
    const changes = { states: new Map<string, Tensor>(), assigned: new Map<string, Tensor>() };
    const recording = { ...this.recording, ...changes };
    return { scope: new Scope(recording, this.params, this.states, this.context, this.path), changes };
  }

  /** Takes over changes that were kept aside. */
  adopt({ states, assigned }: Changes): void {
    for (const [path, value] of states) this.recording.states.set(path, value);
    for (const [path, value] of assigned) this.recording.assigned.set(path, value);
  }

  /** The context laid over a batch, or undefined without one. */
  contextFor(batch: Shape, event: number): Tensor | undefined {
    if (!this.context) return undefined;
    const own = this.context.shape.slice(this.context.rank - event);
    return broadcastTo(this.context, [...batch, ...own]);
  }

  private below(name: string): string {
    return this.path === "" ? name : `${this.path}/${name}`;
  }
}

function child(tree: Tree<Tensor>, name: string | number): Tree<Tensor> {
  if (isTensor(tree))
    throw new FlowError("tree", `${name} is below an array of shape ${shapeText(tree.shape)}.`, {
      hint: "Ask for what the layer's params and state declare.",
    });
  return (tree as Record<string | number, Tree<Tensor>>)[name] ?? {};
}
