/**
 * Keys: a warm electric piano. A sine whose phase is shaken by another (the hammer's brightness, which fades), a bar
 * that rings high for a moment, and a body that decays the slower the deeper it is.
 *
 * @module
 */
import { hertz, type MakeVoice, NoteNodes } from "./voice.ts";

const LEVEL = 0.35;

export const keys: MakeVoice = (kit, out) => {
  // A cosine, upside down: a sine would leave a constant in what it shakes, and a thump at the end of every note.
  const cosine = kit.context.createPeriodicWave([0, -1], [0, 0], { disableNormalization: true });
  return ({ pitch, time, weight }) => {
    const note = new NoteNodes(kit, out, time, 0.026);
    const f = hertz(pitch);
    const decay = 1.15 * 2 ** ((60 - pitch) / 20);

    const body = note.gain(0);
    body.gain.setTargetAtTime(LEVEL * weight, time, 0.0016);
    body.gain.setTargetAtTime(0.62 * LEVEL * weight, time + 0.012, 0.09);
    body.gain.setTargetAtTime(0, time + 0.2, decay);
    body.connect(note.out);

    // Phase modulation 1:1. High notes take less of it: they are bright by themselves.
    const carrier = note.oscillator(f).connect(body);
    const bright = 1.5 * weight * 2 ** ((64 - pitch) / 24);
    const shake = note.gain(f * bright);
    shake.gain.setTargetAtTime(f * 0.42 * Math.min(1, bright), time, 0.11);
    shake.gain.setTargetAtTime(f * 0.16, time + 0.35, 0.6);
    note.oscillator(f).setPeriodicWave(cosine).connect(shake);
    shake.connect(carrier.frequency);

    // The bar: the harmonic nearest to 3.2 kHz, gone in a tenth of a second.
    const bar = note.gain(0);
    bar.gain.setTargetAtTime(0.09 * LEVEL * weight ** 2, time, 0.001);
    bar.gain.setTargetAtTime(0, time + 0.006, 0.028);
    bar.connect(note.out);
    note.oscillator(f * Math.max(2, Math.round(3200 / f))).connect(bar);
    return note;
  };
};
