/**
 * A conformance case: a graph, inputs, and how closely every backend must agree with the reference on them.
 *
 * @module
 */
import { type Arrays, type Backend, type HostArray, hostArray } from "../backend.ts";
import { gradients } from "../grad/gradients.ts";
import { trace } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { elements, type Shape } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, mul, sin } from "../ops/elementwise.ts";
import { iota, reshape } from "../ops/layout.ts";
import { sum } from "../ops/reduce.ts";
import type { Primitive } from "../primitives/params.ts";
import { key, uniform } from "../random/index.ts";
import { reference } from "../reference/backend.ts";

/** One case. */
export interface ConformanceCase {
  readonly name: string;
  readonly group: "op" | "gradient" | "second gradient" | "control";
  /** The primitive that it is about. */
  readonly primitive: Primitive;
  /** The graph under test, traced anew. */
  graph(): Graph;
  /** Its inputs, the same at each call. */
  inputs(): Arrays;
  /** Largest |Δ| / (1 + |reference|) in float32. */
  readonly tolerance: number;
}

/** A function of inputs, from which op and gradient cases are made. */
export interface Subject {
  readonly name: string;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly body: (inputs: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>;
  /** Values of the inputs; uniform between these, or given. */
  readonly range?: readonly [number, number];
  readonly values?: Readonly<Record<string, readonly number[]>>;
  /** How often it can be differentiated; 2 unless told. */
  readonly orders?: 0 | 1 | 2;
  readonly tolerance?: number;
  /** False where the gradient is not that of the values, as with stopGradient, or stands at a kink. */
  readonly differences?: false;
}

/** Repeatable uniform values. */
export function values(shape: readonly number[], low: number, high: number, seed: number): HostArray {
  const n = shape.reduce((a, b) => a * b, 1);
  return hostArray(uniform(key(seed), n, { min: low, max: high }), shape);
}

/** The inputs of a subject, as float32 numbers so that every backend sees the same. */
export const inputsOf = ({ shapes, range = [-2, 2], values: given }: Subject): Arrays =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => [
      name,
      given?.[name] ? hostArray(Float32Array.from(given[name]), shape) : values(shape, range[0], range[1], i + 1),
    ]),
  );

/** Σ wᵢ yᵢ over all entries of all outputs, with weights sin(i + 1) that no symmetry cancels. */
export function weightedSum(outputs: readonly Tensor[]): Tensor {
  const parts = outputs.map((t) => {
    const count: Shape = [elements(t.shape)];
    return sum(mul(reshape(t, count), sin(add(iota(count[0]!), 1))));
  });
  return parts.reduce((a, b) => add(a, b));
}

/** The gradients of a subject's weighted sum, `order` times over. */
export function gradientGraph({ shapes, body }: Subject, order: 1 | 2): Graph {
  return trace(shapes, (inputs) => {
    const names = Object.keys(shapes);
    const wrt = names.map((n) => inputs[n]!);
    let pulled = gradients(weightedSum(Object.values(body(inputs))), wrt);
    if (order === 2) pulled = gradients(weightedSum(pulled), wrt);
    return Object.fromEntries(names.map((n, i) => [`d${n}`, pulled[i]!]));
  });
}

/** The cases of a subject: itself, its gradient, the gradient of that. */
export function casesOf(subject: Subject, group: "op" | "control", primitive: Primitive): ConformanceCase[] {
  const { name, shapes, body, orders = 2, tolerance = 2e-5 } = subject;
  const inputs = () => inputsOf(subject);
  const all: ConformanceCase[] = [{ name, group, primitive, graph: () => trace(shapes, body), inputs, tolerance }];
  if (orders >= 1)
    all.push({
      name: `gradient of ${name}`,
      group: "gradient",
      primitive,
      graph: () => gradientGraph(subject, 1),
      inputs,
      tolerance: 5 * tolerance,
    });
  if (orders >= 2)
    all.push({
      name: `second gradient of ${name}`,
      group: "second gradient",
      primitive,
      graph: () => gradientGraph(subject, 2),
      inputs,
      tolerance: 20 * tolerance,
    });
  return all;
}

/** How a backend did on a case. */
export interface Outcome {
  readonly name: string;
  /** Largest |Δ| / (1 + |reference|); Infinity where a NaN or infinity stands elsewhere than in the reference. */
  readonly error: number;
  readonly tolerance: number;
  readonly ok: boolean;
  /** The entry that is furthest off, where one is beyond the tolerance. */
  readonly said?: string | undefined;
}

/** How far an array is from the reference's, and where. */
function distance(name: string, actual: HostArray | undefined, expected: HostArray): { error: number; said: string } {
  if (!actual || String(actual.shape) !== String(expected.shape))
    return {
      error: Number.POSITIVE_INFINITY,
      said: `${name} has shape [${actual?.shape}] where [${expected.shape}] was due`,
    };
  let [worst, where] = [0, 0];
  expected.data.forEach((e, i) => {
    const a = actual.data[i]!;
    // What overflows float32 counts as the infinity that float32 makes of it.
    if (Object.is(Math.fround(e), a) || Math.fround(e) === a) return;
    const off = Math.abs(a - e) / (1 + Math.abs(e));
    const error = Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
    if (error > worst) [worst, where] = [error, i];
  });
  return { error: worst, said: `${name}[${where}] is ${actual.data[where]} where ${expected.data[where]} was due` };
}

/** How a backend did that gave these arrays where those were due. */
export function outcomeOf(name: string, tolerance: number, actual: Arrays, due: Arrays): Outcome {
  const { error, said } = Object.entries(due)
    .map(([output, value]) => distance(output, actual[output], value))
    .reduce((a, b) => (b.error > a.error ? b : a), { error: 0, said: "" });
  const ok = error <= tolerance;
  return { name, error, tolerance, ok, ...(ok ? {} : { said }) };
}

/** Runs a case, or any graph on inputs, on a backend and on the reference. */
export async function runCase(
  subject: Pick<ConformanceCase, "name" | "graph" | "inputs" | "tolerance">,
  backend: Backend,
): Promise<Outcome> {
  const { name, tolerance } = subject;
  const inputs = subject.inputs();
  const run = async (on: Backend): Promise<Arrays> => {
    const executable = await on.compile(subject.graph());
    try {
      return await executable.run(inputs);
    } finally {
      await executable.dispose();
    }
  };
  const expected = await run(reference());
  return outcomeOf(name, tolerance, await run(backend), expected);
}
