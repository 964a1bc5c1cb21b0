import { describe, expect, test } from "vitest";
import { type Note, type Notes, noteEnd, sameNotes } from "../piece/notes.ts";
import { inScale, type ScaleName, scaleNames } from "../piece/scale.ts";
import {
  cancel,
  drag,
  erase,
  type Gesture,
  hold,
  idle,
  type Outcome,
  type Pointer,
  press,
  release,
  type Scene,
} from "./drag.ts";
import { fit, yOf } from "./geometry.ts";

const geometry = fit(40 + 640, 24 + 37 * 20, false);
const note = (pitch: number, start: number, length: number): Note => ({ pitch, start, length, fold: 0 });
const tune = [note(72, 0, 4), note(76, 8, 4), note(79, 16, 8)];

/** A pointer in the middle of a row, at steps. */
const at = (step: number, pitch: number, more: Partial<Pointer> = {}): Pointer => ({
  x: step * geometry.stepWidth,
  y: yOf(pitch, geometry) + 10,
  shift: false,
  alt: false,
  touch: false,
  time: 0,
  ...more,
});

/** A page that keeps what comes of gestures. */
function page(notes: Notes, scale: ScaleName = "chromatic") {
  const state = {
    notes,
    selection: [] as readonly number[],
    length: 2,
    heard: [] as number[],
    edits: [] as string[],
    gesture: idle as Gesture,
  };
  const take = (outcome: Outcome): void => {
    state.gesture = outcome.gesture;
    if (outcome.edit) {
      state.notes = outcome.edit.notes;
      state.selection = outcome.edit.selection;
      state.edits.push(outcome.edit.label);
    }
    if (outcome.select) state.selection = outcome.select;
    if (outcome.audition !== undefined) state.heard.push(outcome.audition);
    if (outcome.length !== undefined) state.length = outcome.length;
  };
  const scene = (): Scene => ({
    notes: state.notes,
    selection: new Set(state.selection),
    scale,
    geometry,
    length: state.length,
  });
  return {
    state,
    press: (p: Pointer) => take(press(state.gesture, scene(), p)),
    drag: (p: Pointer) => take(drag(state.gesture, p)),
    release: (p: Pointer) => take(release(state.gesture, p)),
    hold: () => take(hold(state.gesture)),
    cancel: () => take(cancel(state.gesture)),
    erase: (p: Pointer) => {
      const outcome = erase(scene(), p);
      if (outcome) take({ ...outcome, gesture: idle });
      return outcome !== undefined;
    },
    gesture(...path: Pointer[]) {
      this.press(path[0]!);
      for (const p of path.slice(1)) this.drag(p);
      this.release(path.at(-1)!);
    },
  };
}

describe("on an empty place", () => {
  test("a click adds a note of the last length, held to the scale, as long as there is room", () => {
    const p = page(tune, "major");
    p.gesture(at(5.5, 73));
    expect(p.state.notes[1]).toEqual(note(72, 5, 2));
    expect(p.state).toMatchObject({ selection: [5], heard: [72], edits: ["Add a note"] });
    p.gesture(at(7.5, 60));
    expect(p.state.notes[2]).toEqual(note(60, 7, 1));
  });
  test("a drag to the right draws the length, and the next note has it", () => {
    const p = page([]);
    p.gesture(at(4.2, 70), at(4.5, 70), at(7.1, 68), at(9.1, 68));
    expect(p.state.notes).toEqual([note(70, 4, 5)]);
    p.gesture(at(20.5, 60));
    expect(p.state.notes[1]).toEqual(note(60, 20, 5));
  });
  test("with Shift a rectangle selects, besides what is selected", () => {
    const p = page(tune);
    p.gesture(at(1, 72));
    p.gesture(at(7.5, 82, { shift: true }), at(13, 70, { shift: true }));
    expect(p.state.selection).toEqual([0, 8]);
    expect(p.state.edits).toEqual([]);
  });
  test("a drag draws over the beginning of a longer note and gives it back", () => {
    const p = page(tune);
    p.press(at(12.5, 60));
    p.drag(at(19, 60));
    expect(p.state.notes.slice(2)).toEqual([note(60, 12, 7), note(79, 19, 5)]);
    p.drag(at(14, 60));
    expect(p.state.notes.slice(2)).toEqual([note(60, 12, 2), note(79, 16, 8)]);
    p.release(at(14, 60));
  });
  test("a finger adds on release only; moved at once, whatever the way, it edits nothing", () => {
    const p = page([]);
    p.press(at(4.5, 70, { touch: true }));
    expect(p.state.notes).toEqual([]);
    p.cancel();
    p.release(at(4.5, 60, { touch: true }));
    expect(p.state.edits).toEqual([]);
    p.gesture(at(4.5, 70, { touch: true }));
    expect(p.state.notes).toEqual([note(70, 4, 2)]);
    for (const [step, pitch] of [
      [12.1, 70],
      [5, 70],
      [8.5, 66],
      [12, 75],
    ] as const) {
      const edits = p.state.edits.length;
      p.press(at(8.5, 70, { touch: true }));
      p.drag(at(step, pitch, { touch: true }));
      p.hold();
      p.drag(at(20, 70, { touch: true }));
      p.release(at(20, 70, { touch: true }));
      expect(p.state.edits.length).toBe(edits);
    }
  });
  test("a finger that has rested begins a note, and its length follows", () => {
    const p = page([]);
    p.press(at(8.5, 70, { touch: true }));
    p.hold();
    expect(p.state).toMatchObject({ notes: [note(70, 8, 2)], heard: [70], selection: [8] });
    p.drag(at(13.1, 74, { touch: true }));
    expect(p.state.notes).toEqual([note(70, 8, 5)]);
    p.release(at(13.1, 74, { touch: true }));
    expect(p.state.length).toBe(5);
    p.press(at(20.5, 70, { touch: true }));
    p.hold();
    p.cancel();
    p.release(at(20.5, 70, { touch: true }));
    expect(p.state.notes).toEqual([note(70, 8, 5)]);
  });
});

