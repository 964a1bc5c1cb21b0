/**
 * Steps under construction, and the memory that they work in.
 *
 * @module
 */
import type { Slice } from "@normflow/core";
import { layOut } from "./layout.ts";
import type { Storage } from "./view.ts";

/** One thing to do, bound to its memory. */
export interface Step {
  (): void;
  /** The same, pausing where it may be interrupted: loops have it. */
  pausing?(slice: Slice): Generator<void, void>;
}

/** A loop as a step: run through, or paused between and within its turns. */
export const loopStep = (through: () => void, pausing: (slice: Slice) => Generator<void, void>): Step =>
  Object.assign(through, { pausing });

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

/** Milliseconds that a turn of a loop may take before pauses are wanted within it. */
const LONG_TURN = 2;

/** Does steps in order and pauses wherever the slice is over. */
export function* pausingSteps(steps: readonly Step[], slice: Slice): Generator<void, void> {
  for (const step of steps) {
    if (step.pausing) yield* step.pausing(slice);
    else step();
    if (slice.over) yield;
  }
}

/**
 * Does turns of a loop and pauses between them where the slice is over. Turns of microseconds are run through at once, one
 * look at the clock a turn: the first shows whether they are.
 */
export class Turns {
  private readonly slice: Slice;
  private long = true;

  constructor(slice: Slice) {
    this.slice = slice;
  }

  *turn(steps: readonly Step[]): Generator<void, void> {
    const before = this.slice.spent;
    if (this.long) yield* pausingSteps(steps, this.slice);
    else runSteps(steps);
    const spent = this.slice.spent;
    // After a pause the slice is a new one, and its time says nothing of the turn.
    if (spent >= before) this.long = spent - before > LONG_TURN;
    if (this.slice.over) yield;
  }
}
