/**
 * The voices of one run, made when they are first asked for, in their room.
 *
 * @module
 */
import type { VoiceName } from "../../piece/piece.ts";
import { roomResponse, whiteNoise } from "../noise.ts";
import type * as Tone from "../tone.ts";
import { click } from "./click.ts";
import { fiddle } from "./fiddle.ts";
import { keys } from "./keys.ts";
import type { Kit, MakeVoice, Sounding, Stroke, ToneParts, Voice } from "./voice.ts";
import { whistle } from "./whistle.ts";

const makers = { keys, whistle, fiddle, click } as const satisfies Readonly<Record<VoiceName | "click", MakeVoice>>;

/** Who can be asked to play: the voices and the metronome. */
export type PlayerName = keyof typeof makers;

/** How much of a voice the room gives back. */
const WET: Readonly<Record<PlayerName, number>> = { keys: 0.16, whistle: 0.2, fiddle: 0.2, click: 0.05 };

/** What a band needs of its context. */
export interface BandKit extends Kit {
  readonly room: AudioBuffer;
}

/** Noise and room by sample rate: buffers belong to no context. */
const made = new Map<number, Pick<BandKit, "noise" | "room">>();

/** What a band needs in a context. */
export function bandKit(tone: ToneParts, context: Tone.Context): BandKit {
  const { sampleRate } = context;
  const buffers = made.get(sampleRate) ?? makeBuffers(sampleRate);
  made.set(sampleRate, buffers);
  return { tone, context, ...buffers };
}

function makeBuffers(sampleRate: number): Pick<BandKit, "noise" | "room"> {
  const noise = new AudioBuffer({ numberOfChannels: 1, length: 2 * sampleRate, sampleRate });
  noise.copyToChannel(whiteNoise(noise.length, 20011), 0);
  const [left, right] = roomResponse(sampleRate);
  const room = new AudioBuffer({ numberOfChannels: 2, length: left.length, sampleRate });
  room.copyToChannel(left, 0);
  room.copyToChannel(right, 1);
  return { noise, room };
}

/** Voices that share an output, which can be faded and cut as one. */
export class Band {
  readonly #kit: BandKit;
  readonly #out: Tone.Gain;
  readonly #room: Tone.Convolver;
  readonly #voices = new Map<PlayerName, Voice>();
  #notes: Sounding[] = [];
  #faded = false;

  constructor(kit: BandKit, out: Tone.Gain) {
    const { tone, context } = kit;
    this.#kit = kit;
    this.#out = new tone.Gain({ context, gain: 1 }).connect(out);
    this.#room = new tone.Convolver({ context, normalize: false });
    this.#room.buffer = new tone.ToneAudioBuffer(kit.room);
    this.#room.connect(this.#out);
  }

  /** Begins a note. */
  begin(name: PlayerName, stroke: Stroke): Sounding {
    const note = this.#voice(name)(stroke);
    this.#notes.push(note);
    return note;
  }

  /** Frees the notes that have died out by a time. */
  sweep(time: number): void {
    this.#notes = this.#notes.filter((note) => {
      // Sources are stopped by a timer, a little after their time; only then are their nodes let go.
      if (note.silentFrom + 0.2 > time) return true;
      note.dispose();
      return false;
    });
  }

  /** Fades everything out, also what is scheduled ahead, in a hundredth of a second from a time on. */
  fade(time: number): void {
    // A second fade would start from full again.
    if (this.#faded) return;
    this.#faded = true;
    this.#out.gain.setValueCurveAtTime(FADE, time, FADE_SECONDS);
  }

  dispose(): void {
    for (const note of this.#notes.splice(0)) note.dispose();
    this.#voices.clear();
    this.#room.dispose();
    this.#out.dispose();
  }

  #voice(name: PlayerName): Voice {
    const known = this.#voices.get(name);
    if (known) return known;
    const { tone, context } = this.#kit;
    const channel = new tone.Gain({ context, gain: 1 }).connect(this.#out);
    channel.connect(new tone.Gain({ context, gain: WET[name] }).connect(this.#room));
    const voice = makers[name](this.#kit, channel);
    this.#voices.set(name, voice);
    return voice;
  }
}

/** Seconds of the fade at a stop. */
export const FADE_SECONDS = 0.012;

/** Half a cosine: it starts and ends flat, so that the fade itself makes no click. */
const FADE = Array.from({ length: 17 }, (_, i) => 0.5 + 0.5 * Math.cos((Math.PI * i) / 16));
