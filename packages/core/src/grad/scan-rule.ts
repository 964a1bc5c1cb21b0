/**
 * Reverse mode through `scan`.
 *
 * The forward pass runs once more, returning what the reverse pass needs: each step's carry, except that of a carry
 * which a step only overwrites in part (a key/value cache), where the overwritten entries are kept and the reverse pass
 * undoes one update after another. So a cache of T entries costs O(T), not O(T²). The reverse pass is a scan again.
 *
 * @module
 */
import { emit, inline, innerBuilder, within } from "../graph/builder.ts";
import type { Graph, NodeOf } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";
import * as op from "../ops/index.ts";

type Scan = NodeOf<"scan">;

/** Vector-Jacobian product within the graph being traced. */
export type Vjp = (outputs: readonly Tensor[], cotangents: readonly Tensor[], wrt: readonly Tensor[]) => Tensor[];

/** How a carry slot is brought back in the reverse pass. */
type Slot =
  | { readonly kind: "saved" }
  | { readonly kind: "undone"; readonly axis: number; readonly start: Tensor; readonly size: number };

/** Finds the carries that a step passes on with only a slice overwritten. */
function slots(body: Graph, constants: number, carry: number): Slot[] {
  return Array.from({ length: carry }, (_, i) => {
    const given = body.inputs[constants + i]!;
    const next = body.outputs[i]!;
    if (next.node.op !== "dynamicUpdateSlice" || next.node.inputs[0] !== given) return { kind: "saved" };
    const [, update, start] = next.node.inputs as readonly [Tensor, Tensor, Tensor];
    const { axis } = next.node.params;
    return { kind: "undone", axis, start, size: update.shape[axis] as number };
  });
}

/** The body, returning also what the reverse pass needs. */
function recordingBody(node: Scan, plan: readonly Slot[]): Graph {
  const { body, constants } = node.params;
  const builder = innerBuilder();
  return within(builder, () => {
    const inputs = body.inputs.map((t, i) => builder.input(`in${i}`, t.shape));
    const extended: Graph = {
      ...body,
      outputs: [...body.outputs, ...plan.flatMap((slot) => (slot.kind === "undone" ? [slot.start] : []))],
    };
    const outputs = inline(extended, inputs);
    const starts = outputs.slice(body.outputs.length);
    const records: Tensor[] = [];
    plan.forEach((slot, i) => {
      const given = inputs[constants + i]!;
      if (slot.kind === "saved") records.push(given);
      else {
        const start = starts.shift()!;
        records.push(op.dynamicSlice(given, slot.axis, start, slot.size), start);
      }
    });
    return builder.finish([...outputs.slice(0, body.outputs.length), ...records]);
  });
}

export function scanRule(node: Scan, cts: readonly (Tensor | undefined)[], vjp: Vjp): readonly (Tensor | undefined)[] {
  const { body, constants, carry, length, reverse } = node.params;
  const plan = slots(body, constants, carry);
  const replay = emit("scan", { ...node.params, body: recordingBody(node, plan), extends: node.id }, node.inputs);
  const records = replay.slice(node.outputs.length);
  const zeros = (t: Tensor): Tensor => op.broadcastTo(0, t.shape);
  const outer = node.inputs.slice(0, constants);
  const xs = node.inputs.slice(constants + carry);
  const ctCarry = node.outputs.slice(0, carry).map((t, i) => cts[i] ?? zeros(t));
  const ctYs = node.outputs.slice(carry).map((t, i) => cts[carry + i] ?? zeros(t));
  const undone = plan.flatMap((slot, i) => (slot.kind === "undone" ? [replay[i]!] : []));

  // Carry of the reverse pass: cotangents of the carry, sums of the constants' cotangents, caches being undone.
  const first = [...ctCarry, ...outer.map(zeros), ...undone];
  const sequences = [...records, ...xs, ...ctYs];
  const builder = innerBuilder();
  const backward = within(builder, () => {
    const given = outer.map((t, i) => builder.input(`constant${i}`, t.shape));
    const state = first.map((t, i) => builder.input(`carry${i}`, t.shape));
    const parts = sequences.map((t, i) => builder.input(`x${i}`, t.shape.slice(1)));
    const ct = state.slice(0, carry);
    const sums = state.slice(carry, carry + constants);
    const caches = state.slice(carry + constants);
    const saved = parts.slice(0, records.length);
    const x = parts.slice(records.length, records.length + xs.length);
    const y = parts.slice(records.length + xs.length);
    const before: Tensor[] = [];
    const restored: Tensor[] = [];
    plan.forEach((slot) => {
      if (slot.kind === "saved") before.push(saved.shift()!);
      else {
        const old = saved.shift()!;
        const start = saved.shift()!;
        const cache = op.dynamicUpdateSlice(caches[restored.length]!, slot.axis, start, old);
        restored.push(cache);
        before.push(cache);
      }
    });
    const outputs = inline(body, [...given, ...before, ...x]);
    const pulled = vjp(outputs, [...ct, ...y], [...given, ...before, ...x]);
    const nextSums = sums.map((t, i) => op.add(t, pulled[i]!));
    return builder.finish(
      [...pulled.slice(constants, constants + carry), ...nextSums, ...restored, ...pulled.slice(constants + carry)].map(
        (t) => builder.lift(t),
      ),
    );
  });
  const results = emit("scan", { body: backward, constants, carry: first.length, length, reverse: !reverse }, [
    ...outer,
    ...first,
    ...sequences,
  ]);
  return [...results.slice(carry, carry + constants), ...results.slice(0, carry), ...results.slice(first.length)];
}
