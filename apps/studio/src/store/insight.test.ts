import { expect, it } from "vitest";
import { chance, insightOf, mostSurprising, rankOf, typicalSentence } from "./insight.ts";

const note = (start: number) => ({ pitch: 60, start, length: 1, fold: 0 });

it("gives each note the bits of its pitch and its part of its beat's rhythm", () => {
  const notes = [note(0), note(2), note(4)];
  const insight = insightOf(notes, { bits: 12, notes: [1, 2, 3], beats: [4, 2, 0, 0, 0, 0, 0, 0] });
  expect([...insight.noteBits]).toEqual([
    [0, 3],
    [2, 4],
    [4, 5],
  ]);
  expect(mostSurprising(insight)).toEqual([4, 5]);
  expect(mostSurprising({ ...insight, noteBits: new Map([[0, 1]]) })).toBeUndefined();
});

it("says how typical a melody is", () => {
  const typical = Array.from({ length: 100 }, (_, i) => i);
  expect(rankOf(50, typical)).toBe(0.5);
  const words = (bits: number) => typicalSentence(bits, typical);
  expect(words(3)).toBe("3 bits: as expected as can be.");
  expect(words(20)).toBe("20 bits: more expected than 8 in 10 of the model’s own.");
  expect(words(50.2)).toBe("50 bits: typical of the model’s own.");
  expect(words(85)).toBe("85 bits: more unusual than 9 in 10 of the model’s own.");
  expect(words(100)).toBe("100 bits: as unusual as the strangest of the model’s own.");
  expect(words(130)).toBe("130 bits: unlike any of the model’s own.");
  expect(typicalSentence(43.2, undefined)).toBe("43 bits.");
});

it("pictures chances", () => {
  expect([1, 4, 9, 13].map(chance)).toEqual(["1 in 2", "1 in 16", "1 in 500", "1 in 8,000"]);
});
