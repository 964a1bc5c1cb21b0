import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { layoutOf, open, reference, saveWeights, startValues } from "@normflow/core";
import { all } from "@normflow/layers/all";
import { fromEvent, MelodyModel, melodyFlow, toNotes } from "@normflow/music";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Notes, sameNotes } from "../src/piece/notes.ts";
import { emptySide, lockSteps, type Piece, settled } from "../src/piece/piece.ts";
import { inScale, scaleNames } from "../src/piece/scale.ts";
import { firstPiece } from "../src/store/first-piece.ts";
import { app, describeInBrowser, type Opened, openPage } from "./browser.ts";
import {
  after,
  dice,
  focusSide,
  modelReady,
  openPiece,
  pieceOf,
  randomNotes,
  settledPiece,
  tuples,
} from "./studio-door.ts";

/** Random cases of each promise: a hundred where there is time for them (npm run test:full). */
const CASES = process.env["NORMFLOW_SLOW"] === "1" ? 100 : 20;
const shipped = join(app, "../cli/models/melody.safetensors");

let opened: Opened;
let page: Page;
const side = (notes: Notes) => settled(emptySide("Case"), notes);
/** Without a second melody unless one is given: no path, whose finding would take most of the time. */
const pieceWith = (change: Partial<Piece>): Piece => ({ ...firstPiece, b: emptySide("B"), ...change });

