/**
 * Layers that come again and again: blocks of a chain whose repetitions are alike.
 *
 * @module
 */
import { type Bijector, isParameter, leaves, toJSON } from "@normflow/core";

/** `times` repetitions of `period` layers, from the layer `start` on. */
export interface Block {
  readonly start: number;
  readonly period: number;
  readonly times: number;
}

/** What must agree for a layer to be run as another's repetition: all but the numbers in lists, such as permutations. */
function outlineOf(layer: Bijector): string {
  const numbers = (v: unknown): boolean => Array.isArray(v) && v.length > 0 && v.every((n) => typeof n === "number");
  const shapes = leaves(layer.params, isParameter).map(([path, { shape }]) => `${path}:${shape}`);
  const { base, data } = layer.facts;
  return JSON.stringify([toJSON(layer), shapes, `${base}:${data}`], (_, v: unknown) =>
    numbers(v) ? (v as []).length : v,
  );
}

/** How many layers from `start` on repeat the first `period` of them, these included. */
function repetitions(outlines: readonly string[], start: number, period: number): number {
  let end = start + period;
  while (end < outlines.length && outlines[end] === outlines[end - period]) end++;
  return Math.floor((end - start) / period);
}

/** Cuts a chain into blocks: where layers repeat, the most of them in the shortest period; the others one by one. */
export function blocksOf(layers: readonly Bijector[]): Block[] {
  const outlines = layers.map(outlineOf);
  const blocks: Block[] = [];
  for (let start = 0; start < layers.length; ) {
    let best: Block = { start, period: 1, times: 1 };
    for (let period = 1; start + 2 * period <= layers.length; period++) {
      const times = repetitions(outlines, start, period);
      if (times > 1 && times * period > best.times * best.period) best = { start, period, times };
    }
    blocks.push(best);
    start += best.period * best.times;
  }
  return blocks;
}
