import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import {
  damaged,
  fixture,
  goodFiles,
  type HostileFile,
  heavyFiles,
  hostileModels,
  namedFiles,
  randomFiles,
  refusedFiles,
  scriptTitles,
  titledFiles,
} from "../src/files/testing/hostile-files.ts";
import { encodePiece } from "../src/keep/link.ts";
import { dice } from "../src/keep/testing/random-piece.ts";
import { describeInBrowser, keptOffline, openPage } from "./browser.ts";
import { after, focusSide, modelReady, pieceOf } from "./studio-door.ts";

/** Milliseconds that the page may stand still while a file is read. */
const STILL = 500;

/** Files that are sent to the page within a message; larger ones come from the disk. */
const SMALL = 200_000;

const roll = dice(31);
const damagedFiles = goodFiles.flatMap((path) =>
  Array.from({ length: 8 }, (_, i): HostileFile => {
    const bytes = damaged(roll, fixture(path));
    return [`${path}, damaged, ${i}`, path.replace(/^.*\//, ""), () => bytes];
  }),
);

const files: readonly HostileFile[] = [
  ...refusedFiles,
  ...hostileModels,
  ...randomFiles,
  ...namedFiles,
  ...damagedFiles,
  ...scriptTitles.flatMap(titledFiles),
  ...heavyFiles,
];

/** What came of a file: sentences on the screen, or the name of a dialog. */
interface Outcome {
  readonly sentences: readonly string[];
  readonly tone: string | undefined;
  readonly dialog: string | undefined;
}

/** Watches how long the page stands still, from its first moment on. */
const watch = (): void => {
  const page = globalThis as unknown as { still: number };
  page.still = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) page.still = Math.max(page.still, duration);
  }).observe({ type: "longtask" });
};

const standstill = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const watched = globalThis as unknown as { still: number };
    const { still } = watched;
    watched.still = 0;
    return still;
  });

/** Waits until the page says something, or lists melodies. */
async function outcome(page: Page, patience = 40_000): Promise<Outcome> {
  return page.evaluate(async (most) => {
    const end = performance.now() + most;
    for (;;) {
      const dialog = document.querySelector("dialog[open]")?.getAttribute("aria-label") ?? undefined;
      const notices = [...document.querySelectorAll<HTMLElement>("[data-tone]")].filter((n) => n.dataset["tone"]);
      const sentences = notices.map((n) => n.querySelector("p")?.textContent ?? "");
      if (dialog !== undefined || sentences.length > 0) return { dialog, sentences, tone: notices[0]?.dataset["tone"] };
      if (performance.now() > end) return { dialog, sentences, tone: undefined };
      await new Promise((done) => setTimeout(done, 10));
    }
  }, patience);
}

/** Drops a file onto a melody as a hand would. */
async function dropFile(page: Page, name: string, data: Uint8Array, side: string): Promise<void> {
  await page.evaluate(
    ([called, base64, onto]) => {
      const bytes = Uint8Array.from(atob(base64!), (c) => c.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], called!));
      const target = document.querySelector(`[data-drop="${onto}"] [role=application]`)!;
      for (const type of ["dragenter", "dragover", "drop"])
        target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, Buffer.from(data).toString("base64"), side],
  );
}

/** Closes what was said and listed. */
async function tidy(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  const close = page.getByRole("button", { name: "Close this message" });
  while ((await close.count()) > 0) await close.first().click();
}

const historyOf = (page: Page): Promise<number> =>
  page.getByRole("list", { name: "History" }).getByRole("listitem").count();

const modelOf = (page: Page): Promise<string | null> =>
  page
    .getByText(/^Model: /)
    .first()
    .textContent();

