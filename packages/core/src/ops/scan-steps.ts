/**
 * Steps that are traced one by one and run as one `scan`, so that a program does not grow with their number.
 *
 * @module
 */
import { Builder, currentBuilder, emit, inline } from "../graph/builder.ts";
import type { Graph, GraphNode, NodeOf } from "../graph/graph.ts";
import { hashGraph } from "../graph/print.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Step } from "./control.ts";
import { constant, slice, squeezeAxis, stack } from "./layout.ts";
import { type Traced, traceBody } from "./trace-body.ts";

/** Maps (carry, one entry of each sequence) to (carry, results). */
export type ScanStep = (carry: readonly Tensor[], xs: readonly Tensor[]) => Step<readonly Tensor[], readonly Tensor[]>;

type Literal = NodeOf<"constant">;

/** A traced step whose literals are inputs behind its own, so that its print does not depend on them. */
interface Opened {
  readonly print: string;
  readonly literals: readonly Literal["params"][];
  readonly outer: readonly Tensor[];
}

const isLiteral = (node: GraphNode): node is Literal => node.op === "constant";

function opened({ graph, outer }: Traced): Opened & { readonly graph: Graph } {
  const literals = graph.nodes.filter(isLiteral);
  const nodes = graph.nodes.filter((node) => !isLiteral(node));
  const inputs = [...graph.inputs, ...literals.map((node) => node.outputs[0]!)];
  const open = { ...graph, inputs, nodes };
  return { graph: open, print: hashGraph(open), literals: literals.map(({ params }) => params), outer };
}

const equal = (a: Float64Array, b: Float64Array): boolean => a === b || a.every((v, i) => Object.is(v, b[i]));

/** One value for all steps, or one for each of them along a new first axis. */
interface Given {
  readonly shared: boolean;
  readonly value: Tensor;
}

const captured = (all: readonly Tensor[]): Given =>
  all.every((t) => t === all[0]) ? { shared: true, value: all[0]! } : { shared: false, value: stack(all, 0) };

function literal(all: Opened["literals"]): Given {
  const { data, shape } = all[0]!;
  if (all.every((other) => equal(data, other.data))) return { shared: true, value: constant(data, shape) };
  const joined = all.flatMap((other) => Array.from(other.data));
  return { shared: false, value: constant(joined, [all.length, ...shape]) };
}

/** All steps as one `scan`, or undefined where they are not alike. */
function asScan(
  steps: readonly ScanStep[],
  carry: readonly Tensor[],
  xs: readonly Tensor[],
  reverse: boolean,
): ReturnType<ScanStep> | undefined {
  const specs = [
    ...carry.map((t, i) => ({ name: `carry${i}`, shape: t.shape })),
    ...xs.map((t, i) => ({ name: `x${i}`, shape: t.shape.slice(1) })),
  ];
  const apply = (step: ScanStep) => (inputs: readonly Tensor[]) =>
    step(inputs.slice(0, carry.length), inputs.slice(carry.length)).flat();
  const traced = (step: ScanStep) => opened(traceBody(specs, apply(step), new Builder(currentBuilder(), true)));
  const one = traced(steps[0]!);
  const all: Opened[] = [one];
  for (const step of steps.slice(1)) {
    const { print, literals, outer } = traced(step);
    if (print !== one.print) return undefined;
    all.push({ print, literals, outer });
  }
  const outside = one.outer.map((_, i) => captured(all.map(({ outer }) => outer[i]!)));
  const written = one.literals.map((_, i) => literal(all.map(({ literals }) => literals[i]!)));
  const sequences = [...xs, ...[...outside, ...written].flatMap(({ shared, value }) => (shared ? [] : [value]))];
  const entries = sequences.map((t, i) => ({ name: `x${i}`, shape: t.shape.slice(1) }));
  const { graph: body, outer } = traceBody([...specs.slice(0, carry.length), ...entries], (inputs) => {
    const parts = inputs.slice(specs.length);
    const value = (given: Given): Tensor => (given.shared ? given.value : parts.shift()!);
    const [before, behind] = [outside.map(value), written.map(value)];
    return inline(one.graph, [...before, ...inputs.slice(0, specs.length), ...behind]);
  });
  const outputs = emit("scan", { body, constants: outer.length, carry: carry.length, length: steps.length, reverse }, [
    ...outer,
    ...carry,
    ...sequences,
  ]);
  return [outputs.slice(0, carry.length), outputs.slice(carry.length)];
}

function oneByOne(
  steps: readonly ScanStep[],
  carry: readonly Tensor[],
  xs: readonly Tensor[],
  reverse: boolean,
): ReturnType<ScanStep> {
  let current = carry;
  const results: (readonly Tensor[])[] = [];
  const order = [...steps.keys()];
  for (const i of reverse ? order.reverse() : order) {
    const entries = xs.map((t) => squeezeAxis(slice(t, 0, i, 1), 0));
    [current, results[i]] = steps[i]!(current, entries);
  }
  return [
    current,
    results[0]!.map((_, k) =>
      stack(
        results.map((own) => own[k]!),
        0,
      ),
    ),
  ];
}

/**
 * Runs steps one after another, each with a carry and an entry of every sequence: as one `scan` where they are alike, with the
 * same operators on the same shapes, and differ at most in literals and in what they read from outside.
 *
 * A gradient that goes through the scan takes the rules of the first step's `customVjp`s for all of them.
 *
 * @param carry the first carry; a step returns it in the same shapes
 * @param xs sequences along their first axis, an entry a step
 * @param reverse whether the last step comes first
 * @returns the last carry, and the results stacked along a new first axis, each at its step's place
 */
export function scanSteps(
  steps: readonly ScanStep[],
  carry: readonly Tensor[],
  xs: readonly Tensor[],
  { reverse = false }: { readonly reverse?: boolean } = {},
): ReturnType<ScanStep> {
  const first = carry.map((t) => currentBuilder().lift(t));
  return (steps.length > 1 ? asScan(steps, first, xs, reverse) : undefined) ?? oneByOne(steps, first, xs, reverse);
}
