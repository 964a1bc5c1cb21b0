/**
 * A pass through blocks of layers, whose repetitions are steps of one loop where they are alike.
 *
 * @module
 */
import {
  add,
  type Bijector,
  type Changes,
  flatten,
  leaves,
  type Mapped,
  reshape,
  type ScanStep,
  type Scope,
  scanSteps,
  slice,
  squeezeAxis,
  sum,
  Tensor,
  type Tree,
  unflatten,
} from "@normflow/core";
import type { Block } from "./blocks.ts";

/** From base to data, or back. */
export type Way = "forward" | "inverse";

/** Layers in blocks, with a table of each block's parameters, and the scope of them all. */
export interface Pass {
  readonly layers: readonly Bijector[];
  readonly blocks: readonly Block[];
  /** A row a repetition; undefined where a block has no parameters. */
  readonly tables: readonly (Tensor | undefined)[];
  readonly way: Way;
  readonly scope: Scope;
}

/** A layer with its scope, and the arrays that it reads there. */
export interface Placed {
  readonly layer: Bijector;
  readonly scope: Scope;
  readonly params: readonly Tensor[];
}

const isTensor = (node: unknown): node is Tensor => node instanceof Tensor;

const leavesOf = (tree: Tree<Tensor>): Tensor[] => leaves(tree, isTensor).map(([, leaf]) => leaf);

/** A list of what is there. */
export const given = <T>(t: T | undefined): T[] => (t === undefined ? [] : [t]);

/** Things listed from base to data in the order in which a way meets them. */
export const inOrder = <T>(all: readonly T[], way: Way): readonly T[] => (way === "forward" ? all : [...all].reverse());

/** The parameters of a block's layers, a row a repetition; undefined where they have none. */
export function tableOf({ start, period, times }: Block, scope: Scope): Tensor | undefined {
  const own = Array.from({ length: period * times }, (_, i) => leavesOf(scope.at("layers", start + i).params)).flat();
  return own.length === 0 ? undefined : reshape(flatten(own), [times, -1]);
}

/** The layers of one of a block's repetitions, from base to data, their parameters cut from a row of its table. */
export function placed(
  { layers, scope }: Pass,
  { start, period }: Block,
  turn: number,
  row: Tensor | undefined,
): readonly Placed[] {
  const from = start + turn * period;
  const own = layers.slice(from, from + period);
  const trees = unflatten(
    own.map(({ params }) => params),
    row,
  ) as readonly Tree<Tensor>[];
  return own.map((layer, i) => ({
    layer,
    scope: scope.at("layers", from + i).withParams(trees[i]!),
    params: leavesOf(trees[i]!),
  }));
}

/** A value through one repetition of a block. */
function throughOnce(way: Way, all: readonly Placed[], x: Tensor): Mapped {
  let value = x;
  let total: Tensor | undefined;
  for (const { layer, scope } of inOrder(all, way)) {
    const [next, logDet] = layer[way](scope, value);
    value = next;
    total = total ? add(total, logDet) : logDet;
  }
  return [value, total!];
}

/** A value through all repetitions of a block; what its layers set from data is set for each of them. */
function throughBlock(pass: Pass, block: Block, table: Tensor | undefined, x: Tensor): Mapped {
  const { way, scope } = pass;
  const set: Changes[] = [];
  const steps = Array.from(
    { length: block.times },
    (_, turn): ScanStep =>
      ([value], [row]) => {
        const { scope: within, changes } = scope.apart();
        const [next, logDet] = throughOnce(way, placed({ ...pass, scope: within }, block, turn, row), value!);
        set[turn] = changes;
        return [[next], [logDet, ...changes.states.values(), ...changes.assigned.values()]];
      },
  );
  const [[value], [logDets, ...values]] = scanSteps(steps, [x], given(table), { reverse: way === "inverse" });
  set.forEach(({ states, assigned }, turn) => {
    const own = values.map((all) => squeezeAxis(slice(all, 0, turn, 1), 0)).values();
    const named = (map: Changes["states"]) =>
      new Map([...map.keys()].map((path) => [path, own.next().value!] as const));
    scope.adopt({ states: named(states), assigned: named(assigned) });
  });
  return [value!, sum(logDets!, 0)];
}

/** A value through all blocks. */
export function through(pass: Pass, x: Tensor): Mapped {
  const { blocks, tables, way } = pass;
  let value = x;
  let total: Tensor | undefined;
  for (const i of inOrder([...blocks.keys()], way)) {
    const [next, logDet] = throughBlock(pass, blocks[i]!, tables[i], value);
    value = next;
    total = total ? add(total, logDet) : logDet;
  }
  return [value, total!];
}
