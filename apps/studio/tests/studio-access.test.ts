import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { emptySide } from "../src/piece/piece.ts";
import { firstPiece } from "../src/store/first-piece.ts";
import { browser, describeInBrowser, openPage, studio } from "./browser.ts";
import { after, focusSide, modelReady, openPiece, pieceOf, settledPiece, tuples } from "./studio-door.ts";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate(async () => {
    const { axe: run } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await run.run()).violations;
  });
  return found.flatMap(({ id, nodes }) => nodes.map((n) => `${id}: ${n.html.slice(0, 160)} ${n.failureSummary ?? ""}`));
}

describeInBrowser("axe finds no violation", () => {
  for (const colorScheme of ["light", "dark"] as const)
    it(`in any state of the screen, ${colorScheme}`, async () => {
      // The tool is injected, which the policy of the page would forbid.
      const context = await (await browser()).newContext({
        bypassCSP: true,
        colorScheme,
        viewport: { width: 1440, height: 900 },
      });
      const { page, close } = await openPage({ context });
      await page.addScriptTag({ path: axe });
      await modelReady(page);
      await page
        .getByText(/typical|expected|unusual/)
        .first()
        .waitFor();
      const look = async (state: string): Promise<void> => expect(await violations(page), state).toEqual([]);
      await look("first visit");
      await focusSide(page, "a");
      await page.keyboard.press("h");
      await page.keyboard.press("1");
      await after(page, () => page.keyboard.press("d"));
      await page.keyboard.press("f");
      await look("surprise, locks, history, favourite, message");
      await page.keyboard.press(" ");
      await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
      await look("playing");
      await page.keyboard.press(" ");
      await page.keyboard.press("?");
      await look("help");
      await page.keyboard.press("Escape");
      await page.keyboard.press("k");
      await look("link");
      await page.keyboard.press("Escape");
      await page.getByLabel("More for B").click();
      await look("menu");
      await page.keyboard.press("Escape");
      await page.locator("#open-file").setInputFiles({
        name: "two.abc",
        mimeType: "",
        buffer: Buffer.from("X:1\nT:Two\nM:4/4\nL:1/8\nK:G\nGABc dedB|dedB dedB|c2ec B2dB|A2A2 A4|\n"),
      });
      await page.getByRole("dialog").waitFor();
      await look("choices");
      await page.keyboard.press("Escape");
      await openPiece(page, { ...firstPiece, a: emptySide("A"), b: emptySide("B") });
      await look("empty");
      await page.locator("#open-file").setInputFiles({ name: "x.mid", mimeType: "", buffer: Buffer.from("nothing") });
      await page.getByRole("alert").getByText(/\.$/).waitFor();
      await look("error");
      await page.setViewportSize({ width: 390, height: 844 });
      await look("narrow");
      await close();
      await context.close();
    });
});

describeInBrowser("the keyboard alone", () => {
  it("reaches all that draws, varies, locks, slides, morphs and plays", async () => {
    const { page, problems, close } = await openPage();
    await modelReady(page);
    /** Tabs on until a control of this name has the focus. */
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let i = 0; i < 140; i++) {
        await page.keyboard.press("Tab");
        const found = await page.evaluate(() => {
          const e = document.activeElement as HTMLElement | null;
          if (!e) return "";
          const label = (e as HTMLInputElement).labels?.[0]?.textContent;
          return e.getAttribute("aria-label") ?? label ?? e.textContent ?? "";
        });
        if (name.test(found)) return;
      }
      throw new Error(`No tab stop is called ${name}.`);
    };
    await tabTo(/^Seed$/);
    await page.keyboard.press("Control+a");
    await page.keyboard.type("77");
    await tabTo(/^Temperature$/);
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowLeft");
    await tabTo(/^Scale$/);
    await page.keyboard.press("ArrowDown");
    await tabTo(/^Melody A$/);
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    for (const key of ["Enter", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp", "Enter"])
      await page.keyboard.press(key);
    const written = await pieceOf(page);
    expect(written).toMatchObject({ seed: 77, temperature: 0.8, scale: "major" });
    expect(written.a.notes).toHaveLength(2);
    // The last note is selected: locked, it stays when the rest is drawn.
    await page.keyboard.press("l");
    const [last] = written.a.notes.slice(-1);
    const drawn = await after(page, () => page.keyboard.press("d"));
    expect(tuples(drawn.a.notes)).toContainEqual([last!.pitch, last!.start, last!.length]);
    expect(drawn.seed).toBe(78);
    const varied = await after(page, () => page.keyboard.press("v"));
    expect(tuples(varied.a.notes)).toContainEqual([last!.pitch, last!.start, last!.length]);
    await tabTo(/^Register$/);
    for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowRight");
    const slid = await settledPiece(page);
    expect(slid.a.shape.register).toBeCloseTo(0.5);
    await tabTo(/^Play the whole path$/);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Stop the whole path" }).waitFor();
    await page.keyboard.press("Enter");
    await tabTo(/^Play: Point 3 of 9/);
    const taken = await after(page, () => page.keyboard.press("b"));
    expect(tuples(taken.b.notes)).not.toEqual(tuples(slid.b.notes));
    await page.keyboard.press("Control+z");
    expect(tuples((await pieceOf(page)).b.notes)).toEqual(tuples(slid.b.notes));
    expect(problems).toEqual([]);
    await close();
  });
});

describeInBrowser("touch", () => {
  it("finds every target 44 pixels wide and high", async () => {
    const context = await (await browser()).newContext({
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
      deviceScaleFactor: 2,
    });
    const page = await context.newPage();
    await page.goto(await studio());
    await modelReady(page);
    await page.getByText(/^Seed 2, temperature/).tap();
    await page.getByRole("button", { name: "Draw", exact: true }).first().tap();
    await page.getByRole("list", { name: "History" }).waitFor();
    const small = await page.evaluate(() =>
      [
        ...document.querySelectorAll<HTMLElement>(
          "button, select, input:not([type=file],[type=radio]), summary, label:has([type=radio])",
        ),
      ]
        .map((e) => ({ e, box: e.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.width < 43.5 || box.height < 43.5))
        .map(
          ({ e, box }) => `${e.tagName} ${e.getAttribute("aria-label") ?? e.textContent} ${box.width}×${box.height}`,
        ),
    );
    expect(small).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await context.close();
  });
});
