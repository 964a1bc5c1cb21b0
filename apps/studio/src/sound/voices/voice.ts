/**
 * What a voice is, and the nodes of one note: built when it begins, thrown away when it has died out, so that no
 * note ever cuts the release of another.
 *
 * @module
 */
import type * as Tone from "../tone.ts";

export type ToneParts = typeof Tone;

/** What voices are built with; the same for the live context and for rendering. */
export interface Kit {
  readonly tone: ToneParts;
  readonly context: Tone.Context;
  /** Two seconds of white noise. */
  readonly noise: AudioBuffer;
}

/** How a note begins. */
export interface Stroke {
  /** MIDI number, fractions allowed. */
  readonly pitch: number;
  /** Seconds of the context. */
  readonly time: number;
  /** How strongly, 0 to 1. */
  readonly weight: number;
}

/** A note that has begun. */
export interface Sounding {
  /** Lets it die away from a time on; the first call counts. */
  release(time: number): void;
  /** Seconds of the context from which it is silent; infinite while it is not released. */
  readonly silentFrom: number;
  /** Cuts it at once and frees its nodes. */
  dispose(): void;
}

/** Begins notes that sound into the node it was made for. */
export type Voice = (stroke: Stroke) => Sounding;

/** Makes a voice that sounds into a node. */
export type MakeVoice = (kit: Kit, out: Tone.Gain) => Voice;

export const hertz = (pitch: number): number => 440 * 2 ** ((pitch - 69) / 12);

/** Samples that browsers compute in one go. */
const BLOCK = 128;

/** The nodes of one note. Its envelopes have to be silent before its time. */
export class NoteNodes implements Sounding {
  readonly #kit: Kit;
  readonly #time: number;
  /** When its sources start: at the block of samples in which it begins, or oscillators that shake one another drift. */
  readonly #start: number;
  readonly #nodes: { dispose(): unknown }[] = [];
  readonly #sources: { stop(time: number): unknown; start(time: number): unknown }[] = [];
  readonly #gate: Tone.Gain;
  readonly #fall: number;
  #silentFrom = Number.POSITIVE_INFINITY;

  /** @param fall seconds in which the release falls by a factor e */
  constructor(kit: Kit, out: Tone.Gain, time: number, fall: number) {
    this.#kit = kit;
    this.#time = time;
    const { sampleRate } = kit.context;
    this.#start = Math.max(0, Math.floor((time * sampleRate) / BLOCK) * BLOCK) / sampleRate;
    this.#fall = fall;
    this.#gate = this.gain(1);
    this.#gate.connect(out);
  }

  /** Where the note goes: a gain that is 1 until the release. */
  get out(): Tone.Gain {
    return this.#gate;
  }

  get silentFrom(): number {
    return this.#silentFrom;
  }

  gain(gain: number): Tone.Gain {
    return this.#keep(new this.#kit.tone.Gain({ context: this.#kit.context, gain }));
  }

  filter(type: BiquadFilterType, frequency: number, Q: number): Tone.BiquadFilter {
    // Above half the sample rate there is nothing to filter, and browsers warn.
    const held = Math.min(frequency, this.#kit.context.sampleRate * 0.45);
    return this.#keep(new this.#kit.tone.BiquadFilter({ context: this.#kit.context, type, frequency: held, Q }));
  }

  oscillator(frequency: number, type: "sine" | "triangle" | "sawtooth" = "sine"): Tone.ToneOscillatorNode {
    return this.#source(new this.#kit.tone.ToneOscillatorNode({ context: this.#kit.context, frequency, type }), (s) =>
      s.start(this.#start),
    );
  }

  /** White noise from a place in the noise that hangs on the time, so that notes differ and renders do not. */
  noise(): Tone.ToneBufferSource {
    const { tone, context, noise } = this.#kit;
    const offset = (this.#time * 0.618) % (noise.duration * 0.9);
    const url = new tone.ToneAudioBuffer(noise);
    return this.#source(new tone.ToneBufferSource({ context, url, loop: true }), (s) => s.start(this.#start, offset));
  }

  release(time: number): void {
    if (Number.isFinite(this.#silentFrom)) return;
    const from = Math.max(time, this.#time + 0.02);
    this.#gate.gain.setTargetAtTime(0, from, this.#fall);
    // −80 dB: what is cut off there is not heard.
    this.#silentFrom = from + 9.3 * this.#fall;
    for (const source of this.#sources) source.stop(this.#silentFrom);
  }

  dispose(): void {
    const now = this.#kit.context.currentTime;
    if (this.#silentFrom > now) for (const source of this.#sources) source.stop(now);
    this.#silentFrom = Math.min(this.#silentFrom, now);
    for (const node of this.#nodes.splice(0)) node.dispose();
    this.#sources.length = 0;
  }

  #keep<T extends { dispose(): unknown }>(node: T): T {
    this.#nodes.push(node);
    return node;
  }

  #source<T extends Tone.ToneOscillatorNode | Tone.ToneBufferSource>(source: T, start: (source: T) => unknown): T {
    start(source);
    this.#sources.push(source);
    return this.#keep(source);
  }
}
