import { describe, expect, test } from "vitest";
import { type Note, type Notes, noteEnd } from "../piece/notes.ts";
import { emptySide, type Side, toggleLock } from "../piece/piece.ts";
import type { ScaleName } from "../piece/scale.ts";
import { type Cursor, type Key, stroke } from "./keystrokes.ts";

const note = (pitch: number, start: number, length: number): Note => ({ pitch, start, length, fold: 0 });
const tune = [note(72, 0, 4), note(76, 8, 4), note(79, 16, 8)];

/** A key by its name: "Shift+Alt+ArrowUp". */
function keyOf(name: string): Key {
  const parts = name.split("+");
  return {
    key: parts.at(-1)!,
    shift: parts.includes("Shift"),
    alt: parts.includes("Alt"),
    command: parts.includes("Ctrl"),
  };
}

/** A page that takes keys. */
function page(notes: Notes, scale: ScaleName = "chromatic") {
  const state = {
    side: { ...emptySide("x"), notes } as Side,
    selection: new Set<number>(),
    cursor: { step: 0, pitch: 72 } as Cursor,
    length: 2,
    said: "",
    heard: [] as number[],
  };
  const type = (...keys: string[]): string => {
    for (const key of keys) {
      const done = stroke({ ...state, scale }, keyOf(key));
      if (!done) {
        state.said = "(not ours)";
        continue;
      }
      if (done.edit) {
        state.side = { ...state.side, notes: done.edit.notes };
        if (done.edit.selection) state.selection = new Set(done.edit.selection);
      }
      if (done.select) state.selection = new Set(done.select);
      if (done.lock) state.side = toggleLock(state.side, done.lock);
      if (done.cursor) state.cursor = done.cursor;
      if (done.length !== undefined) state.length = done.length;
      if (done.audition !== undefined) state.heard.push(done.audition);
      state.said = done.say;
    }
    return state.said;
  };
  return { state, type };
}

describe("the cursor", () => {
  test("goes everywhere and says where it is", () => {
    const { state, type } = page(tune);
    expect(type("ArrowRight")).toBe("C5, bar 1, beat 1, a quarter, at bar 1, beat 1 and a quarter");
    expect(type("ArrowUp")).toBe("D flat 5, bar 1, beat 1 and a quarter, empty, C5 sounds");
    expect(type("End")).toContain("bar 2, beat 4 and three quarters, empty");
    expect(type("ArrowRight")).toContain("Edge of the roll.");
    type("Home", "PageUp", "PageUp");
    expect(state.cursor).toEqual({ step: 0, pitch: 86 });
    type("PageDown", "Ctrl+ArrowRight", "ArrowRight", "Ctrl+ArrowRight");
    expect(state.cursor).toEqual({ step: 8, pitch: 74 });
    type("ArrowRight", "Ctrl+ArrowLeft");
    expect(state.cursor.step).toBe(8);
    type("Ctrl+ArrowLeft", "Ctrl+ArrowLeft", "Ctrl+ArrowLeft");
    expect(state.cursor.step).toBe(0);
    for (let i = 0; i < 9; i++) type("Ctrl+ArrowRight");
    expect(state.cursor.step).toBe(31);
  });
  test("goes from note to note and sounds them", () => {
    const { state, type } = page(tune);
    expect(type(".")).toBe("E5, bar 1, beat 3, a quarter");
    type(".");
    expect(state.heard).toEqual([76, 79]);
    expect(type(".")).toBe("No later note.");
    type(",", ",");
    expect(state.cursor).toEqual({ step: 0, pitch: 72 });
    expect(page([]).type(".")).toBe("There are no notes.");
  });
  test("knows the scale", () => {
    expect(page([], "major").type("ArrowUp")).toBe("D flat 5, bar 1, beat 1, empty, outside the scale");
  });
});

