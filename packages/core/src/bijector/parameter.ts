/**
 * What a layer declares to own: named arrays with a shape and a way to start.
 *
 * @module
 */
import { type Key, normal, uniform } from "../random/index.ts";
import type { Tree } from "../tree.ts";
import { claim } from "./limits.ts";

/** One array of parameters or state: its shape and its first values. */
export class Parameter {
  readonly shape: readonly number[];
  readonly size: number;
  private readonly init: (key: Key, size: number) => ArrayLike<number>;

  constructor(shape: readonly number[], init: (key: Key, size: number) => ArrayLike<number>) {
    this.shape = shape;
    this.size = shape.reduce((a, b) => a * b, 1);
    this.init = init;
    claim(this.size);
  }

  /** The first values, the same for the same key. */
  start(key: Key): Float64Array {
    return Float64Array.from(this.init(key, this.size));
  }
}

/** Parameters by name, nested as the layers are. */
export type Parameters = Tree<Parameter>;

/** Whether a node of a tree is a declared array. */
export const isParameter = (node: unknown): node is Parameter => node instanceof Parameter;

/** Starts at one value everywhere. */
export const filled = (shape: readonly number[], value: number): Parameter =>
  new Parameter(shape, (_, n) => new Float64Array(n).fill(value));

/** Starts at zero. */
export const zeros = (shape: readonly number[]): Parameter => filled(shape, 0);

/** Starts at one. */
export const ones = (shape: readonly number[]): Parameter => filled(shape, 1);

/** Starts at given values. */
export const values = (shape: readonly number[], data: ArrayLike<number>): Parameter =>
  new Parameter(shape, () => data);

/** Starts normally distributed with mean 0 and a deviation. */
export const normalInit = (shape: readonly number[], deviation: number): Parameter =>
  new Parameter(shape, (key, n) => normal(key, n).map((v) => v * deviation));

/** Starts uniformly distributed between −bound and bound. */
export const uniformInit = (shape: readonly number[], bound: number): Parameter =>
  new Parameter(shape, (key, n) => Float64Array.from(uniform(key, n, { min: -bound, max: bound })));
