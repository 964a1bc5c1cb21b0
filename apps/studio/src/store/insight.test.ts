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
  expect(words(3)).toBe("Very ordinary (3 bits): nearly all that the model draws is more unusual.");
  expect(words(20)).toBe("Rather ordinary (20 bits): 8 in 10 that the model draws are more unusual.");
  expect(words(50.2)).toBe("Typical (50 bits) of what the model draws.");
  expect(words(85)).toBe("Rather unusual (85 bits): 9 in 10 that the model draws are more ordinary.");
  expect(words(100)).toBe("Very unusual (100 bits): nearly all that the model draws is more ordinary.");
  expect(words(130)).toBe("Unheard of (130 bits): the model would hardly ever draw it.");
  expect(typicalSentence(43.2, undefined)).toBe("43 bits.");
});

it("pictures chances", () => {
  expect([1, 4, 9, 13, 21].map(chance)).toEqual(["1 in 2", "1 in 16", "1 in 500", "1 in 8,000", "1 in 2,000,000"]);
});