describe("on a note", () => {
  test("a click selects it, Shift adds and takes away, a second click removes it", () => {
    const p = page(tune);
    p.gesture(at(2, 72));
    p.gesture(at(10, 76, { shift: true }));
    expect(p.state.selection).toEqual([0, 8]);
    p.gesture(at(2, 72, { shift: true }));
    expect(p.state.selection).toEqual([8]);
    p.gesture(at(2, 72, { time: 1000 }));
    p.gesture(at(2, 72, { time: 1200 }));
    expect(p.state.notes).toEqual(tune.slice(1));
    expect(p.state.edits).toEqual(["Remove a note"]);
  });
  test("a double click on an empty place leaves one note", () => {
    const p = page([]);
    p.gesture(at(2.5, 72, { time: 0 }));
    p.gesture(at(2.5, 72, { time: 100 }));
    expect(p.state.notes).toEqual([note(72, 2, 2)]);
  });
  test("a drag moves it and sounds each new pitch once", () => {
    const p = page(tune);
    p.gesture(at(2, 72), at(3, 72), at(3.1, 73), at(3.2, 73), at(4, 74));
    expect(p.state.notes[0]).toEqual(note(74, 2, 4));
    expect(p.state.heard).toEqual([72, 73, 74]);
    expect(p.state.selection).toEqual([2]);
  });
  test("the selection moves together, as far as there is room, and covered notes come back", () => {
    const p = page(tune);
    p.gesture(at(2, 72));
    p.gesture(at(10, 76, { shift: true }));
    p.press(at(10, 76));
    p.drag(at(20, 76));
    expect(p.state.notes.map((n) => n.start)).toEqual([10, 16, 18]);
    p.drag(at(-20, 76));
    expect(p.state.notes).toEqual(tune);
    p.release(at(-20, 76));
  });
  test("edges change where it starts and ends", () => {
    const p = page(tune);
    p.gesture(at(3.9, 72), at(6.1, 72));
    expect(p.state.notes[0]).toEqual(note(72, 0, 6));
    expect(p.state.length).toBe(6);
    p.gesture(at(16.1, 79), at(14, 79));
    expect(p.state.notes[2]).toEqual(note(79, 14, 10));
    expect(p.state.selection).toEqual([14]);
  });
  test("Alt leaves a copy, and no longer when it is let go", () => {
    const p = page(tune);
    p.press(at(2, 72));
    p.drag(at(6, 70, { alt: true }));
    expect(p.state.notes.map((n) => n.start)).toEqual([0, 4, 8, 16]);
    p.drag(at(6, 70));
    expect(p.state.notes.map((n) => n.start)).toEqual([4, 8, 16]);
    p.release(at(6, 70));
  });
  test("a resting finger adds it to the selection", () => {
    const p = page(tune);
    p.gesture(at(2, 72, { touch: true }));
    p.press(at(10, 76, { touch: true }));
    p.hold();
    p.release(at(10, 76, { touch: true }));
    expect(p.state.selection).toEqual([0, 8]);
  });
  test("the other button removes it", () => {
    const p = page(tune);
    expect(p.erase(at(2, 60))).toBe(false);
    expect(p.erase(at(2, 72))).toBe(true);
    expect(p.state.notes).toEqual(tune.slice(1));
  });
});

describe("any gesture", () => {
  const roll = (
    (seed: number) => (n: number) =>
      Math.floor(((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32) * n)
  )(11);
  const anywhere = (touch: boolean, time: number): Pointer => ({
    x: roll(700) - 20,
    y: roll(800) - 20,
    shift: roll(4) === 0,
    alt: roll(4) === 0,
    touch,
    time,
  });

  test.each(scaleNames)("in %s leaves a melody of the scale; called off, the one before: 600 random ones", (scale) => {
    const p = page([], scale);
    for (let i = 0; i < 600; i++) {
      const before = p.state.notes;
      const touch = roll(3) === 0;
      p.press(anywhere(touch, i * 200));
      if (touch && roll(3) === 0) p.hold();
      for (let k = roll(5); k > 0; k--) p.drag(anywhere(touch, i * 200));
      const off = roll(5) === 0;
      if (off) p.cancel();
      p.release(anywhere(touch, i * 200 + 50));
      if (off) expect(sameNotes(p.state.notes, before)).toBe(true);
      const wrong = p.state.notes.find(
        (n, k, all) =>
          n.start < (k === 0 ? 0 : noteEnd(all[k - 1]!)) ||
          n.length < 1 ||
          noteEnd(n) > 32 ||
          n.pitch < 50 ||
          n.pitch > 86 ||
          !inScale(scale, n.pitch),
      );
      expect(wrong).toBeUndefined();
      expect(p.state.selection.filter((start) => !p.state.notes.some((n) => n.start === start))).toEqual([]);
    }
  });
});
