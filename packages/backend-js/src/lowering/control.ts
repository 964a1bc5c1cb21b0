/**
 * Loops: their steps run over one block of memory, carried values stay in place.
 *
 * @module
 */
import type { PrimitiveParams } from "@normflow/core";
import { copyNest, copyRows } from "../kernels/copy.ts";
import type { Lowerer } from "../plan/lower.ts";
import { nestOf } from "../plan/nest.ts";
import { type CarriedState, type Instruction, loopStep, runSteps, Scope, type Step, Turns } from "../plan/scope.ts";
import { count, isWhole, placeOf, Storage, type View, wholeView } from "../plan/view.ts";

/**
 * The next values of carried states, none of which reads another state's memory or its own in another order: all are
 * written back one after another.
 */
export function settle(next: readonly View[], states: readonly View[], l: Lowerer): View[] {
  return next.map((v, i) => {
    const owner = states.findIndex((s) => s.storage === v.storage);
    return owner < 0 || (owner === i && isWhole(v)) ? v : l.copy(v);
  });
}

/** States beside the storages of their next values. */
export const carriedStates = (states: readonly View[], next: readonly View[]): CarriedState[] =>
  states.map(({ storage }, i) => ({ storage, next: next[i]!.storage, inPlace: isWhole(next[i]!) }));

/** Copies that bring next values into their states; those made in place need none. */
export const writeBack = (states: readonly View[], next: readonly View[]): Step[] =>
  states.flatMap((s, i) => (s.storage.root === next[i]!.storage.root ? [] : [copyRows(s, next[i]!)]));

/** Copies entry i of a sequence into a value, or a value into it. */
type Transfer = (i: number) => void;

const strideOf = (v: View): number => v.strides[0]!;

function loading(entry: View, sequence: View): Transfer {
  const nest = nestOf(entry.shape, [entry.strides, sequence.strides.slice(1)]);
  const [o, a] = [entry.storage.array, sequence.storage.array];
  const [p, q, step] = [placeOf(entry), placeOf(sequence), strideOf(sequence)];
  return (i) => copyNest(nest, o, p, a, q + i * step);
}

function storing(sequence: View, entry: View): Transfer {
  const nest = nestOf(entry.shape, [sequence.strides.slice(1), entry.strides]);
  const [o, a] = [sequence.storage.array, entry.storage.array];
  const [p, q, step] = [placeOf(sequence), placeOf(entry), strideOf(sequence)];
  return (i) => copyNest(nest, o, p + i * step, a, q);
}

/** What the steps of a loop read from outside. */
function outside(turn: Scope, outputs: readonly View[], states: readonly View[]): Storage[] {
  const own = new Set(states.map((s) => s.storage));
  const read = [...turn.instructions.flatMap((i) => i.reads), ...outputs.map((v) => v.storage)];
  return [...new Set(read)].filter((s) => s.scope !== turn && !own.has(s));
}

/** First values that states may take over: whole, and read by nothing else in the loop. */
function takes(
  states: readonly View[],
  first: readonly View[],
  reads: readonly Storage[],
): (readonly [Storage, Storage])[] {
  return states.flatMap((s, i) => {
    const { storage } = first[i]!;
    const alone = reads.filter((r) => r === storage).length === 1;
    return alone && isWhole(first[i]!) ? [[s.storage, storage] as const] : [];
  });
}

/** Steps of one turn in a block of their own within `outer`. */
function closeTurn(
  turn: Scope,
  outer: Scope,
  entries: readonly View[],
  outputs: readonly View[],
  states: readonly CarriedState[],
): Storage {
  turn.layOut(
    entries.map((v) => v.storage),
    outputs.map((v) => v.storage),
    states,
  );
  const block = new Storage(turn.size, outer);
  turn.placeAt(block);
  return block;
}

