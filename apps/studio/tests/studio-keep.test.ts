import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Download, Page } from "playwright-core";
import { expect, it } from "vitest";
import { readDropped } from "../src/files/import.ts";
import { encodePiece } from "../src/keep/link.ts";
import { emptySide, type Piece, settled, voiceNames } from "../src/piece/piece.ts";
import { firstPiece } from "../src/store/first-piece.ts";
import { describeInBrowser, openPage } from "./browser.ts";
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

function randomPiece(next: () => number, n: number): Piece {
  const side = (title: string) => ({
    ...settled(emptySide(title, voiceNames[Math.floor(3 * next())]!), randomNotes(next)),
    place: { keyShift: Math.floor(12 * next()) - 5, octaveShift: 12 * (Math.floor(3 * next()) - 1) },
  });
  return { ...firstPiece, a: side(`Erste ${n}`), b: side(`Zweite ${n}`), tempo: 60 + Math.floor(100 * next()) };
}

const linkFrom = async (page: Page): Promise<string> => {
  await page.keyboard.press("k");
  const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
  await page.keyboard.press("Escape");
  return link;
};

async function bytesOf(download: Download): Promise<Uint8Array> {
  const path = join(mkdtempSync(join(tmpdir(), "normflow-studio-download-")), "file");
  await download.saveAs(path);
  return new Uint8Array(readFileSync(path));
}

describeInBrowser("links", () => {
  it("reopen in a fresh profile what was on the screen, in 400 characters at most", async () => {
    const next = dice(11);
    const from = await openPage();
    for (let n = 0; n < 5; n++) {
      const piece = randomPiece(next, n);
      await openPiece(from.page, piece);
      const link = await linkFrom(from.page);
      expect(link.length).toBeLessThanOrEqual(400);
      const to = await openPage({ path: new URL(link).pathname + new URL(link).hash });
      await to.page.getByText("This is the piece of the link.").waitFor();
      expect(encodePiece(await pieceOf(to.page))).toBe(encodePiece(piece));
      // The link has done its work: a reload opens what was made of it.
      await to.page.getByRole("textbox", { name: "Title of melody A" }).fill("Mine");
      await to.page.reload();
      await to.page.getByRole("textbox", { name: "Title of melody A" }).waitFor();
      expect((await pieceOf(to.page)).a.title).toBe("Mine");
      expect(to.problems).toEqual([]);
      await to.close();
    }
    await from.close();
  });

  it("that are rubbish, cut off or from a newer studio open with a sentence and lose nothing", async () => {
    const { page, problems, close } = await openPage();
    await page.getByRole("textbox", { name: "Title of melody A" }).fill("Dear to me");
    const link = encodePiece(firstPiece);
    const broken = [
      "rubbish",
      "%%%",
      "<script>alert(1)</script>",
      link.slice(0, -7),
      `${link.slice(0, 20)}xx${link.slice(22)}`,
      "A".repeat(100_000),
      `_${link.slice(1)}`,
    ];
    for (const text of broken) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, text);
      await page.getByRole("alert").getByText(/\.$/).waitFor();
      expect((await pieceOf(page)).a.title).toBe("Dear to me");
      await page.getByRole("button", { name: "Close this message" }).click();
    }
    expect(problems).toEqual([]);
    await close();
  });
});

describeInBrowser("files", () => {
  it("that are saved as MIDI and ABC open again as the same melody, and WAV has its length", async () => {
    const next = dice(12);
    const { page, problems, close } = await openPage();
    for (let n = 0; n < 6; n++) {
      const piece = randomPiece(next, n);
      await openPiece(page, piece);
      await focusSide(page, "a");
      const menu = page.getByRole("region", { name: "Melody A" });
      for (const format of ["MIDI", "ABC"] as const) {
        const downloading = page.waitForEvent("download");
        await menu.getByLabel("More for A").click();
        await menu.getByRole("button", { name: `Save as ${format}` }).click();
        const download = await downloading;
        const dropped = readDropped(download.suggestedFilename(), await bytesOf(download));
        if (dropped.kind !== "tunes") throw new Error("No tune.");
        const [choice] = dropped.choices;
        expect(choice).toMatchObject({ notes: piece.a.notes, place: piece.a.place, tempo: piece.tempo });
        // By the door of the page it comes into B.
        await focusSide(page, "b");
        const path = await download.path();
        await page.locator("#open-file").setInputFiles({
          name: download.suggestedFilename(),
          mimeType: "",
          buffer: readFileSync(path),
        });
        await page.getByText(/is B now/).waitFor();
        const opened = await pieceOf(page);
        expect(opened.b).toMatchObject({ notes: piece.a.notes, place: piece.a.place });
        await openPiece(page, piece);
        await focusSide(page, "a");
      }
    }
    const piece = await pieceOf(page);
    const downloading = page.waitForEvent("download");
    await page.keyboard.press("w");
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/\.wav$/);
    const wav = await bytesOf(download);
    const view = new DataView(wav.buffer);
    expect(new TextDecoder().decode(wav.subarray(0, 4))).toBe("RIFF");
    const [channels, rate, bits] = [view.getUint16(22, true), view.getUint32(24, true), view.getUint16(34, true)];
    const data = wav.findIndex(
      (_, i) => i > 11 && i % 2 === 0 && new TextDecoder().decode(wav.subarray(i, i + 4)) === "data",
    );
    const seconds = view.getUint32(data + 4, true) / (channels * rate * (bits / 8));
    expect(Math.abs(seconds - ((8 * 60) / piece.tempo + 1))).toBeLessThan(0.001);
    const samples = new Int16Array(wav.buffer.slice(data + 8));
    expect(samples.some((s) => Math.abs(s) > 1000)).toBe(true);
    expect(problems).toEqual([]);
    await close();
  });

  it("with many melodies are listed, heard and chosen from", async () => {
    const { page, problems, close } = await openPage();
    const book = ["scarborough-fair", "yankee-doodle", "auld-lang-syne", "ode-to-joy", "good-king-wenceslas"]
      .map((name, i) =>
        readFileSync(new URL(`../../../packages/music/fixtures/abc/${name}.abc`, import.meta.url), "utf8").replace(
          /^X:.*$/m,
          `X:${i + 1}`,
        ),
      )
      .join("\n\n");
    await page.locator("#open-file").setInputFiles({ name: "book.abc", mimeType: "", buffer: Buffer.from(book) });
    const dialog = page.getByRole("dialog", { name: "Which two bars of book.abc?" });
    await dialog.getByText(/\d+ melodies of two bars\..*left out/).waitFor();
    const pick = dialog.getByRole("button", { name: /to B$/ }).nth(2);
    const title = (await pick.getAttribute("aria-label"))!.replace(/ to B$/, "");
    await pick.click();
    await page.getByText(`“${title}” is B now`).waitFor();
    expect((await pieceOf(page)).b.title).toBe(title);
    expect(problems).toEqual([]);
    await close();
  });
});

