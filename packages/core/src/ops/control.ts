/**
 * Structured control flow and functions with a gradient of their own.
 *
 * @module
 */
import { FlowError } from "../error.ts";
import { currentBuilder, emit, inline, innerBuilder, within } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { CustomBackward } from "../primitives/params.ts";
import { traceBody } from "./trace-body.ts";

/** What a step returns: the next carry, and an entry for each sequence of results. */
export type Step<C extends readonly Tensor[], Y extends readonly Tensor[]> = readonly [carry: C, ys: Y];

/**
 * Repeats a step a fixed number of times, carrying values from one to the next and stacking its results.
 *
 * @param step maps (carry, one entry of each sequence, index) to (carry, results)
 * @param carry the first carry; a step returns it in the same shapes
 * @param xs sequences along their first axis
 * @returns the last carry, and the results stacked along a new first axis
 */
export function scan<C extends readonly Tensor[], const X extends readonly Tensor[], Y extends readonly Tensor[]>(
  step: (carry: C, xs: { readonly [K in keyof X]: Tensor }, index: Tensor) => Step<C, Y>,
  carry: C,
  xs: X,
  options: { readonly length: number; readonly reverse?: boolean },
): Step<C, { readonly [K in keyof Y]: Tensor }> {
  const { length, reverse = false } = options;
  const sequences = [...xs, emit("iota", { size: length }, [])[0]!];
  const first = carry.map((t) => currentBuilder().lift(t));
  const { graph, outer } = traceBody(
    [
      ...first.map((t, i) => ({ name: `carry${i}`, shape: t.shape })),
      ...sequences.map((t, i) => ({ name: `x${i}`, shape: t.shape.slice(1) })),
    ],
    (inputs) => {
      const parts = inputs.slice(carry.length);
      const [next, ys] = step(
        inputs.slice(0, carry.length) as unknown as C,
        parts.slice(0, -1) as never,
        parts.at(-1)!,
      );
      return [...next, ...ys];
    },
  );
  const outputs = emit("scan", { body: graph, constants: outer.length, carry: carry.length, length, reverse }, [
    ...outer,
    ...first,
    ...sequences,
  ]);
  return [outputs.slice(0, carry.length) as unknown as C, outputs.slice(carry.length) as never];
}

/**
 * Repeats a step while a condition on the carry holds, at most `limit` times.
 *
 * It has no gradient of its own, since the number of steps is not known when the gradient is traced: wrap it in `customVjp`.
 */
export function loop<C extends readonly Tensor[]>(
  condition: (carry: C) => Tensor,
  step: (carry: C) => C,
  carry: C,
  options: { readonly limit: number },
): C {
  const first = carry.map((t) => currentBuilder().lift(t));
  const specs = first.map((t, i) => ({ name: `carry${i}`, shape: t.shape }));
  const test = traceBody(specs, (inputs) => [condition(inputs as unknown as C)]);
  const body = traceBody(specs, (inputs) => step(inputs as unknown as C));
  const constants = [...new Set([...test.outer, ...body.outer])];
  const outputs = emit(
    "loop",
    {
      condition: widen(test, constants, first.length),
      body: widen(body, constants, first.length),
      constants: constants.length,
      limit: options.limit,
    },
    [...constants, ...first],
  );
  return outputs as unknown as C;
}

/** A traced body that takes all of `constants`, in their order, before its own inputs. */
function widen(
  traced: { readonly graph: Graph; readonly outer: readonly Tensor[] },
  constants: readonly Tensor[],
  own: number,
): Graph {
  const { graph, outer } = traced;
  const builder = innerBuilder();
  return within(builder, () => {
    const given = constants.map((t, i) => builder.input(`constant${i}`, t.shape));
    const carry = graph.inputs.slice(graph.inputs.length - own).map((t, i) => builder.input(`carry${i}`, t.shape));
    return builder.finish(inline(graph, [...outer.map((t) => given[constants.indexOf(t)]!), ...carry]));
  });
}

/**
 * Gives a function a gradient of its own: implicit inverses, adjoints, estimators.
 *
 * @param name what it is called in a printed graph
 * @param forward maps inputs to outputs; values of the outer trace that it reads get no gradient
 * @param backward maps (inputs, outputs, cotangents of the outputs) to cotangents of the inputs, `undefined` for none
 */
export function customVjp<const O extends readonly Tensor[]>(
  name: string,
  forward: (inputs: readonly Tensor[]) => O,
  backward: CustomBackward,
  inputs: readonly Tensor[],
): { readonly [K in keyof O]: Tensor } {
  const { graph, outer } = traceBody(
    inputs.map((t, i) => ({ name: `input${i}`, shape: t.shape })),
    forward,
  );
  const own = inputs.length;
  const rule: CustomBackward = (all, outputs, cotangents) => [
    ...outer.map(() => undefined),
    ...backward(all.slice(all.length - own), outputs, cotangents),
  ];
  return emit("customVjp", { name, body: graph, backward: rule }, [...outer, ...inputs]) as never;
}

/**
 * Runs a function that has no gradient of its own, as the gradients of iterations have none: asked for one it throws,
 * where `stopGradient` would answer 0.
 *
 * @param hint what to do instead
 * @throws {FlowError} `no-gradient` where a gradient is taken through it
 */
export const withoutGradient = <const O extends readonly Tensor[]>(
  name: string,
  forward: (inputs: readonly Tensor[]) => O,
  inputs: readonly Tensor[],
  hint: string,
): { readonly [K in keyof O]: Tensor } =>
  customVjp(
    name,
    forward,
    () => {
      throw new FlowError(
        "no-gradient",
        `${name} has no gradient: it is one itself, of a function with a search in it.`,
        {
          hint,
        },
      );
    },
    inputs,
  );