export const scan = (
  { body, constants, carry, length, reverse }: PrimitiveParams["scan"],
  inputs: readonly View[],
  l: Lowerer,
): readonly View[] => {
  const first = inputs.slice(constants, constants + carry);
  const sequences = inputs.slice(constants + carry);
  const outer = l.scopeOf(inputs);
  const turn = new Scope(l.arena, "turn", outer.depth + 1);
  const states = first.map((v) => l.allocate(v.shape, outer));
  const entries = sequences.map((v) => {
    const shape = v.shape.slice(1);
    return wholeView(new Storage(count(shape), turn), shape);
  });
  const outputs = l.graph(body, [
    ...inputs.slice(0, constants),
    ...states.map((s) => ({ ...s, scope: turn })),
    ...entries,
  ]);
  const next = settle(outputs.slice(0, carry), states, l);
  const results = outputs.slice(carry);
  const stacks = results.map((v) => l.allocate([length, ...v.shape], outer));
  const block = closeTurn(turn, outer, entries, [...next, ...results], carriedStates(states, next));
  const reads = [...first, ...sequences].map((v) => v.storage).concat(outside(turn, [...next, ...results], states));
  const instruction: Instruction = {
    reads,
    writes: [...states, ...stacks].map((v) => v.storage),
    scratch: [block],
    mayTake: takes(states, first, reads),
    bind: () => {
      const begin = writeBack(states, first);
      const load = entries.map((e, i) => loading(e, sequences[i]!));
      const steps = turn.bind();
      const store = stacks.map((s, i) => storing(s, results[i]!));
      const keep = writeBack(states, next);
      const enter = (i: number): void => {
        for (let j = 0; j < load.length; j++) load[j]!(i);
      };
      const leave = (i: number): void => {
        for (let j = 0; j < store.length; j++) store[j]!(i);
        runSteps(keep);
      };
      const at = (k: number): number => (reverse ? length - 1 - k : k);
      return loopStep(
        () => {
          runSteps(begin);
          for (let k = 0; k < length; k++) {
            enter(at(k));
            runSteps(steps);
            leave(at(k));
          }
        },
        function* (slice) {
          const turns = new Turns(slice);
          runSteps(begin);
          for (let k = 0; k < length; k++) {
            enter(at(k));
            yield* turns.turn(steps);
            leave(at(k));
          }
        },
      );
    },
  };
  outer.instructions.push(instruction);
  return [...states, ...stacks];
};

export const loop = (
  { condition, body, constants, limit }: PrimitiveParams["loop"],
  inputs: readonly View[],
  l: Lowerer,
): readonly View[] => {
  const fixed = inputs.slice(0, constants);
  const first = inputs.slice(constants);
  const outer = l.scopeOf(inputs);
  const states = first.map((v) => l.allocate(v.shape, outer));
  const [test, turn] = [new Scope(l.arena, "turn", outer.depth + 1), new Scope(l.arena, "turn", outer.depth + 1)];
  const seenBy = (scope: Scope): View[] => states.map((s) => ({ ...s, scope }));
  const [holds] = l.graph(condition, [...fixed, ...seenBy(test)]) as [View];
  const next = settle(l.graph(body, [...fixed, ...seenBy(turn)]), states, l);
  const blocks = [
    closeTurn(test, outer, [], [holds], []),
    closeTurn(turn, outer, [], next, carriedStates(states, next)),
  ];
  const reads = [
    ...first.map((v) => v.storage),
    ...new Set([...outside(test, [holds], states), ...outside(turn, next, states)]),
  ];
  outer.instructions.push({
    reads,
    writes: states.map((v) => v.storage),
    scratch: blocks,
    mayTake: takes(states, first, reads),
    bind: () => {
      const begin = writeBack(states, first);
      const [tests, steps, keep] = [test.bind(), turn.bind(), writeBack(states, next)];
      const [flag, at] = [holds.storage.array, placeOf(holds)];
      return loopStep(
        () => {
          runSteps(begin);
          for (let k = 0; k < limit; k++) {
            runSteps(tests);
            if (flag[at] === 0) break;
            runSteps(steps);
            runSteps(keep);
          }
        },
        function* (slice) {
          const turns = new Turns(slice);
          runSteps(begin);
          for (let k = 0; k < limit; k++) {
            runSteps(tests);
            if (flag[at] === 0) break;
            yield* turns.turn(steps);
            runSteps(keep);
          }
        },
      );
    },
  });
  return states;
};