describeInBrowser("a piece", () => {
  it("comes back after its tab was killed, with its history, undo and settings", async () => {
    const { page, context, close } = await openPage();
    await modelReady(page);
    await focusSide(page, "b");
    await after(page, () => page.keyboard.press("d"));
    await after(page, () => page.keyboard.press("d"));
    await page.keyboard.press("m");
    await page.getByRole("textbox", { name: "Title of melody A" }).fill("Before the crash");
    const before = await settledPiece(page);
    const crashed = page.waitForEvent("crash");
    page.goto("chrome://crash").catch(() => {});
    await crashed;
    const again = await openPage({ context });
    await modelReady(again.page);
    expect(await pieceOf(again.page)).toEqual(before);
    expect(await again.page.getByRole("list", { name: "History" }).getByRole("listitem").count()).toBe(2);
    expect(await again.page.getByRole("button", { name: "Metronome" }).getAttribute("aria-pressed")).toBe("true");
    await again.page.keyboard.press("Control+z");
    await again.page.keyboard.press("Control+z");
    expect(tuples((await pieceOf(again.page)).b.notes)).not.toEqual(tuples(before.b.notes));
    await close();
  });

  it("goes back to the start of 1,000 random edits and forward to their end", async () => {
    const next = dice(13);
    const { page, problems, close } = await openPage();
    const start = await pieceOf(page);
    const keys = [
      "ArrowLeft",
      "ArrowRight",
      "ArrowRight",
      "ArrowUp",
      "ArrowDown",
      "Enter",
      "Enter",
      "Delete",
      "[",
      "]",
      "Alt+ArrowUp",
      "Alt+ArrowDown",
      "Alt+ArrowRight",
      "Alt+ArrowLeft",
      "Control+ArrowRight",
      "l",
      "Escape",
    ];
    const rolls = [
      page.getByRole("application", { name: "Melody A" }),
      page.getByRole("application", { name: "Melody B" }),
    ];
    for (let i = 0; i < 1000; i++) {
      if (i % 100 === 0) await rolls[(i / 100) % 2]!.focus();
      await page.keyboard.press(keys[Math.floor(keys.length * next())]!);
    }
    const end = await pieceOf(page);
    expect(encodePiece(end)).not.toBe(encodePiece(start));
    const travel = async (name: string, key: string): Promise<number> => {
      const button = page.getByRole("button", { name, exact: true });
      let steps = 0;
      for (; steps < 1001 && (await button.isEnabled()); steps++) await page.keyboard.press(key);
      return steps;
    };
    await page.locator("body").click({ position: { x: 4, y: 400 } });
    const steps = await travel("Undo", "Control+z");
    expect(steps).toBeGreaterThan(200);
    expect(encodePiece(await pieceOf(page))).toBe(encodePiece(start));
    expect(await travel("Redo", "Control+y")).toBe(steps);
    expect(encodePiece(await pieceOf(page))).toBe(encodePiece(end));
    expect(problems).toEqual([]);
    await close();
  });

  it.each([
    ["crashes", "setTimeout(() => { throw new Error('crash'); })", 10_000],
    ["hangs", "for (;;);", 40_000],
  ] as const)("loses no note when the model's worker %s", async (_, harm, patience) => {
    const { page, close } = await openPage();
    await modelReady(page);
    await focusSide(page, "a");
    const before = await settledPiece(page);
    const [worker] = page.workers();
    worker!.evaluate(harm).catch(() => {});
    await page.waitForTimeout(300);
    expect(encodePiece(await pieceOf(page))).toBe(encodePiece(before));
    await page.keyboard.press("d");
    await page
      .getByText("The model had stopped and was started again; nothing was lost.")
      .waitFor({ timeout: patience });
    const drawn = await settledPiece(page);
    expect(tuples(drawn.b.notes)).toEqual(tuples(before.b.notes));
    expect(drawn.seed).toBe(before.seed + 1);
    await close();
  });
});
