/**
 * Renders parts to a buffer with the voices and the clock that play them live.
 *
 * @module
 */
import { nextTask } from "../next-task.ts";
import { loadTone } from "./engine.ts";
import { noSound } from "./error.ts";
import { PART_STEPS, type Part, sixteenthSeconds, usualSettings, volumeGain } from "./part.ts";
import { Run } from "./run.ts";
import { Band, bandKit } from "./voices/band.ts";
import type { ToneParts } from "./voices/voice.ts";

/** Seconds after the last sixteenth in which the last note dies away. */
export const TAIL_SECONDS = 1;

/** How to render. */
export interface RenderOptions {
  /** Quarter notes a minute. */
  readonly tempo: number;
  /** How often all parts are played; 1 unless given. */
  readonly repeats?: number;
  readonly metronome?: boolean;
  /** As of the dial, 0 to 1; 1 unless given. */
  readonly volume?: number;
  /** Hertz; 44,100 unless given. */
  readonly sampleRate?: number;
}

/** Seconds of a rendering: all sixteenths and the tail. */
export const renderSeconds = (parts: number, { tempo, repeats = 1 }: RenderOptions): number =>
  parts * PART_STEPS * repeats * sixteenthSeconds(tempo) + TAIL_SECONDS;

/**
 * Renders parts, one after another, in stereo.
 * @throws {SoundError} where the browser has no sound
 */
export async function render(parts: readonly Part[], options: RenderOptions): Promise<AudioBuffer> {
  const { tempo, repeats = 1, sampleRate = 44100 } = options;
  const tone = await loadTone();
  const seconds = PART_STEPS * sixteenthSeconds(tempo);
  const whole = offline(Math.round(renderSeconds(parts.length, options) * sampleRate), sampleRate);
  const buffer = whole.createBuffer(2, whole.length, sampleRate);
  const all = Array.from({ length: repeats }, () => parts).flat();
  // A context for each part, laid over one another where the tail of one rings into the next: nodes that wait for
  // their note cost as much as those that sound, and a long path would take a hundred times as long in one piece.
  for (const [i, part] of all.entries()) {
    const first = Math.floor(i * seconds * sampleRate);
    const lead = i * seconds - first / sampleRate;
    const sounded = await renderPart(tone, part, lead, options);
    for (let c = 0; c < 2; c++) {
      const from = sounded.getChannelData(c);
      const to = buffer.getChannelData(c).subarray(first, first + from.length);
      for (let k = 0; k < to.length; k++) to[k]! += from[k]!;
    }
  }
  return buffer;
}

/** @param lead seconds before the first sixteenth, less than a sample */
async function renderPart(tone: ToneParts, part: Part, lead: number, options: RenderOptions): Promise<AudioBuffer> {
  const { tempo, metronome = false, volume = 1, sampleRate = 44100 } = options;
  const raw = offline(Math.ceil(renderSeconds(1, { tempo }) * sampleRate), sampleRate);
  const context = new tone.OfflineContext(raw);
  // Tone falls back on one context for all; without any it would open another for the loudspeakers.
  tone.setContext(context);
  const out = new tone.Gain({ context, gain: volumeGain(volume) });
  out.connect(raw.destination);
  const band = new Band(bandKit(tone, context), out);
  const settings = { ...usualSettings, tempo, metronome, loop: false };
  const run = new Run(band, [part], () => settings, { from: { part: 0, step: 0 }, countIn: false });
  let step = 0;
  for (let mark = run.advance(lead); mark; mark = run.advance(mark.time + mark.seconds))
    // A pause now and then, in which the page can draw and play.
    if (++step % 8 === 0) await nextTask();
  const buffer = (await context.render()).get();
  if (!buffer) throw noSound();
  return buffer;
}

function offline(length: number, sampleRate: number): OfflineAudioContext {
  try {
    return new OfflineAudioContext(2, length, sampleRate);
  } catch (cause) {
    throw noSound(cause);
  }
}
