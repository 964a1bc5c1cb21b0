/**
 * The backward pass that finds each layer's input by inverting it.
 *
 * @module
 */
import {
  add,
  broadcastTo,
  concat,
  customVjp,
  FlowError,
  min,
  relu,
  reshape,
  type ScanStep,
  scanSteps,
  stopGradient,
  sum,
  type Tensor,
  vjp,
} from "@normflow/core";
import { given, inOrder, type Pass, type Placed, placed, type Way } from "./through.ts";

const opposite = { forward: "inverse", inverse: "forward" } as const;

/** Gradients that refuse to be differentiated; what they were made of is cut off from the inputs, so they read them again. */
const onlyOnce = (gradients: readonly Tensor[], inputs: readonly Tensor[]): readonly Tensor[] =>
  customVjp(
    "reversible-gradient",
    (all) => all.slice(0, gradients.length),
    () => {
      throw new FlowError("reversible-second", "reversible: its gradient has no gradient.", {
        hint: "Use chain, which keeps activations, where second derivatives are wanted.",
      });
    },
    [...gradients, ...inputs],
  );

/**
 * x unchanged, but not before `done` is known. What each layer's gradient holds can be freed only once it has been taken, and
 * runtimes that walk a graph from its end would put off the parameters' gradients and keep all that they read.
 * min(relu(s), 0) is a 0 that no pass recognises.
 */
function once(x: Tensor, done: readonly Tensor[]): Tensor {
  const [first, ...rest] = done.map((t) => sum(t));
  return first ? add(x, min(relu(rest.reduce((a, b) => add(a, b), first)), 0)) : x;
}

/** A value on the way back, its cotangent, and what has come together for the context. */
interface Reached {
  readonly value: Tensor;
  readonly ofValue: Tensor;
  readonly ofContext: Tensor | undefined;
}

/** Back through one repetition of a block: to its input and the cotangents there, and those of its parameters in a row. */
function backOnce(
  way: Way,
  all: readonly Placed[],
  end: Reached,
  ofLogDet: Tensor,
): { readonly start: Reached; readonly row: Tensor | undefined } {
  const ofParams = new Map<Placed, readonly Tensor[]>();
  let { value: after, ofValue, ofContext } = end;
  for (const place of inOrder(all, opposite[way])) {
    const { layer, scope, params } = place;
    const before = stopGradient(layer[opposite[way]](scope, after)[0]);
    const [first, ...rest] = vjp(
      layer[way](scope, before),
      [ofValue, ofLogDet],
      [before, ...params, ...given(ofContext && scope.context)],
    );
    if (ofContext) ofContext = add(ofContext, rest.pop()!);
    ofParams.set(place, rest);
    [after, ofValue] = [once(before, rest), once(first!, rest)];
  }
  const parts = all.flatMap((place) => ofParams.get(place)!).map((t) => reshape(t, [-1]));
  return { start: { value: after, ofValue, ofContext }, row: parts.length === 0 ? undefined : concat(parts, 0) };
}

/** Cotangents of a pass's value, context and tables, in this order, from its result and the cotangents there. */
export function back(
  pass: Pass,
  result: Tensor,
  { ofResult, ofLogDet }: { readonly ofResult: Tensor; readonly ofLogDet: Tensor },
  inputs: readonly Tensor[],
): readonly Tensor[] {
  const { blocks, tables, way, scope } = pass;
  const rows: (readonly Tensor[])[] = [];
  let carry: readonly Tensor[] = [
    stopGradient(result),
    ofResult,
    ...given(scope.context).map((t) => broadcastTo(0, t.shape)),
  ];
  for (const i of inOrder([...blocks.keys()], opposite[way])) {
    const block = blocks[i]!;
    const steps = Array.from(
      { length: block.times },
      (_, turn): ScanStep =>
        ([value, ofValue, ofContext], [row]) => {
          const end = { value: value!, ofValue: ofValue!, ofContext };
          const { start, row: ofRow } = backOnce(way, placed(pass, block, turn, row), end, ofLogDet);
          return [[start.value, start.ofValue, ...given(start.ofContext)], given(ofRow)];
        },
    );
    [carry, rows[i]] = scanSteps(steps, carry, given(tables[i]), { reverse: way === "forward" });
  }
  return onlyOnce([...carry.slice(1), ...rows.flat()], inputs);
}
