/** Dropped files that mean harm or are none: one sentence each, in no time. */
import { FlowError } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { dice } from "../keep/testing/random-piece.ts";
import { noteEnd } from "../piece/notes.ts";
import { readDropped } from "./import.ts";
import {
  bytes,
  damaged,
  fixture,
  goodFiles,
  heavyFiles,
  namedFiles,
  random,
  randomFiles,
  refusedFiles,
  scriptTitles,
  titledFiles,
} from "./testing/hostile-files.ts";

/** Returns the refusal of a file, or undefined where something of it is read and is sound. */
function drop(name: string, data: Uint8Array): FlowError | undefined {
  try {
    const read = readDropped(name, data);
    if (read.kind === "tunes") {
      expect(read.choices.length).toBeGreaterThan(0);
      expect(read.choices.length).toBeLessThanOrEqual(2000);
      for (const { title, tune, notes, tempo, bar } of read.choices) {
        expect(title.length).toBeLessThanOrEqual(80);
        expect(`${title}${tune}`).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(tempo).toBeGreaterThanOrEqual(40);
        expect(tempo).toBeLessThanOrEqual(240);
        expect(bar).toBeGreaterThan(0);
        for (const n of notes) expect(n.pitch >= 50 && n.pitch <= 86 && n.length > 0 && noteEnd(n) <= 32).toBe(true);
      }
      for (const remark of read.remarks) expect(remark.length).toBeLessThan(400);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    expect(error.code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(error.message).toMatch(/^\S[^\n]*[.!?]$/);
    expect(error.message.length).toBeLessThan(400);
    expect(error.message).not.toMatch(/undefined|NaN|\[object|Error:|\p{Cc}|\u202e/u);
    expect(error.hint).toMatch(/^[A-Z].*\.$/);
    return error;
  }
}

const SECONDS = 4000;

describe("refused in one sentence", () => {
  test.each([...refusedFiles, ...randomFiles, ...namedFiles])("%s", (_, name, make) => {
    const data = make();
    const begin = performance.now();
    expect(drop(name, data)).toBeDefined();
    expect(performance.now() - begin).toBeLessThan(SECONDS);
  });
});

describe("read or refused, within seconds", () => {
  test.each(heavyFiles)("%s", (label, name, make) => {
    const data = make();
    // The processor's time: other tests may keep it busy meanwhile.
    const begin = process.cpuUsage();
    const error = drop(name, data);
    const { user, system } = process.cpuUsage(begin);
    const spent = (user + system) / 1000;
    console.log(`${label}: ${Math.round(spent)} ms, ${error?.message ?? "read"}`);
    expect(spent).toBeLessThan(5000);
  });

  test.each(scriptTitles.flatMap(titledFiles))("%s", (_, name, make) => {
    expect(drop(name, make())).toBeUndefined();
  });

  test("good files with bytes changed or cut off", () => {
    const roll = dice(20);
    for (const path of goodFiles) {
      const whole = fixture(path);
      for (let i = 0; i < 150; i++) drop(path, damaged(roll, whole));
    }
  });

  test("random bytes behind every kind of start", () => {
    const starts = [
      "",
      "MThd\0\0\0\x06\0\x01\0\x01\x01\xe0MTrk",
      "X:1\nM:4/4\nK:C\n",
      "<?xml version='1.0'?>",
      "PK\x03\x04",
      "\x10\0\0\0\0\0\0\0{",
    ];
    for (let i = 0; i < 600; i++)
      drop(["a.mid", "a.abc", "a.xml", "a.safetensors", "a"][i % 5]!, bytes(starts[i % 6]!, random(i, 300)));
  });
});
