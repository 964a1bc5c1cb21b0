import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { scratch } from "../testing/flowctl.ts";
import { appendLine, keepLines, lock, removePartials, writeWhole } from "./files.ts";

const at = scratch();

describe("writeWhole", () => {
  it("replaces a file and leaves nothing beside it", () => {
    mkdirSync(at("a"));
    writeWhole(at("a", "f"), "one");
    writeWhole(at("a", "f"), Uint8Array.of(50));
    expect([readdirSync(at("a")), readFileSync(at("a", "f"), "utf8")]).toEqual([["f"], "2"]);
  });

  it("leaves the file as it was where the content cannot be written", () => {
    writeFileSync(at("kept"), "whole");
    mkdirSync(at("kept.partial"));
    expect(() => writeWhole(at("kept"), "new")).toThrow();
    expect(readFileSync(at("kept"), "utf8")).toBe("whole");
  });
});

it("removePartials removes what killed writes left, in folders too, and nothing else", () => {
  mkdirSync(at("b", "c"), { recursive: true });
  for (const name of ["x", "x.partial"]) {
    writeFileSync(at("b", name), "");
    writeFileSync(at("b", "c", name), "");
  }
  removePartials(at("b"));
  expect([readdirSync(at("b")), readdirSync(at("b", "c"))]).toEqual([["c", "x"], ["x"]]);
});

describe("keepLines", () => {
  it("cuts behind the last line kept, and what a kill left half written", () => {
    for (const step of [1, 2, 3]) appendLine(at("m"), JSON.stringify({ step }));
    writeFileSync(at("m"), `${readFileSync(at("m"), "utf8")}{"step": 4`);
    expect(keepLines(at("m"), (l) => (l["step"] as number) <= 2)).toEqual([{ step: 1 }, { step: 2 }]);
    expect(readFileSync(at("m"), "utf8")).toBe('{"step":1}\n{"step":2}\n');
  });

  it("finds none in a file that is not there", () => expect(keepLines(at("none"), () => true)).toEqual([]));
});

describe("lock", () => {
  it("lets one process in, and the next once it is given back", () => {
    const release = lock(at("run"));
    // The same process may take it again: its own lock is one that a crash within it left.
    expect(readFileSync(at("run", ".lock"), "utf8")).toBe(String(process.pid));
    release();
    expect(existsSync(at("run", ".lock"))).toBe(false);
  });

  it("is refused while another process lives, and taken over from one that is dead or unreadable", () => {
    mkdirSync(at("taken"));
    writeFileSync(at("taken", ".lock"), "1");
    expect(() => lock(at("taken"))).toThrow("Another process is training");
    for (const owner of ["4194304000", "", "rubbish"]) {
      writeFileSync(at("taken", ".lock"), owner);
      lock(at("taken"))();
    }
  });
});
