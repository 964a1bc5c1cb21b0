import { describe, expect, test } from "vitest";
import type { Part } from "./part.ts";
import { cueAt, noteOver, spotAfter, spotWithin, weightAt } from "./sequence.ts";

const part: Part = {
  voice: "keys",
  notes: [
    { pitch: 64, start: 4, length: 4 },
    { pitch: 60, start: 0, length: 2 },
    { pitch: 67, start: 8, length: 24 },
  ],
};
const held = { part: 0, note: { pitch: 64, start: 4, length: 4 } };

describe("cueAt", () => {
  test("begins a note at its start and holds it to its end", () => {
    expect(cueAt(part, { part: 0, step: 4 }, undefined, false)).toEqual({ does: "begin", note: held.note });
    expect(cueAt(part, { part: 0, step: 7 }, held, false)).toEqual({ does: "hold" });
    expect(cueAt(part, { part: 0, step: 2 }, { part: 0, note: part.notes[1]! }, false)).toEqual({ does: "end" });
    expect(cueAt(part, { part: 0, step: 3 }, undefined, false)).toEqual({ does: "rest" });
  });

  test("joins a note in its middle only where playing starts", () => {
    expect(cueAt(part, { part: 0, step: 20 }, undefined, true).does).toBe("begin");
    expect(cueAt(part, { part: 0, step: 20 }, undefined, false).does).toBe("rest");
  });

  test("ends a note that was taken away or belongs to another part", () => {
    const empty: Part = { voice: "keys", notes: [] };
    expect(cueAt(empty, { part: 0, step: 6 }, held, false).does).toBe("end");
    expect(cueAt(part, { part: 1, step: 6 }, held, false).does).toBe("end");
  });

  test("holds on where the note was moved in pitch or made longer meanwhile", () => {
    const edited: Part = { voice: "keys", notes: [{ pitch: 65, start: 4, length: 8 }] };
    expect(cueAt(edited, { part: 0, step: 9 }, held, false).does).toBe("hold");
  });
});

test("noteOver takes the note that began last", () => {
  const two: Part = { voice: "keys", notes: [...part.notes, { pitch: 50, start: 10, length: 2 }] };
  expect(noteOver(two, 11)?.pitch).toBe(50);
  expect(noteOver(two, 12)?.pitch).toBe(67);
  expect(noteOver(part, 3)).toBeUndefined();
});

test("spotAfter walks through all parts and round again", () => {
  expect(spotAfter({ part: 0, step: 30 }, 2, false)).toEqual({ part: 0, step: 31 });
  expect(spotAfter({ part: 0, step: 31 }, 2, false)).toEqual({ part: 1, step: 0 });
  expect(spotAfter({ part: 1, step: 31 }, 2, true)).toEqual({ part: 0, step: 0 });
  expect(spotAfter({ part: 1, step: 31 }, 2, false)).toBeUndefined();
});

test("spotWithin bears whatever it is given", () => {
  expect(spotWithin(undefined, 3)).toEqual({ part: 0, step: 0 });
  expect(spotWithin({ part: 9, step: 40.7 }, 3)).toEqual({ part: 2, step: 31 });
  expect(spotWithin({ part: Number.NaN, step: -3 }, 3)).toEqual({ part: 0, step: 0 });
});

test("the bar is loudest at its first beat and no note falls below 80 percent", () => {
  const weights = Array.from({ length: 32 }, (_, step) => weightAt(step));
  expect(Math.max(...weights)).toBe(weights[0]);
  expect(Math.min(...weights)).toBeGreaterThan(0.8);
  expect(weights[8]!).toBeGreaterThan(weights[4]!);
});
