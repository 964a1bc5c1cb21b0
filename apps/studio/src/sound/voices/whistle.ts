/**
 * Whistle: a wooden flute or low whistle. Few partials, breath around them, a chiff as the note speaks, and a vibrato
 * that only long notes reach.
 *
 * @module
 */
import { hertz, type MakeVoice, NoteNodes } from "./voice.ts";

const LEVEL = 0.225;

/** Amplitudes of the partials, the fundamental first. */
const PARTIALS = [1, 0.34, 0.15, 0.045, 0.03, 0.012];

export const whistle: MakeVoice = (kit, out) => {
  const real = new Float32Array(PARTIALS.length + 1);
  const imag = Float32Array.from([0, ...PARTIALS]);
  const wave = kit.context.createPeriodicWave(real, imag, { disableNormalization: true });

  return ({ pitch, time, weight }) => {
    const note = new NoteNodes(kit, out, time, 0.02);
    const f = hertz(pitch);

    const air = note.gain(0);
    air.gain.setTargetAtTime(LEVEL * weight, time, 0.009);
    // The breath sinks a little once the note stands.
    air.gain.setTargetAtTime(0.88 * LEVEL * weight, time + 0.09, 0.12);
    air.connect(note.out);
    const pipe = note.oscillator(f).setPeriodicWave(wave).connect(air);
    // It speaks from a shade below.
    pipe.detune.setValueAtTime(-18, time);
    pipe.detune.setTargetAtTime(0, time, 0.014);

    // Breath vibrato: more loudness than pitch.
    const lilt = note.oscillator(4.9);
    const bend = note.gain(0);
    bend.gain.setTargetAtTime(7, time + 0.22, 0.16);
    lilt.connect(bend);
    bend.connect(pipe.detune);
    const swell = note.gain(0);
    swell.gain.setTargetAtTime(0.09 * LEVEL * weight, time + 0.22, 0.16);
    lilt.connect(swell);
    swell.connect(air.gain);

    const breath = note.gain(0);
    breath.gain.setTargetAtTime(0.42 * LEVEL * weight, time, 0.004);
    breath.gain.setTargetAtTime(0.1 * LEVEL * weight, time + 0.016, 0.022);
    breath.connect(note.out);
    const hiss = note.filter("bandpass", f * 2.02, 1.1).connect(breath);
    note.noise().connect(hiss);
    return note;
  };
};
