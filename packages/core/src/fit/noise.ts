/**
 * Draws the noise that programs declare.
 *
 * @module
 */

import { type FloatArray, type HostArray, hostArray } from "../backend.ts";
import type { NoiseSpec } from "../bijector/scope.ts";
import { type Bindings, resolveShape, sameSize } from "../graph/size.ts";
import { foldIn, type Key, normal, randint, uniform } from "../random/index.ts";
import { rowRange } from "./data.ts";
import { batchSize } from "./loss.ts";

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Dropout masks drawn once and read at random places: drawing each anew would cost more than a training step. */
class MaskPool {
  private readonly pools = new Map<string, Float32Array>();
  private readonly key: Key;

  constructor(key: Key) {
    this.key = key;
  }

  /** `size` entries of 0 or 1 / (1 − rate), a window chosen by a key of a pool of `poolSize`. */
  draw(key: Key, rate: number, size: number, poolSize: number): Float32Array {
    const name = `${rate} ${poolSize}`;
    let pool = this.pools.get(name);
    if (!pool) {
      const u = uniform(foldIn(this.key, Math.round(rate * 2 ** 20)), poolSize);
      pool = Float32Array.from(u, (v) => (v < rate ? 0 : 1 / (1 - rate)));
      this.pools.set(name, pool);
    }
    // Windows start at multiples of 16 entries, so that a backend reads aligned memory.
    const windows = Math.floor((poolSize - size) / 16) + 1;
    const start = 16 * randint(key, 1, 0, windows)[0]!;
    return pool.subarray(start, start + size);
  }
}

/** How noise is filled: drawn from a key, or the middle of its distribution (½, 0) for a result without chance. */
export type NoiseSource = { readonly key: Key } | "middle";

/** Draws the declared noises of a program, each from its own stream. */
export class NoiseMaker {
  private readonly masks: MaskPool;

  constructor(poolKey: Key) {
    this.masks = new MaskPool(poolKey);
  }

  /**
   * Arrays for the noise inputs.
   * @param temperature factor on the base distribution's normal noise
   */
  draw(
    specs: readonly NoiseSpec[],
    bindings: Bindings,
    source: NoiseSource,
    temperature = 1,
  ): Record<string, HostArray> {
    const shapes = specs.map((spec) => resolveShape(spec.shape, bindings));
    // The pool's size follows from the program and its sizes alone, so that a resumed run reads the same masks.
    const largest = Math.max(0, ...shapes.map((shape, i) => (specs[i]!.kind === "dropout" ? count(shape) : 0)));
    const poolSize = 2 ** Math.ceil(Math.log2(4 * largest + 16));
    return Object.fromEntries(
      specs.map((spec, i) => {
        const shape = shapes[i]!;
        return [spec.name, hostArray(this.values(spec, count(shape), source, i, temperature, poolSize), shape)];
      }),
    );
  }

  /**
   * Noise of a run that goes in parts: what `draw` gives for all rows, by the rows of a part. Noise that has no row for each
   * row of the batch cannot be cut, and is each part's own.
   */
  rows(
    specs: readonly NoiseSpec[],
    rows: number,
    source: NoiseSource,
    temperature?: number,
  ): (from: number, to: number) => Record<string, HostArray> {
    const of = (n: number, from: NoiseSource): Record<string, HostArray> =>
      this.draw(specs, new Map([["N", n]]), from, temperature);
    const all = of(rows, source);
    const hasRows = ({ shape: [first, ...rest] }: NoiseSpec): boolean =>
      first !== undefined && sameSize(first, batchSize) && rest.every((size) => typeof size === "number");
    return (from, to) => {
      if (from === 0 && to === rows) return all;
      const own = specs.every(hasRows)
        ? {}
        : of(to - from, source === "middle" || from === 0 ? source : { key: foldIn(source.key, from) });
      return Object.fromEntries(
        specs.map((spec) => [spec.name, hasRows(spec) ? rowRange(all[spec.name]!, from, to) : own[spec.name]!]),
      );
    };
  }

  private values(
    spec: NoiseSpec,
    n: number,
    source: NoiseSource,
    i: number,
    temperature: number,
    poolSize: number,
  ): FloatArray {
    const scale = spec.name === "noise/base/base" ? temperature : 1;
    if (source === "middle")
      return new Float64Array(n).fill(spec.kind === "uniform" ? 0.5 : spec.kind === "dropout" ? 1 : 0);
    const key = foldIn(source.key, i);
    switch (spec.kind) {
      case "uniform":
        return uniform(key, n);
      case "normal":
        return scale === 1 ? normal(key, n) : normal(key, n).map((v) => v * scale);
      case "dropout":
        return this.masks.draw(key, spec.rate, n, poolSize);
      default:
        return spec satisfies never;
    }
  }
}
