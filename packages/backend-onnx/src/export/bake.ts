/**
 * Puts into a program what its callers would feed: weights as literals, noise at its middle.
 *
 * @module
 */
import {
  broadcastTo,
  constant,
  type Graph,
  inline,
  inputSpecs,
  type Layout,
  type NodeOf,
  type NoiseSpec,
  type Program,
  type Rewrite,
  rewriteGraph,
  type Tensor,
  trace,
  type Weights,
} from "@normflow/core";

/** A program that takes nothing but its own inputs. */
export interface Baked {
  readonly graph: Graph;
  /** The paths of weights by their data. */
  readonly literals: ReadonlyMap<object, string>;
}

/** The value of noise that leaves no chance: ½ of a uniform, 0 of a normal, nothing dropped. */
const middle = ({ kind }: NoiseSpec): number => (kind === "uniform" ? 0.5 : kind === "dropout" ? 1 : 0);

/**
 * Bakes weights into a program, and noise at its middle unless it stays an input.
 * @param keepNoise whether noise stays an input, under its own name
 */
export function bake(program: Program, weights: Weights, keepNoise: boolean): Baked {
  const { graph, noises, layout, stateLayout } = program;
  const fixed = new Map<string, NoiseSpec>(keepNoise ? [] : noises.map((n) => [n.name, n]));
  const vectors: Readonly<Record<string, ArrayLike<number>>> = { params: weights.params, state: weights.state };
  const own = inputSpecs(graph).filter(({ name }) => !(name in vectors) && !fixed.has(name));
  const whole = trace(Object.fromEntries(own.map(({ name, shape }) => [name, shape])), (given) => {
    const inputs = inputSpecs(graph).map(({ name, shape }): Tensor => {
      const noise = fixed.get(name);
      if (noise) return broadcastTo(middle(noise), shape);
      return given[name] ?? constant(vectors[name]!);
    });
    const outputs = inline(graph, inputs);
    return Object.fromEntries(graph.outputNames.map((name, i) => [name, outputs[i]!]));
  });
  const literals = new Map<object, string>();
  const baked = rewriteGraph(whole, cutLiterals([layout, stateLayout], literals));
  return { graph: baked, literals };
}

const literalOf = (t: Tensor): NodeOf<"constant">["params"] | undefined =>
  t.node.op === "constant" ? t.node.params : undefined;

/** What paths begin with in common. */
function commonPath(paths: readonly string[]): string {
  const [first, ...rest] = paths.map((path) => path.split("/"));
  const differs = first!.findIndex((part, i) => rest.some((other) => other[i] !== part));
  return first!.slice(0, differs < 0 ? first!.length : differs).join("/");
}

/** The path of an array that a part of the vector holds, or what the paths of several begin with. */
function pathOf({ entries }: Layout, start: number, size: number): string | undefined {
  const held = entries.filter(({ offset, parameter }) => offset >= start && offset + parameter.size <= start + size);
  const total = held.reduce((sum, { parameter }) => sum + parameter.size, 0);
  return total === size && size > 0 ? commonPath(held.map(({ path }) => path)) : undefined;
}

/** Cuts weights out of their vector, each under its path, and those that are read together as one. */
function cutLiterals(layouts: readonly Layout[], literals: Map<object, string>): Rewrite {
  const cut = new Map<string, Float64Array>();
  return (node, inputs, builder) => {
    const vector = inputs[0] && literalOf(inputs[0]);
    if (node.op === "reshape" && vector && literals.has(vector.data))
      return builder.emit("constant", { data: vector.data, shape: node.params.shape as number[] }, []);
    if (node.op !== "slice" || vector?.shape.length !== 1 || literals.has(vector.data)) return undefined;
    const { start, size } = node.params as { start: number; size: number };
    const layout = layouts.find((l) => l.size === vector.data.length);
    const path = layout && pathOf(layout, start, size);
    if (path === undefined) return undefined;
    const place = `${path}:${start}:${size}`;
    let data = cut.get(place);
    if (!data) {
      data = vector.data.slice(start, start + size);
      cut.set(place, data);
      literals.set(data, path === "" ? "params" : path);
    }
    return builder.emit("constant", { data, shape: [data.length] }, []);
  };
}
