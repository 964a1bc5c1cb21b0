import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe as describeAnyway, expect, test } from "vitest";
import type { Note, Notes } from "../src/piece/notes.ts";
import { type Served, serveRoll } from "./roll-harness/serve.ts";

const executable = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path && existsSync(path));

/** Skipped where there is no Chromium. */
const describe = describeAnyway.skipIf(executable === undefined);

let browser: Browser;
let served: Served;
let context: BrowserContext | undefined;

beforeAll(async () => {
  if (executable === undefined) return;
  served = await serveRoll();
  browser = await chromium.launch({
    executablePath: executable,
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

afterEach(async () => {
  await context?.close();
});

const note = (pitch: number, start: number, length: number): Note => ({ pitch, start, length, fold: 0 });
const few: Notes = [note(72, 0, 4), note(76, 4, 4), note(79, 8, 8), note(74, 16, 2), note(71, 20, 4)];

interface Harness {
  notes: Notes;
  readonly selection: readonly number[];
  readonly locked: readonly number[];
  readonly edits: { label: string; merge: string | undefined }[];
  readonly heard: number[];
  step: number | undefined;
  readonly renders: number;
  replace(notes: Notes): void;
  play(playing: boolean): void;
}

/** A page with a roll, and the ways to point at it. */
async function open(query: string, options: Parameters<Browser["newContext"]>[0] = {}) {
  context = await browser.newContext({ viewport: { width: 1000, height: 1000 }, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(`${served.url}?${query}`);
  const plane = page.locator("[data-plane]");
  await plane.waitFor();
  // The roll scrolls to its melody with the frame that shows it, and a finger that comes right then only stops the paper.
  await page.evaluate(() => new Promise(requestAnimationFrame));
  if (options.hasTouch) await page.waitForTimeout(150);
  const read = <K extends keyof Harness>(key: K): Promise<Harness[K]> =>
    page.evaluate((k) => (globalThis as unknown as { harness: Harness }).harness[k], key as keyof Harness) as Promise<
      Harness[K]
    >;
  /** A place in the page, by a step and a row. */
  const at = async (step: number, pitch: number): Promise<{ x: number; y: number }> => {
    const box = (await plane.boundingBox())!;
    return { x: box.x + (step * box.width) / 32, y: box.y + ((86.5 - pitch) * box.height) / 37 };
  };
  const move = async (...path: [step: number, pitch: number][]): Promise<void> => {
    for (const [step, pitch] of path) {
      const { x, y } = await at(step, pitch);
      await page.mouse.move(x, y, { steps: 3 });
    }
  };
  const dragTo = async (...path: [step: number, pitch: number][]): Promise<void> => {
    await move(path[0]!);
    await page.mouse.down();
    await move(...path.slice(1));
    await page.mouse.up();
  };
  return { page, errors, read, at, move, drag: dragTo };
}

/** Starts of undo steps: edits in a row with one key are one. */
const undoSteps = (edits: Harness["edits"]): number =>
  edits.filter((edit, i) => edit.merge === undefined || edit.merge !== edits[i - 1]?.merge).length;

describe("the mouse", () => {
  test("adds, draws, moves, resizes at both ends: one step of undo each", async () => {
    const { page, read, drag, errors } = await open("notes=empty");
    await drag([4.5, 70]);
    expect(await read("notes")).toEqual([note(70, 4, 2)]);
    await drag([12.2, 74], [14, 74], [16, 74]);
    expect(await read("notes")).toEqual([note(70, 4, 2), note(74, 12, 4)]);
    await page.waitForTimeout(400);
    await drag([14, 74], [15, 75], [18, 77]);
    expect(await read("notes")).toEqual([note(70, 4, 2), note(77, 16, 4)]);
    await drag([19.9, 77], [21, 77], [22.1, 77]);
    expect((await read("notes"))[1]).toEqual(note(77, 16, 6));
    await drag([16.1, 77], [15, 77], [14.1, 77]);
    expect((await read("notes"))[1]).toEqual(note(77, 14, 8));
    expect(undoSteps(await read("edits"))).toBe(5);
    expect((await read("edits")).length).toBeGreaterThan(5);
    expect(await read("selection")).toEqual([14]);
    expect((await read("heard")).slice(0, 3)).toEqual([70, 74, 74]);
    expect(errors).toEqual([]);
  });

  test("selects by rectangle and with Shift, moves all, copies with Alt", async () => {
    const { page, read, drag } = await open("");
    await page.keyboard.down("Shift");
    await drag([1, 82], [9, 70]);
    await page.keyboard.up("Shift");
    expect(await read("selection")).toEqual([0, 4, 8]);
    expect(await read("edits")).toEqual([]);
    await page.keyboard.down("Shift");
    await drag([9, 79]);
    await page.keyboard.up("Shift");
    expect(await read("selection")).toEqual([0, 4]);
    await drag([2, 72], [2, 70]);
    expect((await read("notes")).slice(0, 2)).toEqual([note(70, 0, 4), note(74, 4, 4)]);
    await page.waitForTimeout(400);
    await page.keyboard.down("Alt");
    await drag([21, 71], [27, 73]);
    await page.keyboard.up("Alt");
    expect((await read("notes")).slice(-2)).toEqual([note(71, 20, 4), note(73, 26, 4)]);
  });

  test("removes by double click, the other button and Delete", async () => {
    const { page, read, at } = await open("");
    const first = await at(2, 72);
    await page.mouse.dblclick(first.x, first.y);
    expect((await read("notes")).map((n) => n.start)).toEqual([4, 8, 16, 20]);
    const second = await at(6, 76);
    await page.mouse.click(second.x, second.y, { button: "right" });
    expect((await read("notes")).map((n) => n.start)).toEqual([8, 16, 20]);
    const third = await at(12, 79);
    await page.mouse.click(third.x, third.y);
    await page.keyboard.press("Delete");
    expect((await read("notes")).map((n) => n.start)).toEqual([16, 20]);
  });

  test("Escape calls a drag off; a melody from elsewhere ends it", async () => {
    const { page, read, move } = await open("");
    await move([2, 72]);
    await page.mouse.down();
    await move([6, 66]);
    expect((await read("notes"))[0]).toEqual(note(66, 4, 4));
    await page.keyboard.press("Escape");
    expect(await read("notes")).toEqual(few);
    await move([12, 60]);
    await page.mouse.up();
    expect(await read("notes")).toEqual(few);
    expect(undoSteps(await read("edits"))).toBe(1);
    await move([2, 72]);
    await page.mouse.down();
    await move([6, 66]);
    await page.evaluate((n) => (globalThis as unknown as { harness: Harness }).harness.replace(n), [note(60, 0, 8)]);
    await page.waitForTimeout(50);
    await move([10, 70]);
    await page.mouse.up();
    expect(await read("notes")).toEqual([note(60, 0, 8)]);
  });

  test("snaps to the scale and sounds the keys at the left", async () => {
    const { page, read, drag, at } = await open("notes=empty&scale=pentatonic&key=2");
    await drag([4.5, 73]);
    expect(await read("notes")).toEqual([note(72, 4, 2)]);
    await page.waitForTimeout(400);
    await drag([5, 72], [5, 75]);
    expect(await read("notes")).toEqual([note(74, 4, 2)]);
    const key = await at(0, 60);
    await page.mouse.click(key.x - 10, key.y);
    expect((await read("heard")).at(-1)).toBe(60);
    await expect.poll(() => page.locator("[role=application] text").allTextContents()).toContain("D5");
  });
});

describe("fingers", () => {
  const touch = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };

  /** Moves a finger along a path in the page. */
  async function swipe(page: Page, path: readonly { x: number; y: number }[], rest = 0): Promise<void> {
    const session = await page.context().newCDPSession(page);
    const send = (type: "touchStart" | "touchMove" | "touchEnd", points: { x: number; y: number }[]) =>
      session.send("Input.dispatchTouchEvent", { type, touchPoints: points });
    await send("touchStart", [path[0]!]);
    await page.waitForTimeout(rest);
    for (let i = 1; i < path.length; i++)
      for (let k = 1; k <= 4; k++) {
        const [from, to] = [path[i - 1]!, path[i]!];
        await send("touchMove", [{ x: from.x + ((to.x - from.x) * k) / 4, y: from.y + ((to.y - from.y) * k) / 4 }]);
        await page.waitForTimeout(16);
      }
    await send("touchEnd", []);
    await page.waitForTimeout(30);
  }

  test("tap to add, rest and drag sideways for a length, drag a note, double tap to remove", async () => {
    const { page, read, at, errors } = await open("notes=empty", touch);
    const tap = await at(2.5, 72);
    await page.touchscreen.tap(tap.x, tap.y);
    expect(await read("notes")).toEqual([note(72, 2, 2)]);
    const scroll = () => page.locator("[role=application]").evaluate((e) => [e.scrollLeft, e.scrollTop, scrollY]);
    const before = await scroll();
    await swipe(page, [await at(8.5, 70), await at(12, 70)], 600);
    expect((await read("notes"))[1]).toEqual(note(70, 8, 4));
    // Up and down too, a finger that has rested stays with its note.
    await swipe(page, [await at(13.5, 70), await at(13.5, 78)], 600);
    expect((await read("notes"))[2]).toEqual(note(70, 13, 4));
    expect(await scroll()).toEqual(before);
    await page.waitForTimeout(400);
    await swipe(page, [await at(14.5, 70), await at(14.5, 70)]);
    await page.keyboard.press("Delete");
    await swipe(page, [await at(9.5, 70), await at(9.5, 74)]);
    expect((await read("notes"))[1]).toEqual(note(74, 8, 4));
    await page.waitForTimeout(400);
    const twice = await at(9.5, 74);
    await page.touchscreen.tap(twice.x, twice.y);
    await page.touchscreen.tap(twice.x, twice.y);
    expect((await read("notes")).length).toBe(1);
    expect(errors).toEqual([]);
  });

  test("a drag over the paper scrolls both ways and edits nothing; a rest selects more", async () => {
    const { page, read, at } = await open("", touch);
    const scroller = page.locator("[role=application]");
    const top = () => scroller.evaluate((e) => e.scrollTop);
    const before = await top();
    await swipe(page, [await at(13, 70), await at(13, 76)]);
    await expect.poll(top).not.toBe(before);
    await swipe(page, [await at(13, 73), await at(6, 73)]);
    await expect.poll(() => scroller.evaluate((e) => e.scrollLeft)).toBeGreaterThan(50);
    expect(await read("edits")).toEqual([]);
    expect(await read("notes")).toEqual(few);
    // A tap that stops the paper while it runs writes nothing.
    await scroller.evaluate(async (e) => {
      e.scrollBy(0, 3);
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const { left, top } = e.querySelector("[data-plane]")!.getBoundingClientRect();
      const point = { pointerId: 9, pointerType: "touch", bubbles: true, clientX: left + 1, clientY: top + 1 };
      const plane = e.querySelector<HTMLElement>("[data-plane]")!;
      plane.setPointerCapture = () => undefined;
      plane.dispatchEvent(new PointerEvent("pointerdown", point));
      plane.dispatchEvent(new PointerEvent("pointerup", point));
      Reflect.deleteProperty(plane, "setPointerCapture");
    });
    expect(await read("edits")).toEqual([]);
    await page.waitForTimeout(300);
    await scroller.evaluate((e, y) => e.scrollTo(0, y), before);
    await page.waitForTimeout(200);
    const first = await at(2, 72);
    await page.touchscreen.tap(first.x, first.y);
    await swipe(page, [await at(6, 76)], 600);
    expect(await read("selection")).toEqual([0, 4]);
    expect(await read("edits")).toEqual([]);
  });

  test("meets 44 pixels around a note", async () => {
    const { page, read } = await open("", touch);
    const sizes = await page.locator("[data-start]").evaluateAll((bars) =>
      bars.map((bar) => {
        const reach = bar.firstElementChild!.getBoundingClientRect();
        return { height: reach.height, across: reach.width };
      }),
    );
    expect(sizes.length).toBe(5);
    for (const { height, across } of sizes) {
      expect(Math.round(height)).toBeGreaterThanOrEqual(44);
      expect(Math.round(across)).toBeGreaterThanOrEqual(40);
    }
    const bar = (await page.locator("[data-start='0']").boundingBox())!;
    await page.touchscreen.tap(bar.x + 30, bar.y - 8);
    expect(await read("selection")).toEqual([0]);
    expect(await read("edits")).toEqual([]);
  });
});

describe("the window", () => {
  /** The measures of the window, and what its edges tell. */
  const look = (page: Page) =>
    page.evaluate(() => {
      const scroller = document.querySelector("[role=application]")!;
      const bars = [...scroller.querySelectorAll("[data-start]")].map((bar) => bar.getBoundingClientRect());
      const { top, bottom } = scroller.getBoundingClientRect();
      return {
        scroll: scroller.scrollTop,
        row: document.querySelector("[data-plane]")!.clientHeight / 37,
        seen: bars.every((bar) => bar.top >= top + 24 && bar.bottom <= bottom),
        marks: [...document.querySelectorAll<HTMLElement>("[data-more]")]
          .filter((m) => !m.hidden)
          .map((m) => m.textContent),
        names: [...scroller.querySelectorAll("[data-key-name]:not([data-cut])")].map((name) => name.textContent),
      };
    });
  const replace = async (page: Page, notes: Notes): Promise<void> => {
    await page.evaluate((n) => (globalThis as unknown as { harness: Harness }).harness.replace(n), notes);
    await page.waitForTimeout(50);
  };
  const desk = { viewport: { width: 1000, height: 560 } };

  test("holds whatever melody comes, and stays with its rows while that fits", async () => {
    const { page, drag, read } = await open("", desk);
    const first = await look(page);
    expect(first).toMatchObject({ row: 14, seen: true, marks: [] });
    await replace(
      page,
      few.map((n) => ({ ...n, pitch: n.pitch + 1 })),
    );
    expect(await look(page)).toEqual(first);
    await replace(page, [note(55, 0, 4), note(84, 8, 4)]);
    const wide = await look(page);
    expect(wide).toMatchObject({ seen: true, marks: [] });
    expect(wide.row).toBeLessThan(first.row);
    expect(wide.row).toBeGreaterThanOrEqual(9);
    await replace(page, few);
    expect(await look(page)).toEqual(wide);
    // The roll's own edits change nothing of it.
    await drag([2, 72], [2, 84]);
    expect((await read("notes"))[0]?.pitch).toBe(84);
    expect(await look(page)).toEqual(wide);
  });

  test("keeps its rows while it is scrolled after an edit of its own", async () => {
    const { page, at, drag, read } = await open("", desk);
    const { row } = await look(page);
    await drag([2, 72], [2, 84]);
    const { x, y } = await at(21, 71);
    await page.mouse.click(x, y);
    for (let i = 0; i < 14; i++) await page.keyboard.press("Alt+ArrowDown");
    expect((await read("notes")).map((n) => n.pitch)).toEqual([84, 76, 79, 74, 57]);
    const top = () => page.locator("[role=application]").evaluate((e) => e.scrollTop);
    await page.evaluate(() => new Promise(requestAnimationFrame));
    const before = await top();
    await page.mouse.wheel(0, -20);
    await expect.poll(top).toBe(before - 20);
    await page.waitForTimeout(100);
    expect([(await look(page)).row, await top()]).toEqual([row, before - 20]);
  });

  test("tells at its edges what it does not show, and cuts no name of a key", async () => {
    const { page } = await open("", desk);
    const scroller = page.locator("[role=application]");
    await scroller.evaluate((e) => e.scrollTo(0, 0));
    await expect.poll(async () => (await look(page)).marks).toEqual([]);
    await scroller.evaluate((e) => e.scrollTo(0, 9999));
    await expect.poll(async () => (await look(page)).marks).toEqual(["4 ↑"]);
    for (let y = 0; y < 200; y += 9) {
      await scroller.evaluate((e, to) => e.scrollTo(0, to), y);
      await page.waitForTimeout(40);
      const cut = await scroller.evaluate((e) => {
        const { top, bottom } = e.getBoundingClientRect();
        return [...e.querySelectorAll("[data-key-name]:not([data-cut])")].filter((name) => {
          const box = name.getBoundingClientRect();
          return box.top + 3 < top + 24 || box.bottom - 3 > bottom;
        }).length;
      });
      expect(cut).toBe(0);
    }
    await scroller.evaluate((e) => e.scrollTo(0, 100));
    await expect.poll(async () => (await look(page)).names).toEqual(["C5", "C4"]);
  });

  test("tells on a phone what lies in the other bar", async () => {
    const { page } = await open("", { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
    expect((await look(page)).marks).toEqual(["1 →"]);
    await page.locator("[role=application]").evaluate((e) => e.scrollTo({ left: 9999 }));
    await expect.poll(async () => (await look(page)).marks).toEqual(["← 2"]);
  });
});

describe("the keyboard", () => {
  test("does everything, tells all of it and is one stop of Tab", async () => {
    const { page, read, errors } = await open("notes=empty");
    const said = () => page.locator("[role=status]").textContent();
    const says = (text: string) => expect.poll(said).toContain(text);
    await page.keyboard.press("Tab");
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("application");
    await page.keyboard.press("Enter");
    await says("Added C5, bar 1, beat 1, an eighth");
    await page.keyboard.press("]");
    await page.keyboard.press("]");
    await says("C5, a quarter");
    await page.keyboard.press("Control+ArrowRight");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await says("D5, bar 1, beat 2, empty");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Alt+ArrowDown");
    await page.keyboard.press("Shift+Alt+ArrowUp");
    await says("D flat 6, bar 1, beat 2");
    expect(await read("notes")).toEqual([note(72, 0, 4), note(85, 4, 4)]);
    await page.keyboard.press("Enter");
    await says("selected");
    expect(await read("selection")).toEqual([4]);
    await page.keyboard.press("Alt+ArrowRight");
    expect(await read("selection")).toEqual([5]);
    await page.keyboard.press("l");
    await says("locked");
    expect(await read("locked")).toEqual([5, 6, 7, 8]);
    await page.keyboard.press("Control+a");
    await says("All 2 notes are selected");
    await page.keyboard.press("Escape");
    await says("No note is selected");
    await page.keyboard.press(",");
    await says("C5, bar 1, beat 1");
    await page.keyboard.press("Delete");
    await says("Removed C5");
    expect(await read("notes")).toEqual([note(85, 5, 4)]);
    expect(undoSteps(await read("edits"))).toBe(8);
    // A key that is held is one step.
    await page.keyboard.press(".");
    await page.keyboard.down("Alt");
    for (let i = 0; i < 5; i++) await page.keyboard.down("ArrowRight");
    await page.keyboard.up("ArrowRight");
    await page.keyboard.up("Alt");
    expect((await read("notes"))[0]).toEqual(note(85, 10, 4));
    expect(undoSteps(await read("edits"))).toBe(9);
    await expect
      .poll(() => page.locator("ol > li").allTextContents())
      .toEqual(["D flat 6, bar 1, beat 3 and a half, a quarter"]);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("After");
    expect(errors).toEqual([]);
  });

  test("keeps the cursor in view where the roll is larger than its space", async () => {
    const { page } = await open("notes=empty", { viewport: { width: 300, height: 500 } });
    const inside = () =>
      page.evaluate(() => {
        const scroller = document.querySelector("[role=application]")!.getBoundingClientRect();
        const cursor = document.querySelector("[class*=cursor]")!.getBoundingClientRect();
        return (
          cursor.left >= scroller.left &&
          cursor.right <= scroller.right &&
          cursor.top >= scroller.top &&
          cursor.bottom <= scroller.bottom
        );
      });
    await page.keyboard.press("Tab");
    for (const key of ["End", "PageDown", "PageDown", "Home", "PageUp", "PageUp", "PageUp", "End"]) {
      await page.keyboard.press(key);
      await expect.poll(inside).toBe(true);
    }
  });
});

describe("while it plays", () => {
  test("the playhead moves without React and lights what sounds", async () => {
    const { page, read } = await open("");
    await page.evaluate(() => {
      const { harness } = globalThis as unknown as { harness: Harness };
      harness.step = 5;
      harness.play(true);
    });
    const lit = () =>
      page.locator("[data-sounding]").evaluateAll((bars) => bars.map((b) => (b as HTMLElement).dataset["start"]));
    await expect.poll(lit).toEqual(["4"]);
    const before = await read("renders");
    const shifts = await page.evaluate(async () => {
      const { harness } = globalThis as unknown as { harness: Harness };
      const line = document.querySelector<HTMLElement>("[class*=playhead]:not(path)")!;
      const seen = new Set<string>();
      for (let i = 0; i < 20; i++) {
        harness.step = 6 + i;
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        seen.add(line.style.transform);
      }
      return seen.size;
    });
    expect(shifts).toBe(20);
    expect(await read("renders")).toBe(before);
    await page.evaluate(() => (globalThis as unknown as { harness: Harness }).harness.play(false));
    await expect.poll(lit).toEqual([]);
    expect(await page.locator("[class*=playhead]:not(path)").isHidden()).toBe(true);
  });
});

describe("axe", () => {
  const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const states = ["notes=empty", "notes=tune&heat&locked=0,1,2,3", "notes=full&scale=blues"].flatMap((query) =>
    ["light", "dark"].map((theme) => `${query}&theme=${theme}`),
  );
  test.each(states)("finds nothing in %s", async (query) => {
    const { page } = await open(query, { bypassCSP: true });
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+a");
    await page.evaluate(source);
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`);
    });
    // The page of the test itself has no heading; that is not the roll's.
    expect(violations.filter((v) => !v.startsWith("page-has-heading-one"))).toEqual([]);
  });
});
