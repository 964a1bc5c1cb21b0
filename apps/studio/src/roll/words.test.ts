import { describe, expect, test } from "vitest";
import { tonics } from "../piece/keys.ts";
import { emptySide, type Place } from "../piece/piece.ts";
import {
  bitsWords,
  lengthWords,
  mostSurprising,
  namesWords,
  noteName,
  notesWords,
  noteWords,
  octaveMark,
  positionWords,
  spokenName,
} from "./words.ts";

const place = (keyShift = 0, octaveShift = 0): Place => ({ keyShift, octaveShift });

/** The MIDI number of a name. */
function pitchOf(name: string): number {
  const [, letter, sign, octave] = /^([A-G])([♯♭]?)(-?\d+)$/.exec(name)!;
  const natural = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 }[letter as "C"];
  return natural + (sign === "♯" ? 1 : sign === "♭" ? -1 : 0) + 12 * (Number(octave) + 1);
}

describe("names of notes", () => {
  test("name what sounds, in every key and octave", () => {
    for (let key = -11; key <= 11; key++)
      for (const octave of [-24, 0, 12])
        for (let pitch = 20; pitch < 120; pitch++)
          expect(pitchOf(noteName(pitch, place(key, octave)))).toBe(pitch + key + octave);
  });

  test("spell the tonic as keys are spelt and a major scale with seven letters", () => {
    for (let key = 0; key < 12; key++) {
      const names = [0, 2, 4, 5, 7, 9, 11].map((d) => noteName(60 + d, place(key)).replace(/\d+$/, ""));
      expect(names[0]).toBe(tonics[key]);
      expect(new Set(names.map((n) => n[0])).size).toBe(7);
    }
  });

  test("have the accidentals of the key", () => {
    expect([0, 2, 4, 5, 7, 9, 11].map((d) => noteName(60 + d, place(7)))).toEqual([
      "G4",
      "A4",
      "B4",
      "C5",
      "D5",
      "E5",
      "F♯5",
    ]);
    expect([0, 2, 4, 5, 7, 9, 11].map((d) => noteName(60 + d, place(-7)))).toEqual([
      "F3",
      "G3",
      "A3",
      "B♭3",
      "C4",
      "D4",
      "E4",
    ]);
    expect([3, 6, 8, 10].map((d) => noteName(60 + d, place()))).toEqual(["E♭4", "F♯4", "A♭4", "B♭4"]);
    expect(noteName(66, place(6))).toBe("B♯4");
    expect(noteName(68, place(1))).toBe("A4");
    expect(noteName(60, place(0, 12))).toBe("C5");
    expect(spokenName(66, place())).toBe("F sharp 4");
    expect(spokenName(63, place())).toBe("E flat 4");
    expect(spokenName(60, place())).toBe("C4");
  });
});

describe("words", () => {
  test.each([
    [1, "a sixteenth"],
    [2, "an eighth"],
    [3, "three sixteenths"],
    [4, "a quarter"],
    [6, "three eighths"],
    [8, "a half"],
    [12, "three quarters"],
    [13, "13 sixteenths"],
    [16, "a whole bar"],
    [24, "three halves"],
    [32, "two bars"],
  ])("length %i is %s", (steps, words) => void expect(lengthWords(steps)).toBe(words));

  test.each([
    [0, "bar 1, beat 1"],
    [3, "bar 1, beat 1 and three quarters"],
    [26, "bar 2, beat 3 and a half"],
    [29, "bar 2, beat 4 and a quarter"],
  ])("step %i is %s", (step, words) => void expect(positionWords(step)).toBe(words));

  test("bits, numbers and octaves", () => {
    expect([1, 6, 6.54, 9.96, 12.4].map(bitsWords)).toEqual(["1 bit", "6 bits", "6.5 bits", "10 bits", "12 bits"]);
    expect([0, 1, 3].map(notesWords)).toEqual(["no notes", "a note", "3 notes"]);
    expect([0, 1, -1, 2, -2, 3].map(octaveMark)).toEqual(["", "8va", "8vb", "15ma", "15mb", "22va"]);
  });

  test("a note with all that is known of it", () => {
    const note = { pitch: 72, start: 8, length: 2, fold: 0 };
    const other = { pitch: 74, start: 10, length: 2, fold: 1 };
    const side = { ...emptySide("x"), notes: [note, other], place: place(7), locked: [8, 9] };
    expect(noteWords(note, { side })).toBe("G5, bar 1, beat 3, an eighth, locked");
    expect(noteWords(other, { side })).toBe("A6, bar 1, beat 3 and a half, an eighth");
    const surprise = new Map([8, 10, 12, 14].map((start, i) => [start, i + 3] as const));
    expect(noteWords(note, { side, selection: new Set([8]), surprise })).toContain("selected, locked, 3 bits");
    expect(noteWords(other, { side, surprise })).toContain("surprising: 4 bits");
    expect([...mostSurprising(surprise)]).toEqual([14, 12, 10]);
    expect(namesWords([note], side.place)).toBe("G5");
    expect(namesWords([note, other], side.place)).toBe("2 notes");
  });
});
