import { describe, expect, it } from "vitest";
import { tonicOf, withTonic } from "../piece/keys.ts";
import { emptySide, flat, settled } from "../piece/piece.ts";
import { fitsMidi, shaped, shapedFrom, transposed, varied, variedFrom, written } from "./sides.ts";

const note = (pitch: number, start: number, length = 2, fold = 0) => ({ pitch, start, length, fold });
const side = settled(emptySide("A"), [note(60, 0), note(64, 4), note(67, 8)]);
const variation = [note(62, 0), note(64, 4)];

describe("the original", () => {
  it("is what was written last", () => {
    const now = written({ ...side, shape: { ...flat, leaps: 1 } }, variation, "B");
    expect(now).toMatchObject({ notes: variation, origin: variation, shape: flat, title: "B" });
  });

  it("stays while variations come and go", () => {
    const now = varied(varied(variedFrom(side), variation), [note(50, 0)]);
    expect(now.origin).toBe(side.notes);
    expect(variedFrom(now).origin).toBe(side.notes);
  });

  it("becomes the variation when a slider leaves 0, and the slid melody when it is varied", () => {
    const start = shapedFrom(varied(side, variation));
    expect(start.origin).toBe(variation);
    const slid = shaped(start, [note(70, 0)], { ...flat, register: 1 });
    expect(shapedFrom(slid).origin).toBe(variation);
    expect(variedFrom(slid)).toMatchObject({ origin: [note(70, 0)], shape: flat });
  });

  it("moves along when all is transposed, beyond the grid too", () => {
    const up = transposed(side, 24);
    expect(up.notes.map((n) => n.pitch + 12 * n.fold)).toEqual([84, 88, 91]);
    expect(up.origin).toEqual(up.notes);
  });
});

describe("locks", () => {
  it("stay on whole notes and silences, and leave notes that changed", () => {
    const locked = { ...side, locked: [0, 1, 4, 5, 30] };
    expect(written(locked, [note(60, 0), note(64, 4, 3)]).locked).toEqual([0, 1, 30]);
  });
});

describe("places", () => {
  it("take the nearer way to another tonic", () => {
    expect(withTonic({ keyShift: 0, octaveShift: 0 }, 7)).toEqual({ keyShift: -5, octaveShift: 0 });
    expect(withTonic({ keyShift: 10, octaveShift: 0 }, 3)).toEqual({ keyShift: 3, octaveShift: 12 });
    for (let from = -11; from <= 11; from++)
      for (let tonic = 0; tonic < 12; tonic++) {
        const to = withTonic({ keyShift: from, octaveShift: 0 }, tonic);
        expect(tonicOf(to)).toBe(tonic);
        expect(Math.abs(to.keyShift)).toBeLessThanOrEqual(11);
        expect(Math.abs(to.keyShift + to.octaveShift - from)).toBeLessThanOrEqual(6);
      }
  });

  it("end where MIDI ends", () => {
    expect(fitsMidi(side, { keyShift: 5, octaveShift: 36 })).toBe(true);
    expect(fitsMidi(side, { keyShift: 6, octaveShift: 36 })).toBe(false);
    expect(fitsMidi(side, { keyShift: 0, octaveShift: -48 })).toBe(true);
    expect(fitsMidi(side, { keyShift: 0, octaveShift: -60 })).toBe(false);
    // A link may have put it higher than that.
    const high = { ...side, place: { keyShift: 0, octaveShift: 96 } };
    expect(fitsMidi(high, { keyShift: 0, octaveShift: 84 })).toBe(true);
    expect(fitsMidi(high, { keyShift: 0, octaveShift: 108 })).toBe(false);
  });
});
