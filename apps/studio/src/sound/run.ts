/**
 * One run of parts, from its first sixteenth to its last: the one place that decides what sounds when, asked once a
 * sixteenth by the live player ahead of the clock and by rendering as fast as it can.
 *
 * @module
 */
import { BAR_STEPS, BEAT_STEPS, type Part, type Settings, sixteenthSeconds } from "./part.ts";
import { cueAt, type Held, type Spot, spotAfter, weightAt } from "./sequence.ts";
import type { Band } from "./voices/band.ts";
import type { Sounding } from "./voices/voice.ts";

/** A sixteenth that was scheduled. */
export interface Mark {
  /** Seconds of the context. */
  readonly time: number;
  readonly seconds: number;
  /** Undefined while the count-in counts. */
  readonly spot: Spot | undefined;
}

/** Seconds by which a note that is followed by another lets go early, so that two of one pitch are two. */
const BREATH = 0.012;

/** How a run starts. */
export interface RunStart {
  readonly from: Spot;
  /** Whether a bar is counted before. */
  readonly countIn: boolean;
}

/** A run of parts. */
export class Run {
  readonly #band: Pick<Band, "begin">;
  readonly #parts: Part[];
  readonly #settings: () => Settings;
  #spot: Spot;
  #counted: number;
  #started = false;
  #held: (Held & { readonly sounds: Sounding }) | undefined;

  /** @param settings read anew at every sixteenth */
  constructor(band: Pick<Band, "begin">, parts: readonly Part[], settings: () => Settings, start: RunStart) {
    this.#band = band;
    this.#parts = [...parts];
    this.#settings = settings;
    this.#spot = start.from;
    this.#counted = start.countIn ? 0 : BAR_STEPS;
  }

  get parts(): readonly Part[] {
    return this.#parts;
  }

  /** Puts another part in the place of one; heard from the next note on. */
  replace(index: number, part: Part): void {
    if (index in this.#parts) this.#parts[index] = part;
  }

  /** Schedules one sixteenth; undefined once the run is over. */
  advance(time: number): Mark | undefined {
    const { tempo, metronome, loop } = this.#settings();
    const seconds = sixteenthSeconds(tempo);
    if (this.#counted < BAR_STEPS) {
      this.#click(this.#counted, time);
      this.#counted++;
      return { time, seconds, spot: undefined };
    }
    // The way on is chosen at the last moment, so that a change of the loop is heard at the very next end.
    const spot = this.#started ? spotAfter(this.#spot, this.#parts.length, loop) : this.#spot;
    const part = spot && this.#parts[spot.part];
    if (!spot || !part) {
      this.#end(time);
      return undefined;
    }
    if (metronome) this.#click(spot.step, time);
    this.#play(part, spot, time);
    this.#spot = spot;
    this.#started = true;
    return { time, seconds, spot };
  }

  #play(part: Part, spot: Spot, time: number): void {
    const cue = cueAt(part, spot, this.#held, !this.#started);
    if (cue.does === "end" || cue.does === "begin") this.#end(time);
    if (cue.does !== "begin") return;
    const stroke = { pitch: cue.note.pitch, time, weight: weightAt(spot.step) };
    this.#held = { part: spot.part, note: cue.note, sounds: this.#band.begin(part.voice, stroke) };
  }

  #end(time: number): void {
    this.#held?.sounds.release(time - BREATH);
    this.#held = undefined;
  }

  #click(step: number, time: number): void {
    if (step % BEAT_STEPS !== 0) return;
    this.#band.begin("click", { pitch: 0, time, weight: step % BAR_STEPS === 0 ? 1 : 0 });
  }
}