describe("edits", () => {
  test("Enter adds in the scale, then selects and deselects", () => {
    const { state, type } = page([], "major");
    expect(type("ArrowUp", "Enter")).toBe("Added C5, bar 1, beat 1, an eighth");
    expect(state.side.notes).toEqual([note(72, 0, 2)]);
    expect(type("Enter")).toBe("C5, bar 1, beat 1, an eighth, selected");
    expect([...state.selection]).toEqual([0]);
    expect(type("Enter")).toContain("no longer selected");
    expect(state.selection.size).toBe(0);
  });
  test("Delete takes the selection, or the note at the cursor", () => {
    const { state, type } = page(tune);
    expect(type("Delete")).toBe("Removed C5");
    expect(type("Ctrl+a")).toBe("All 2 notes are selected");
    expect(type("Backspace")).toBe("Removed 2 notes");
    expect(state.side.notes).toEqual([]);
    expect(type("Delete")).toContain("No note is selected");
  });
  test("Alt with arrows moves, by degrees of the scale, the cursor along", () => {
    const { state, type } = page(tune, "major");
    expect(type("Alt+ArrowUp")).toBe("D5, bar 1, beat 1");
    expect(type("Alt+ArrowRight")).toBe("D5, bar 1, beat 1 and a quarter");
    expect(state.cursor).toEqual({ step: 1, pitch: 74 });
    expect(state.selection.size).toBe(0);
    expect(type("Shift+Alt+ArrowUp")).toBe("D6, bar 1, beat 1 and a quarter");
    expect(type("Shift+Alt+ArrowUp")).toBe("There is no room to move further.");
    expect(type("Shift+Alt+ArrowDown", "Ctrl+a", "Alt+ArrowDown")).toBe(
      "3 notes, the first at C5, bar 1, beat 1 and a quarter",
    );
    expect([...state.selection]).toEqual([1, 8, 16]);
    expect(state.side.notes.map((n) => n.pitch)).toEqual([72, 74, 77]);
  });
  test("brackets change the length, with Shift the start", () => {
    const { state, type } = page(tune);
    expect(type("]")).toBe("C5, five sixteenths");
    expect(state.length).toBe(5);
    expect(type("[", "[", "[", "[")).toBe("C5, a sixteenth");
    expect(type("[")).toBe("It cannot be shorter.");
    expect(type("{")).toBe("There is no room to make it longer.");
    type(".", "{");
    expect(state.side.notes[1]).toEqual(note(76, 7, 5));
    type("}", "}");
    expect(state.side.notes[1]).toEqual(note(76, 9, 3));
    expect(type("Alt+]")).toBe("E5, a quarter");
  });
  test("L locks notes or silence", () => {
    const { state, type } = page(tune);
    expect(type("l")).toBe("C5, locked");
    expect(state.side.locked).toEqual([0, 1, 2, 3]);
    expect(type("L")).toBe("C5, no longer locked");
    expect(type("Ctrl+ArrowRight", "l")).toBe("bar 1, beat 2, locked");
    expect(state.side.locked).toEqual([4]);
  });
  test("Escape deselects; what is not the roll's is left to the page", () => {
    const { type } = page(tune);
    expect(type("Ctrl+a", "Escape")).toBe("No note is selected");
    for (const key of ["Escape", " ", "Tab", "z", "?", "Ctrl+z", "Ctrl+s", "Alt+l", "F5"])
      expect(type(key)).toBe("(not ours)");
  });
});

describe("any key", () => {
  const keys =
    "ArrowLeft ArrowRight ArrowUp ArrowDown PageUp PageDown Home End Enter Enter Enter Delete , . l Escape [ ] { } Ctrl+a Ctrl+ArrowLeft Ctrl+ArrowRight Alt+ArrowLeft Alt+ArrowRight Alt+ArrowUp Alt+ArrowDown Shift+Alt+ArrowUp Shift+Alt+ArrowDown".split(
      " ",
    );
  test("says something and leaves a melody: 5,000 random ones", () => {
    let seed = 5;
    const { state, type } = page([], "dorian");
    for (let i = 0; i < 5000; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const said = type(keys[Math.floor((seed / 2 ** 32) * keys.length)]!);
      const { notes } = state.side;
      const wrong = notes.some((n, k) => n.start < (k ? noteEnd(notes[k - 1]!) : 0) || n.length < 1 || noteEnd(n) > 32);
      const { step, pitch } = state.cursor;
      const lost = [...state.selection].some((s) => !notes.some((n) => n.start === s));
      expect([wrong, lost, said === "", step >= 0 && step < 32, pitch >= 50 && pitch <= 86]).toEqual([
        false,
        false,
        false,
        true,
        true,
      ]);
    }
  });
});
