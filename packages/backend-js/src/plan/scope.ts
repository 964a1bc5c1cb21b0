/**
 * Steps under construction, and the memory that they work in.
 *
 * @module
 */
import { layOut } from "./layout.ts";
import type { Storage } from "./view.ts";

/** One thing to do, bound to its memory. */
export type Step = () => void;

/** One thing to do, before its memory is known. */
export interface Instruction {
  readonly reads: readonly Storage[];
  /** Storages whose values are made here. */
  readonly writes: readonly Storage[];
  /** Memory used only here. */
  readonly scratch?: readonly Storage[];
  /** A written storage and one that it may take over where that one's value dies here. */
  readonly mayTake?: readonly (readonly [written: Storage, dying: Storage])[];
  /** The step, once every storage has its place. */
  bind(): Step;
}

/** The memory of one plan. */
export class Arena {
  array: Float32Array = new Float32Array(0);
}

/** A value that steps take from one round to the next in place: who may overwrite it. */
export interface CarriedState {
  readonly storage: Storage;
  /** The storage that the next round's value is made in. */
  readonly next: Storage;
  /** Whether that value fills its storage row by row, so that it may be made in the state's own memory. */
  readonly inPlace: boolean;
}

/** How often steps run: once, when resident values change, once a run, or once a turn of a loop. */
export type Frequency = "once" | "resident" | "run" | "turn";

/** Steps that run together. */
export class Scope {
  readonly arena: Arena;
  readonly frequency: Frequency;
  readonly depth: number;
  readonly instructions: Instruction[] = [];
  /** Entries of its block. */
  size = 0;
  private place: number | Storage = -1;

  constructor(arena: Arena, frequency: Frequency, depth: number) {
    this.arena = arena;
    this.frequency = frequency;
    this.depth = depth;
  }

  /** Where its block starts in the arena. */
  get start(): number {
    return typeof this.place === "number" ? this.place : this.place.start;
  }

  /** Lays its block at an offset of the arena, or into a storage of another block. */
  placeAt(place: number | Storage): void {
    this.place = place;
  }

  /** Values that outlive a run have memory of their own. */
  get persistent(): boolean {
    return this.frequency === "once" || this.frequency === "resident";
  }

  /** Gives every storage its offset within the block. */
  layOut(entry: readonly Storage[], outputs: readonly Storage[], states: readonly CarriedState[]): void {
    this.size = layOut(this, entry, outputs, states);
  }

  bind(): Step[] {
    return this.instructions.map((i) => i.bind());
  }
}

/** Does steps in order. */
export function runSteps(steps: readonly Step[]): void {
  for (let i = 0; i < steps.length; i++) steps[i]!();
}
