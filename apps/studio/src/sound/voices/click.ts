/**
 * The click of the metronome: a small wood block, higher on the first beat of a bar.
 *
 * @module
 */
import { type MakeVoice, NoteNodes } from "./voice.ts";

const LEVEL = 0.22;

/** Hertz of the first beat of a bar and of the others. */
export const CLICK = { bar: 1760, beat: 1175 } as const;

/** The pitch of the stroke does not matter; weight 1 is the first beat of a bar. */
export const click: MakeVoice = (kit, out) => {
  return ({ time, weight }) => {
    const note = new NoteNodes(kit, out, time, 0.006);
    const f = weight >= 1 ? CLICK.bar : CLICK.beat;
    const block = note.gain(0);
    block.gain.setTargetAtTime(LEVEL, time, 0.0006);
    block.gain.setTargetAtTime(0, time + 0.003, 0.011);
    block.connect(note.out);
    note.oscillator(f).connect(block);
    const wood = note.gain(0);
    wood.gain.setTargetAtTime(0.35 * LEVEL, time, 0.0006);
    wood.gain.setTargetAtTime(0, time + 0.002, 0.004);
    wood.connect(note.out);
    note.oscillator(f * 2.42).connect(wood);
    note.release(time + 0.05);
    return note;
  };
};
