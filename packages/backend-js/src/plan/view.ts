/**
 * Where values lie: storages of the arena, and strided views of them.
 *
 * @module
 */
import type { Scope } from "./scope.ts";

/** A run of float32 entries that the arena gives an offset. */
export class Storage {
  readonly size: number;
  /** The steps whose values it holds. */
  readonly scope: Scope;
  /** Memory of its own, outside the arena: what stays between runs. */
  readonly external: Float32Array | undefined;
  /** A storage that this one takes over, because its value dies where this one's is made. */
  private taken: Storage | undefined;
  /** Offset within the block of its scope. */
  offset = -1;

  constructor(size: number, scope: Scope, external?: Float32Array) {
    this.size = size;
    this.scope = scope;
    this.external = external;
  }

  /** The storage whose memory this one uses. */
  get root(): Storage {
    let s: Storage = this;
    while (s.taken) s = s.taken;
    return s;
  }

  takeOver(other: Storage): void {
    this.taken = other;
  }

  /** The array that holds it, once the arena is laid out. */
  get array(): Float32Array {
    const { external, scope } = this.root;
    return external ?? scope.arena.array;
  }

  /** Its first entry in that array. */
  get start(): number {
    const { external, offset, scope } = this.root;
    return external ? 0 : scope.start + offset;
  }
}

/** Entries of a storage, `offset + Σ index · stride`. */
export interface View {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** The innermost steps that its values depend on. */
  readonly scope: Scope;
}

/** The number of entries of a shape. */
export function count(shape: readonly number[]): number {
  let n = 1;
  for (const d of shape) n *= d;
  return n;
}

/** Strides of entries that lie row by row. */
export function denseStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
}

/** Whether entries lie row by row without gaps. */
export function isDense({ shape, strides }: View): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== step) return false;
    step *= shape[i]!;
  }
  return true;
}

/** Whether a view is a whole storage, row by row. */
export const isWhole = (v: View): boolean => v.offset === 0 && v.storage.size === count(v.shape) && isDense(v);

/** Its first entry in the array of its storage. */
export const placeOf = (v: View): number => v.storage.start + v.offset;

/** A dense view of a whole storage. */
export const wholeView = (storage: Storage, shape: readonly number[], scope: Scope = storage.scope): View => ({
  storage,
  offset: 0,
  shape,
  strides: denseStrides(shape),
  scope,
});

/** The same entries in another shape, where strides can say so. */
export function reshapeView(view: View, shape: readonly number[]): View | undefined {
  if (isDense(view) || count(shape) === 0) return { ...view, shape, strides: denseStrides(shape) };
  // Runs of old axes that walk like one axis, cut into the new axes.
  const old = view.shape.map((d, i) => [d, view.strides[i]!] as const).filter(([d]) => d !== 1);
  const strides = new Array<number>(shape.length).fill(0);
  let at = 0;
  let i = 0;
  while (i < shape.length) {
    if (shape[i] === 1) {
      i++;
      continue;
    }
    const first = i;
    const start = at;
    let [wanted, have] = [shape[i++]!, old[at++]![0]];
    while (wanted !== have) {
      if (wanted < have) wanted *= shape[i++]!;
      else have *= old[at++]![0];
    }
    for (let k = start; k + 1 < at; k++) if (old[k]![1] !== old[k + 1]![1] * old[k + 1]![0]) return undefined;
    let step = old[at - 1]![1];
    for (let k = i - 1; k >= first; k--) {
      strides[k] = step;
      step *= shape[k]!;
    }
  }
  return { ...view, shape, strides };
}

/** Entries start … start + size of an axis. */
export const sliceView = (view: View, axis: number, start: number, size: number): View => ({
  ...view,
  offset: view.offset + start * view.strides[axis]!,
  shape: view.shape.map((d, i) => (i === axis ? size : d)),
});

/** Axes in another order. */
export const transposeView = (view: View, perm: readonly number[]): View => ({
  ...view,
  shape: perm.map((p) => view.shape[p]!),
  strides: perm.map((p) => view.strides[p]!),
});

/** Axes of size 1 repeated, and leading ones added, by strides of 0. */
export function broadcastView(view: View, shape: readonly number[]): View {
  const lead = shape.length - view.shape.length;
  return {
    ...view,
    shape,
    strides: shape.map((d, i) => (i < lead || (view.shape[i - lead] === 1 && d !== 1) ? 0 : view.strides[i - lead]!)),
  };
}