describeInBrowser("the model in the page", () => {
  beforeAll(async () => {
    opened = await openPage();
    page = opened.page;
    await modelReady(page);
    await focusSide(page, "a");
  });
  afterAll(() => opened.close());

  it("draws for 50 seeds what flowctl samples on the reference backend", async () => {
    const model = MelodyModel.from(open(readFileSync(shipped), all), reference());
    for (let seed = 0; seed < 50; seed++) {
      await openPiece(page, pieceWith({ seed }));
      const drawn = await after(page, () => page.keyboard.press("d"));
      const [event] = await model.sample(1, { seed });
      expect(tuples(drawn.a.notes), `seed ${seed}`).toEqual(toNotes(fromEvent(event!)));
      expect(drawn.seed).toBe(seed + 1);
    }
    const flowctl = join(app, "../cli/bin/flowctl.mjs");
    for (const seed of [3, 1234, 2 ** 32 - 1]) {
      const line = execFileSync(
        process.execPath,
        [flowctl, "sample", "--json", "--backend", "reference", "--seed", String(seed)],
        { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
      );
      await openPiece(page, pieceWith({ seed }));
      const drawn = await after(page, () => page.keyboard.press("d"));
      expect(tuples(drawn.a.notes)).toEqual(JSON.parse(line).notes);
    }
  });

  it("varies: at 100 % the original, below it something else, and the original stays", async () => {
    const next = dice(1);
    let different = 0;
    for (let i = 0; i < CASES; i++) {
      const notes = randomNotes(next);
      await openPiece(page, pieceWith({ a: side(notes), seed: i, similarity: 0.5 }));
      const varied = await after(page, () => page.keyboard.press("v"));
      if (!sameNotes(varied.a.notes, notes)) different++;
      expect(sameNotes(varied.a.origin, notes)).toBe(true);
      await page.getByRole("slider", { name: "Similarity" }).fill("1");
      const back = await after(page, () => page.keyboard.press("v"));
      expect(tuples(back.a.notes)).toEqual(tuples(notes));
    }
    expect(different).toBeGreaterThanOrEqual(0.95 * CASES);
  });

  it("draws around locked notes and bars without touching them", async () => {
    const next = dice(2);
    for (let i = 0; i < CASES; i++) {
      const notes = randomNotes(next);
      const kept = i % 3 === 0 ? notes.filter((n) => n.start < 16) : notes.filter(() => next() < 0.4);
      const bar = Array.from({ length: 16 }, (_, t) => t);
      const steps = kept.flatMap((n) => Array.from({ length: n.length }, (_, k) => n.start + k));
      const locked = lockSteps(i % 3 === 0 ? [...bar, ...steps] : steps);
      if (locked.length === 0) continue;
      await openPiece(page, pieceWith({ a: { ...side(notes), locked }, seed: i }));
      const drawn = await after(page, () => page.keyboard.press("d"));
      for (const note of kept) expect(tuples(drawn.a.notes)).toContainEqual([note.pitch, note.start, note.length]);
      if (i % 3 === 0) expect(drawn.a.notes.filter((n) => n.start < 16)).toHaveLength(kept.length);
      expect(drawn.a.locked).toEqual(locked);
    }
  });

  it("moves register, density and leaps the way of their sliders, and back to the very melody", async () => {
    const next = dice(3);
    const pitches = (notes: Notes) => notes.reduce((sum, n) => sum + n.pitch, 0) / notes.length;
    const leaps = (notes: Notes) =>
      notes.slice(1).reduce((sum, n, i) => sum + Math.abs(n.pitch - notes[i]!.pitch), 0) /
      Math.max(1, notes.length - 1);
    const measures: readonly (readonly [name: string, measure: (notes: Notes) => number])[] = [
      ["Register", pitches],
      ["Density", (n) => n.length],
      ["Leaps", leaps],
    ];
    const moved = new Map(measures.map(([name]) => [name, 0]));
    for (let i = 0; i < CASES; i++) {
      const notes = randomNotes(next);
      await openPiece(page, pieceWith({ a: side(notes) }));
      const card = page.getByRole("region", { name: "Melody A" });
      for (const [name, measure] of measures) {
        const value = i % 2 === 0 ? 0.7 : -0.7;
        await card.getByRole("slider", { name }).fill(String(value));
        const slid = await settledPiece(page);
        const [then, now] = [measure(notes), measure(slid.a.notes)];
        if (value > 0) expect(now, name).toBeGreaterThanOrEqual(then - 1e-9);
        else expect(now, name).toBeLessThanOrEqual(then + 1e-9);
        if (now !== then) moved.set(name, moved.get(name)! + 1);
        await card.getByRole("slider", { name }).fill("0");
        expect(tuples((await settledPiece(page)).a.notes)).toEqual(tuples(notes));
      }
    }
    for (const [name, n] of moved) expect(n, name).toBeGreaterThan(0.75 * CASES);
  });

  it("keeps to the scale in all that it writes", async () => {
    const next = dice(4);
    for (let i = 0; i < CASES; i++) {
      const scale = scaleNames[1 + (i % (scaleNames.length - 1))]!;
      await openPiece(page, pieceWith({ a: side(randomNotes(next)), b: side(randomNotes(next)), scale, seed: i }));
      await focusSide(page, "a");
      const key = ["d", "v", "c"][i % 3]!;
      const { a } = await after(page, () => page.keyboard.press(key));
      const strays = a.notes.filter((n) => !inScale(scale, n.pitch));
      expect(strays, `${key} in ${scale}`).toEqual([]);
    }
  });

  it("takes the other's pitches and keeps the rhythm", async () => {
    const next = dice(5);
    for (let i = 0; i < CASES; i++) {
      const notes = randomNotes(next);
      await openPiece(page, pieceWith({ a: side(notes), b: side(randomNotes(next)) }));
      await focusSide(page, "a");
      const { a } = await after(page, () => page.keyboard.press("c"));
      expect(a.notes.map((n) => [n.start, n.length])).toEqual(notes.map((n) => [n.start, n.length]));
    }
  });

  it("finds paths whose ends are the very melodies", async () => {
    const next = dice(6);
    const list = page.getByRole("list", { name: "Melodies from A to B" });
    for (let i = 0; i < CASES; i++) {
      const [a, b] = [side(randomNotes(next)), side(randomNotes(next))];
      const points = 3 + (i % 15);
      await openPiece(page, pieceWith({ a, b, path: { points, preset: i % 2 ? "smooth" : "musical" } }));
      await list.locator(`li:nth-child(${points}):last-child`).waitFor();
      // Brought to the other side, an end is the melody itself; a new path between equal melodies stands still.
      const first = list.getByRole("button", { name: "Bring to B: Point 1 of" });
      const taken = await after(page, () => first.dispatchEvent("click"));
      expect(tuples(taken.b.notes)).toEqual(tuples(a.notes));
    }
  });

  it("says how typical a melody is, and which note surprises", async () => {
    await openPiece(page, firstPiece);
    const card = page.getByRole("region", { name: "Melody B" });
    await card.getByText(/Rather ordinary \(32 bits\): \d in 10/).waitFor();
    await card
      .getByText(/Most surprising: the [A-G][♯♭]?\d at bar [12], beat [1-4].*, a chance of 1 in [\d,]+/)
      .waitFor();
  });

  it("draws otherwise with another model file, refuses what is none, and goes back", async () => {
    const size = { width: 16, blocks: 1, heads: 2 };
    const layout = layoutOf(melodyFlow(size).params);
    const weights = { params: startValues(layout, [3, 4]).map((v) => 3 * v), state: new Float64Array(0) };
    const draw = async () => {
      await openPiece(page, pieceWith({ seed: 5 }));
      await focusSide(page, "a");
      return tuples((await after(page, () => page.keyboard.press("d"))).a.notes);
    };
    const before = await draw();
    const input = page.locator("#open-file");
    await input.setInputFiles({
      name: "own.safetensors",
      mimeType: "application/octet-stream",
      buffer: Buffer.from(saveWeights(melodyFlow(size), weights, {})),
    });
    await page.getByText("Model: own.safetensors").waitFor();
    expect(await draw()).not.toEqual(before);
    await input.setInputFiles({ name: "bad.safetensors", mimeType: "", buffer: Buffer.from("no model") });
    await page.getByRole("alert").getByText(/\.$/).waitFor();
    await page.getByText("Model: own.safetensors").waitFor();
    await page.reload();
    await page.getByText("Model: own.safetensors").waitFor();
    await page.getByRole("button", { name: "back to the built-in one" }).click();
    await page.getByText("Model: Irish dance tunes").waitFor();
    expect(await draw()).toEqual(before);
    expect((await pieceOf(page)).seed).toBe(6);
  });

  it("said nothing on the console all the while", () => {
    expect(opened.problems).toEqual([]);
  });
});
