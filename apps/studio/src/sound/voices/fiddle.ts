/**
 * Fiddle: the sawtooth of a bowed string through the resonances of a wooden body. The bow bites at first, then the
 * tone opens; vibrato comes in late, as fiddlers leave it off short notes.
 *
 * @module
 */
import { hertz, type MakeVoice, NoteNodes } from "./voice.ts";

const LEVEL = 0.218;

/** Resonances of the body: air, wood, a dip below the bridge, the bridge itself. Hertz, sharpness, decibels. */
const BODY = [
  [285, 2.2, 5],
  [460, 2.5, 4.5],
  [760, 1.6, -4],
  [1250, 1.4, -3],
  [2500, 1.1, 5],
] as const;

export const fiddle: MakeVoice = (kit, out) => {
  const { tone, context } = kit;
  const roof = new tone.BiquadFilter({ context, type: "lowpass", frequency: 5600, Q: 0.5 });
  roof.connect(out);
  const body = BODY.reduceRight<InstanceType<typeof tone.BiquadFilter>>(
    (next, [frequency, Q, gain]) =>
      new tone.BiquadFilter({ context, type: "peaking", frequency, Q, gain }).connect(next),
    roof,
  );
  const into = new tone.Gain({ context, gain: 1 }).connect(body);

  return ({ pitch, time, weight }) => {
    const note = new NoteNodes(kit, into, time, 0.024);
    const f = hertz(pitch);

    const bow = note.gain(0);
    bow.gain.setTargetAtTime(0.92 * LEVEL * weight, time, 0.013);
    // A long bow grows a little.
    bow.gain.setTargetAtTime(1.12 * LEVEL * weight, time + 0.12, 0.3);
    bow.connect(note.out);
    const tone1 = note.filter("lowpass", 1400 + 3.2 * f, 0.4);
    tone1.frequency.setTargetAtTime(2300 + 3.4 * f, time + 0.004, 0.05);
    tone1.connect(bow);
    const string = note.oscillator(f, "sawtooth").connect(tone1);
    string.detune.setValueAtTime(-9, time);
    string.detune.setTargetAtTime(0, time, 0.02);

    const hand = note.gain(0);
    hand.gain.setTargetAtTime(13, time + 0.2, 0.14);
    note.oscillator(5.6).connect(hand);
    hand.connect(string.detune);

    const rosin = note.gain(0);
    rosin.gain.setTargetAtTime(0.3 * LEVEL * weight, time, 0.003);
    rosin.gain.setTargetAtTime(0.035 * LEVEL * weight, time + 0.014, 0.03);
    rosin.connect(note.out);
    const grain = note.filter("bandpass", 2900, 0.8).connect(rosin);
    note.noise().connect(grain);
    return note;
  };
};
