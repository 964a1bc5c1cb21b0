import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { emptySide } from "../piece/piece.ts";
import { Announcer } from "./Announcer.tsx";
import { MiniRoll, pictureRange } from "./MiniRoll.tsx";
import { Roll } from "./Roll.tsx";
import { runsOf } from "./Ruler.tsx";

test("pictures show a good octave at least, the notes in their middle", () => {
  const note = (pitch: number) => ({ pitch, start: 0, length: 1, fold: 0 });
  expect(pictureRange([note(60)])).toEqual([53, 67]);
  expect(pictureRange([note(55), note(80)])).toEqual([55, 80]);
  expect(pictureRange([])).toEqual([50, 86]);
});

test("locked steps make runs", () => {
  expect(runsOf([0, 1, 2, 5, 31])).toEqual([
    [0, 3],
    [5, 6],
    [31, 32],
  ]);
  expect(runsOf([])).toEqual([]);
});

test("what is served carries no style attribute, which the policy of the page forbids", () => {
  const notes = [{ pitch: 60, start: 0, length: 4, fold: 0 }];
  const nothing = (): undefined => undefined;
  const roll = createElement(Roll, {
    side: { ...emptySide("x"), notes },
    name: "a",
    selection: new Set<number>(),
    scale: "major",
    playhead: nothing,
    playing: true,
    onEdit: nothing,
    onSelect: nothing,
    onAudition: nothing,
    onLock: nothing,
  });
  const html =
    renderToString(roll) +
    renderToString(createElement(MiniRoll, { notes, playhead: 3 })) +
    renderToString(createElement(Announcer));
  expect(html).toContain('role="application"');
  expect(html).toContain("C4, bar 1, beat 1, a quarter");
  expect(html).not.toContain("style=");
});
