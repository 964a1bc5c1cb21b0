import { describe, expect, test } from "vitest";
import {
  gridOf,
  moveNotes,
  moveStarts,
  type Note,
  type Notes,
  noteAt,
  noteEnd,
  notesOf,
  openNotes,
  openPitch,
  putNotes,
  removeNotes,
  sameNotes,
  stretchNotes,
  transposeNotes,
} from "./notes.ts";

const dice = (seed: number) => (n: number) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * n);
};

const note = (pitch: number, start: number, length: number, fold = 0): Note => ({ pitch, start, length, fold });

/** A melody: in order, within the grid, nothing over something else. */
function expectMelody(notes: Notes): void {
  const wrong = notes.find(
    (n, i) =>
      ![n.pitch, n.start, n.length, n.fold].every(Number.isInteger) ||
      n.pitch < 50 ||
      n.pitch > 86 ||
      n.length < 1 ||
      n.start < (i === 0 ? 0 : noteEnd(notes[i - 1]!)) ||
      noteEnd(n) > 32,
  );
  expect(wrong).toBeUndefined();
}

describe("edits of notes", () => {
  test("leave a melody, whatever they are: 20,000 random ones", () => {
    const roll = dice(7);
    let notes: Notes = [];
    for (let i = 0; i < 20_000; i++) {
      const before = JSON.stringify(notes);
      const old = notes;
      const starts = new Set(notes.filter(() => roll(3) === 0).map((n) => n.start));
      const by = roll(41) - 20;
      const edits = [
        () => putNotes(notes, [note(40 + roll(60), roll(40) - 4, roll(20))]),
        () =>
          putNotes(
            notes,
            Array.from({ length: roll(5) }, () => note(50 + roll(37), roll(32), 1 + roll(8))),
          ),
        () => (notes.length > 6 ? removeNotes(notes, starts) : notes),
        () => moveNotes(notes, starts, by, roll(41) - 20).notes,
        () => stretchNotes(notes, starts, by).notes,
        () => moveStarts(notes, starts, by).notes,
        () => transposeNotes(notes, starts, roll(61) - 30).notes,
      ];
      notes = edits[roll(edits.length)]!();
      expectMelody(notes);
      expect(JSON.stringify(old)).toBe(before);
    }
  });

  test("name the notes that they edited", () => {
    const roll = dice(3);
    for (let i = 0; i < 2_000; i++) {
      const notes = putNotes(
        [],
        Array.from({ length: 8 }, () => note(50 + roll(37), roll(32), 1 + roll(6))),
      );
      const starts = new Set(notes.filter(() => roll(2) === 0).map((n) => n.start));
      const wrong = [
        moveNotes(notes, starts, roll(21) - 10, roll(21) - 10),
        stretchNotes(notes, starts, roll(21) - 10),
        moveStarts(notes, starts, roll(21) - 10),
        transposeNotes(notes, starts, roll(41) - 20),
      ].find(
        (edited) =>
          new Set(edited.starts).size !== starts.size ||
          !edited.starts.every((start) => edited.notes.some((n) => n.start === start)),
      );
      expect(wrong).toBeUndefined();
    }
  });

  test("put notes over others, which end where they start and go on where they end", () => {
    const notes = [note(60, 0, 8), note(62, 8, 8), note(64, 16, 4)];
    expect(putNotes(notes, [note(70, 4, 8)])).toEqual([
      note(60, 0, 4),
      note(70, 4, 8),
      note(62, 12, 4),
      note(64, 16, 4),
    ]);
    expect(putNotes([], [note(60, 0, 4), note(61, 0, 2)])).toEqual([note(61, 0, 2)]);
    // One that began before loses what would stick out behind; one that is covered goes.
    expect(putNotes(notes, [note(70, 2, 2)])).toEqual([note(60, 0, 2), note(70, 2, 2), ...notes.slice(1)]);
    expect(putNotes(notes, [note(70, 8, 8)])).toEqual([notes[0], note(70, 8, 8), notes[2]]);
    expect(putNotes([note(60, 0, 16, 1)], [note(70, 0, 2), note(71, 4, 4)])).toEqual([
      note(70, 0, 2),
      note(60, 2, 2, 1),
      note(71, 4, 4),
    ]);
  });

  test("keep what is laid over others whole, and of the others the first stretch that is free: 5,000 random ones", () => {
    const roll = dice(19);
    const some = (n: number): Notes =>
      putNotes(
        [],
        Array.from({ length: n }, () => note(50 + roll(37), roll(32), 1 + roll(10))),
      );
    for (let i = 0; i < 5_000; i++) {
      const [notes, added] = [some(6), some(3)];
      const after = putNotes(notes, added);
      expectMelody(after);
      const expected = Array.from({ length: 32 }, (_, step) => {
        const top = noteAt(added, step);
        if (top) return top.pitch;
        const old = noteAt(notes, step);
        if (!old) return undefined;
        // Of a note that is laid over, the first stretch that is free stays.
        let first = old.start;
        while (noteAt(added, first)) first++;
        return added.some((t) => t.start > first && t.start <= step) ? undefined : old.pitch;
      });
      const heard = Array.from({ length: 32 }, (_, step) => noteAt(after, step)?.pitch);
      expect(heard).toEqual(expected);
      for (const top of added) expect(after).toContainEqual(top);
    }
  });

  test("move together and keep their distances", () => {
    const notes = [note(60, 0, 2), note(62, 4, 2), note(86, 8, 2)];
    const { notes: moved, starts } = moveNotes(notes, new Set([0, 4]), -3, 5);
    expect(moved).toEqual([note(65, 0, 2), note(67, 4, 2), note(86, 8, 2)]);
    expect(starts).toEqual([0, 4]);
    expect(moveNotes(notes, new Set([4, 8]), 100, 3).notes).toEqual([note(60, 0, 2), note(62, 26, 2), note(86, 30, 2)]);
  });

  test("keep the other end when one end moves", () => {
    const notes = [note(60, 0, 4), note(62, 4, 4)];
    expect(moveStarts(notes, new Set([4]), -2).notes).toEqual([note(60, 0, 2), note(62, 2, 6)]);
    expect(moveStarts(notes, new Set([0, 4]), -2).notes).toEqual(notes);
    expect(stretchNotes(notes, new Set([0]), -9).notes).toEqual([note(60, 0, 1), note(62, 4, 4)]);
    expect(stretchNotes(notes, new Set([0]), 2).notes).toEqual([note(60, 0, 6), note(62, 6, 2)]);
    expect(stretchNotes(notes, new Set([0]), 4).notes).toEqual([note(60, 0, 8)]);
  });

  test("transpose out of the range and back without loss", () => {
    const notes = [note(60, 0, 4), note(80, 4, 4)];
    const all = new Set([0, 4]);
    const up = transposeNotes(notes, all, 14).notes;
    expect(up.map(openPitch)).toEqual([74, 94]);
    expect(sameNotes(transposeNotes(up, all, -14).notes, notes)).toBe(true);
  });
});

describe("notes and grids", () => {
  test("are one another's, folds kept", () => {
    const notes = [note(60, 2, 4, 1), note(61, 8, 1), note(62, 20, 12, -2)];
    expect(notesOf(gridOf(notes), notes)).toEqual(notes);
    expect(openNotes(notes)).toEqual([
      [72, 2, 4],
      [61, 8, 1],
      [38, 20, 12],
    ]);
    expect(noteAt(notes, 5)).toEqual(notes[0]);
    expect(noteAt(notes, 6)).toBeUndefined();
  });
});
