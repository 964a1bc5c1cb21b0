/**
 * The audio context of the page with Tone around it: opened in a gesture, kept awake, opened anew where it died.
 *
 * @module
 */
import { noSound, soundBlocked } from "./error.ts";
import { volumeGain } from "./part.ts";
import type * as Tone from "./tone.ts";
import { type BandKit, bandKit } from "./voices/band.ts";
import type { ToneParts } from "./voices/voice.ts";

/** Seconds between two looks of the clock. */
export const LOOK_SECONDS = 0.025;

/** Milliseconds that a context gets to wake up. */
const WAKE_TIMEOUT = 2500;

/** Tone, imported once; a failed import can be tried again. */
let tone: Promise<ToneParts> | undefined;

/** Imports Tone. @throws {SoundError} where it cannot be loaded */
export function loadTone(): Promise<ToneParts> {
  // The library greets in the console unless asked not to.
  Object.assign(globalThis, { TONE_SILENCE_LOGGING: true });
  tone ??= import("./tone.ts").catch((cause: unknown) => {
    tone = undefined;
    throw noSound(cause);
  });
  return tone;
}

/**
 * Opens an audio context. Call it in the gesture itself, before anything is awaited: some browsers give sound to
 * nobody else.
 * @throws {SoundError} where there is none
 */
export function openContext(): AudioContext {
  try {
    const raw = new AudioContext({ latencyHint: "interactive" });
    raw.resume().catch(() => {});
    return raw;
  } catch (cause) {
    throw noSound(cause);
  }
}

/** A context that sounds. */
export class Engine {
  readonly raw: AudioContext;
  readonly kit: BandKit;
  readonly #master: Tone.Gain;

  /** @param look called every {@link LOOK_SECONDS} while the engine is awake */
  constructor(parts: ToneParts, raw: AudioContext, volume: number, look: () => void) {
    this.raw = raw;
    // A timer instead of Tone's worker: it needs no blob address, which a content security policy may forbid.
    const context = new parts.Context({
      context: raw,
      clockSource: "offline",
      lookAhead: 0,
      updateInterval: LOOK_SECONDS,
    });
    parts.setContext(context);
    context.on("tick", look);
    this.kit = bandKit(parts, context);
    this.#master = new parts.Gain({ context, gain: volumeGain(volume) });
    this.#master.connect(raw.destination);
  }

  /** Where everything goes that sounds. */
  get out(): Tone.Gain {
    return this.#master;
  }

  get now(): number {
    return this.raw.currentTime;
  }

  /** The time of the context that is heard now: what is computed still has its way through the device. */
  get heard(): number {
    const { currentTime } = this.raw;
    const latest = currentTime + 0.05;
    const stamp = this.raw.getOutputTimestamp?.();
    if (stamp?.contextTime && stamp.performanceTime) {
      const time = stamp.contextTime + (performance.now() - stamp.performanceTime) / 1000;
      // Some devices report nonsense; then the latency is all there is.
      if (time > currentTime - 0.6 && time < latest) return time;
    }
    return currentTime - (this.raw.outputLatency || this.raw.baseLatency || 0);
  }

  set volume(dial: number) {
    this.#master.gain.setTargetAtTime(volumeGain(dial), this.now, 0.012);
  }

  /** Starts and stops the timer: an idle page wants none. */
  set awake(awake: boolean) {
    const source = awake ? "timeout" : "offline";
    if (this.kit.context.clockSource !== source) this.kit.context.clockSource = source;
  }

  get isRunning(): boolean {
    return this.raw.state === "running";
  }

  /**
   * Waits until the clock moves.
   * @returns false where the context says it runs and does not: it is dead
   * @throws {SoundError} where the browser keeps it suspended
   */
  async wake(): Promise<boolean> {
    this.raw.resume().catch(() => {});
    const start = this.now;
    const asked = performance.now();
    while (performance.now() - asked < WAKE_TIMEOUT) {
      if (this.isRunning && this.now > start) return true;
      if (this.raw.state === "closed") return false;
      await new Promise((done) => setTimeout(done, 10));
    }
    if (this.isRunning) return false;
    throw soundBlocked();
  }

  dispose(): void {
    this.awake = false;
    this.kit.context.dispose();
  }
}
