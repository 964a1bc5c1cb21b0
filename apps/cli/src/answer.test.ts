import { describe, expect, it } from "vitest";
import { factLines, noteText } from "./answer.ts";

describe("text for people", () => {
  it("names notes, their lengths and the silences between them", () => {
    expect(
      noteText([
        [60, 0, 4],
        [70, 6, 2],
        [69, 8, 1],
      ]),
    ).toBe("C4:4 z:2 A#4:2 A4:1");
    expect(noteText([[50, 3, 29]])).toBe("z:3 D3:29");
    expect(noteText([])).toBe("");
  });

  it("lays out facts by path", () => {
    expect(factLines({ kind: "melody", items: { train: 7, test: 2 }, layers: ["a", "b"], data: null })).toEqual([
      "kind         melody",
      "items.train  7",
      "items.test   2",
      "layers       a, b",
    ]);
    expect(factLines({})).toEqual([]);
  });
});
