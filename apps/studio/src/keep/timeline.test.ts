/** Undo and redo. */
import { describe, expect, test } from "vitest";
import { emptySide, type Piece } from "../piece/piece.ts";
import { dice, randomPiece } from "./testing/random-piece.ts";
import { amend, canRedo, canUndo, endEdit, record, redo, startTimeline, TIMELINE_LIMIT, undo } from "./timeline.ts";

const piece: Piece = {
  a: emptySide("A"),
  b: emptySide("B"),
  tempo: 100,
  scale: "major",
  path: { points: 5, preset: "musical" },
  seed: 1,
  temperature: 1,
  similarity: 0.5,
};
const at = (tempo: number): Piece => ({ ...piece, tempo });

test("1,000 random edits undone to the start and redone to the end give equal states", () => {
  const roll = dice(1);
  const states = [randomPiece(roll)];
  let timeline = startTimeline(states[0]!);
  for (let i = 0; i < 1000; i++) {
    const next = randomPiece(roll);
    // Half of the edits change one thing only.
    const edited = roll(2) ? next : { ...states.at(-1)!, a: next.a };
    timeline = record(timeline, edited, roll(4) === 0 ? `edit ${i}` : undefined);
    states.push(edited);
  }
  for (let i = 1000; i > 0; i--) {
    expect(timeline.present).toEqual(states[i]);
    timeline = undo(timeline);
  }
  expect(timeline.present).toEqual(states[0]);
  expect(canUndo(timeline)).toBe(false);
  expect(undo(timeline)).toBe(timeline);
  for (let i = 0; i < 1000; i++) {
    timeline = redo(timeline);
    expect(timeline.present).toEqual(states[i + 1]);
  }
  expect(canRedo(timeline)).toBe(false);
  expect(redo(timeline)).toBe(timeline);
});

test("any walk of edits, undos and redos agrees with a list", () => {
  const roll = dice(2);
  let list = [100];
  let here = 0;
  let timeline = startTimeline(at(100));
  for (let i = 0; i < 5000; i++) {
    const what = roll(3);
    if (what === 0) {
      list = [...list.slice(0, here + 1), 1000 + i].slice(-(TIMELINE_LIMIT + 1));
      here = list.length - 1;
      timeline = record(timeline, at(1000 + i));
    } else if (what === 1) {
      here = Math.max(0, here - 1);
      timeline = undo(timeline);
    } else {
      here = Math.min(list.length - 1, here + 1);
      timeline = redo(timeline);
    }
    expect(timeline.present.tempo).toBe(list[here]);
    expect([timeline.past.length, timeline.future.length]).toEqual([here, list.length - 1 - here]);
  }
});

describe("continuous edits", () => {
  test("of one key are one step", () => {
    let timeline = startTimeline(at(100));
    for (let tempo = 101; tempo < 150; tempo++) timeline = record(timeline, at(tempo), "tempo");
    expect(timeline.past).toHaveLength(1);
    timeline = record(timeline, at(80), "other");
    expect(timeline.past.map((p) => p.tempo)).toEqual([100, 149]);
    timeline = record(timeline, at(81));
    expect(timeline.past).toHaveLength(3);
  });
  test("end with the gesture, an undo and a redo", () => {
    const dragged = record(record(startTimeline(at(100)), at(101), "tempo"), at(102), "tempo");
    expect(record(endEdit(dragged), at(103), "tempo").past).toHaveLength(2);
    expect(record(undo(dragged), at(103), "tempo").past.map((p) => p.tempo)).toEqual([100]);
    expect(record(redo(undo(dragged)), at(103), "tempo").past.map((p) => p.tempo)).toEqual([100, 102]);
  });
  test("that end where they began leave no step", () => {
    let timeline = record(startTimeline(at(90)), at(100));
    for (const tempo of [101, 102, 101, 100]) timeline = record(timeline, at(tempo), "tempo");
    expect(timeline.past.map((p) => p.tempo)).toEqual([90]);
    timeline = record(timeline, at(101), "tempo");
    expect(undo(timeline).present.tempo).toBe(100);
  });
});

test("an equal piece is no edit and leaves what was undone", () => {
  const undone = undo(record(startTimeline(at(100)), at(101)));
  expect(record(undone, structuredClone(at(100)))).toBe(undone);
  expect(canRedo(undone)).toBe(true);
});

test("amending changes a step where it stands and nothing else", () => {
  const timeline = undo(record(record(startTimeline(at(1)), at(2)), at(3)));
  for (const tempo of [1, 2, 3]) {
    const amended = amend(timeline, (p) => (p.tempo === tempo ? at(7) : p));
    const tempos = [...amended.past, amended.present, ...amended.future].map((p) => p.tempo);
    expect(tempos).toEqual([1, 2, 3].map((t) => (t === tempo ? 7 : t)));
    expect(amended.dropped).toBe(timeline.dropped);
  }
  expect(amend(timeline, (p) => p)).toBe(timeline);
});

test("the oldest steps are dropped, and counted", () => {
  let timeline = startTimeline(at(0));
  for (let i = 1; i <= 40; i++) timeline = record(timeline, at(i), undefined, 30);
  expect(timeline.past.map((p) => p.tempo)).toEqual(Array.from({ length: 30 }, (_, i) => i + 10));
  expect(timeline.dropped).toBe(10);
});
