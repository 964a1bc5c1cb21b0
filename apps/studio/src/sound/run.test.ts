import { describe, expect, test } from "vitest";
import { type Part, type Settings, sixteenthSeconds, usualSettings, volumeGain } from "./part.ts";
import { Run } from "./run.ts";

const note = (pitch: number, start: number, length: number) => ({ pitch, start, length });
const part = (...notes: Part["notes"]): Part => ({ voice: "keys", notes });

/** A band that writes down what it is asked for. */
function scribe() {
  const begun: { name: string; pitch: number; time: number; released: number | undefined }[] = [];
  return {
    begun,
    notes: () => begun.filter((b) => b.name !== "click"),
    clicks: () => begun.filter((b) => b.name === "click"),
    begin(name: string, { pitch, time }: { pitch: number; time: number }) {
      const entry: (typeof begun)[number] = { name, pitch, time, released: undefined };
      begun.push(entry);
      return {
        silentFrom: Number.POSITIVE_INFINITY,
        release: (at: number) => {
          entry.released ??= at;
        },
        dispose() {},
      };
    },
  };
}

function setup(parts: readonly Part[], start = { from: { part: 0, step: 0 }, countIn: false }) {
  const band = scribe();
  let settings: Settings = { ...usualSettings, tempo: 60, loop: false };
  const run = new Run(band, parts, () => settings, start);
  let time = 0;
  return {
    band,
    run,
    set: (change: Partial<Settings>) => {
      settings = { ...settings, ...change };
    },
    time: () => time,
    step(count = 1) {
      for (let i = 0; i < count; i++) {
        const mark = run.advance(time);
        if (!mark) return false;
        time += mark.seconds;
      }
      return true;
    },
  };
}

describe("Run", () => {
  test("plays notes on the grid and lets each go at its end", () => {
    const { band, step } = setup([part(note(60, 0, 4), note(62, 4, 2), note(64, 8, 24))]);
    expect(step(32)).toBe(true);
    expect(step()).toBe(false);
    expect(band.notes().map((n) => [n.pitch, n.time])).toEqual([
      [60, 0],
      [62, 1],
      [64, 2],
    ]);
    const released = band.notes().map((n) => n.released!);
    for (const [i, end] of [1, 1.5, 8].entries()) expect(Math.abs(released[i]! - end)).toBeLessThan(0.02);
  });

  test("a tempo is taken up by the next sixteenth, also by the end of a note that sounds", () => {
    const { band, step, set, time } = setup([part(note(60, 0, 8), note(62, 8, 4))]);
    step(4);
    set({ tempo: 120 });
    step(8);
    expect(band.notes()[1]!.time).toBe(1 + 4 * 0.125);
    expect(band.notes()[0]!.released).toBeCloseTo(1.5 - 0.012);
    expect(time()).toBe(2);
  });

  test("the loop is decided at the last moment", () => {
    const { band, step, set } = setup([part(note(60, 0, 1))]);
    step(32);
    set({ loop: true });
    expect(step(32)).toBe(true);
    set({ loop: false });
    expect(step()).toBe(false);
    expect(band.notes().map((n) => n.time)).toEqual([0, 8]);
  });

  test("a replaced part is heard from the next note on", () => {
    const { band, run, step } = setup([part(note(60, 0, 4), note(62, 4, 4))]);
    step(2);
    run.replace(0, { voice: "fiddle", notes: [note(72, 0, 4), note(74, 4, 4)] });
    run.replace(5, part());
    step(4);
    expect(band.notes().map((n) => [n.name, n.pitch])).toEqual([
      ["keys", 60],
      ["fiddle", 74],
    ]);
    expect(run.parts).toHaveLength(1);
  });

  test("counts four beats, then plays; the metronome clicks every quarter and can be turned off", () => {
    const { band, step, set } = setup([part(note(60, 0, 4))], { from: { part: 0, step: 0 }, countIn: true });
    set({ metronome: true });
    step(16 + 8);
    set({ metronome: false });
    step(8);
    expect(band.clicks().map((c) => c.time)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(band.notes()[0]!.time).toBe(4);
  });

  test("begins anywhere and walks through several parts", () => {
    const parts = [part(note(60, 0, 32)), part(note(62, 0, 32))];
    const { band, step } = setup(parts, { from: { part: 0, step: 30 }, countIn: false });
    step(4);
    expect(band.notes().map((n) => [n.pitch, n.time])).toEqual([
      [60, 0],
      [62, 0.5],
    ]);
    expect(band.notes()[0]!.released).toBeCloseTo(0.488);
  });
});

test("tempi and volumes out of range are held to it", () => {
  expect(sixteenthSeconds(1)).toBe(60 / 40 / 4);
  expect(sixteenthSeconds(1e9)).toBe(60 / 240 / 4);
  expect(sixteenthSeconds(Number.NaN)).toBe(60 / usualSettings.tempo / 4);
  expect([volumeGain(-1), volumeGain(0.5), volumeGain(7)]).toEqual([0, 0.25, 1]);
});