describeInBrowser("hostile files", () => {
  it("end in one sentence each, with nothing executed and nothing lost", async () => {
    expect(files.length).toBeGreaterThanOrEqual(200);
    const folder = mkdtempSync(join(tmpdir(), "normflow-hostile-"));
    const { page, problems, requests, close } = await openPage({ before: watch });
    page.setDefaultTimeout(15_000);
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await modelReady(page);
    await focusSide(page, "a");
    await after(page, () => page.keyboard.press("d"));
    await tidy(page);
    // All that the page keeps for later has been asked for by then.
    await keptOffline(page);
    const model = await modelOf(page);
    // The worker that reads files, and what it consists of, is asked for at the first of them.
    const asked = new Set(requests);
    await standstill(page);

    const begin = Date.now();
    const taken: string[] = [];
    const told: string[] = [];
    const slowest: [ms: number, what: string, said: string | undefined][] = [];
    let worst: readonly [still: number, what: string] = [0, ""];
    // One in four, all of them where there is time (npm run test:full).
    const given = files.filter((_, n) => process.env["NORMFLOW_SLOW"] === "1" || n % 4 === 0);
    for (const [i, [what, name, make]] of given.entries()) {
      const data = make();
      const before = { piece: encodePiece(await pieceOf(page)), history: await historyOf(page) };
      const given = Date.now();
      if (data.length > SMALL) {
        const path = join(folder, `${i}-${name.slice(-30)}`);
        writeFileSync(path, data);
        await page.locator("#open-file").setInputFiles(path);
      } else if (i % 3 === 0)
        await page.locator("#open-file").setInputFiles({ name, mimeType: "", buffer: Buffer.from(data) });
      else await dropFile(page, name, data, i % 3 === 1 ? "a" : "b");
      const { sentences, tone, dialog } = await outcome(page);
      slowest.push([Date.now() - given, what, sentences[0] ?? dialog]);
      const still = await standstill(page);
      if (still > worst[0]) worst = [still, what];
      expect.soft(still, `${what}: the page stood still`).toBeLessThan(STILL);
      if (dialog === undefined) {
        expect.soft(sentences, what).toHaveLength(1);
        expect.soft(sentences[0], what).toMatch(/^\S[^\n]*[.!?]$/);
        expect.soft(sentences[0]!.length, what).toBeLessThan(600);
        expect
          .soft(sentences[0], what)
          .not.toMatch(/undefined|NaN|\[object|Error:|Something went wrong|\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      } else expect.soft(dialog, what).toMatch(/^Which two bars of /);
      if (tone === "plain") {
        taken.push(what);
        expect.soft(sentences[0], what).toMatch(/^“.*” is [AB] now[.,]/);
        // What was there comes back by one step.
        await page.getByRole("button", { name: "Undo", exact: true }).click();
      } else {
        told.push(sentences[0] ?? dialog!);
        expect.soft(await historyOf(page), what).toBe(before.history);
      }
      expect.soft(encodePiece(await pieceOf(page)), `${what}: the piece`).toBe(before.piece);
      await tidy(page);
    }
    const seconds = (Date.now() - begin) / 1000;
    slowest.sort((x, y) => y[0] - x[0]);
    console.log(
      slowest
        .slice(0, 8)
        .map(([ms, what, said]) => `${ms} ms: ${what}: ${said}`)
        .join("\n"),
    );
    console.log(
      `${given.length} files in ${seconds.toFixed(1)} s, ${taken.length} taken, ${new Set(told).size} different sentences; the page stood still for ${Math.round(worst[0])} ms at most (${worst[1]}).`,
    );
    rmSync(folder, { recursive: true, force: true });

    // Nothing of it was executed, asked for, or put in the place of the model.
    expect(await page.evaluate(() => (globalThis as { hacked?: unknown }).hacked)).toBeUndefined();
    expect(dialogs).toEqual([]);
    expect(problems).toEqual([]);
    expect(requests.filter((url) => !asked.has(url) && !url.includes("/_next/static/"))).toEqual([]);
    expect(await page.locator("iframe, img, script[src*=elsewhere], link[href*=elsewhere], svg[onload]").count()).toBe(
      0,
    );
    expect(await modelOf(page)).toBe(model);
    // All of it still works, and a reload finds it.
    const drawn = await after(page, () => page.keyboard.press("d"));
    await page.reload();
    await modelReady(page);
    expect(encodePiece(await pieceOf(page))).toBe(encodePiece(drawn));
    expect(problems).toEqual([]);
    await close();
  }, 240_000);

  it("of 200 MB, of just less than the most, many at once, folders and what is no file end in a sentence too", async () => {
    const { page, problems, close } = await openPage({ before: watch });
    await modelReady(page);
    await page.waitForTimeout(500);
    await standstill(page);
    const before = encodePiece(await pieceOf(page));
    const drop = (kind: string): Promise<void> =>
      page.evaluate((what) => {
        const dataTransfer = new DataTransfer();
        const block = new Blob([new Uint8Array(2 ** 20)]);
        const add = (name: string, parts: BlobPart[]): void => void dataTransfer.items.add(new File(parts, name));
        if (what === "200 MB") add("huge.mid", Array(200).fill(block));
        if (what === "just less") add("large.mid", [...Array(31).fill(block), new Uint8Array(2 ** 20 - 1)]);
        if (what === "many") for (let i = 0; i < 30; i++) add(`${i}.txt`, [`file ${i}`]);
        if (what === "text") dataTransfer.items.add("https://elsewhere.example/", "text/uri-list");
        const over = new DragEvent("dragover", { dataTransfer, bubbles: true, cancelable: true });
        const dropped = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
        document.body.dispatchEvent(over);
        document.body.dispatchEvent(dropped);
        // Else the browser would open it in the place of the page.
        if (!over.defaultPrevented || !dropped.defaultPrevented) throw new Error("The browser may take it.");
      }, kind);
    const sentences: Record<string, RegExp> = {
      "200 MB": /^huge\.mid is too large to be a melody or a model\./,
      "just less": /^large\.mid is larger than 1 MiB/,
      many: /^0\.txt holds no notes/,
      text: /^Only files can be dropped here/,
    };
    for (const [kind, sentence] of Object.entries(sentences)) {
      await drop(kind);
      const { sentences: said } = await outcome(page);
      expect(said).toHaveLength(1);
      expect(said[0]).toMatch(sentence);
      expect(await standstill(page), kind).toBeLessThan(STILL);
      expect(encodePiece(await pieceOf(page))).toBe(before);
      await tidy(page);
    }
    expect(problems).toEqual([]);
    await close();
  });
});
