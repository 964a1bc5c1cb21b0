import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeInBrowser, openPage } from "./browser.ts";
import { after, focusSide, modelReady, pieceOf } from "./studio-door.ts";

/** What has the focus, by its name. */
const focused = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? element?.textContent ?? undefined;
  });

describeInBrowser("the focus", () => {
  it("comes back from every dialog, whichever way it is closed", async () => {
    const { page, problems, close } = await openPage();
    for (const [button, dialog] of [
      ["Help and keys", "Help and keys"],
      ["Link to this piece", "Link to this piece"],
    ] as const)
      for (const way of ["Escape", "button", "outside"] as const) {
        const opener = page.getByRole("button", { name: button });
        await opener.focus();
        await page.keyboard.press("Enter");
        const sheet = page.getByRole("dialog", { name: dialog });
        await sheet.waitFor();
        if (way === "Escape") await page.keyboard.press("Escape");
        else if (way === "button") await sheet.getByRole("button", { name: "Close" }).press("Enter");
        else await page.mouse.click(3, 3);
        await sheet.waitFor({ state: "detached" });
        expect(await focused(page), `${dialog}, ${way}`).toBe(button);
      }
    expect(problems).toEqual([]);
    await close();
  });

  it("stays at a menu after a choice, and by a melody after another was removed", async () => {
    const { page, problems, close } = await openPage();
    await modelReady(page);
    const more = page.getByLabel("More for B");
    await more.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    expect(await focused(page)).toBe("More for B");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "A semitone up" }).last().press("Enter");
    expect(await focused(page)).toBe("More for B");
    expect(await page.getByRole("button", { name: "A semitone up" }).count()).toBe(0);

    await focusSide(page, "a");
    for (let i = 0; i < 3; i++) await after(page, () => page.keyboard.press("d"));
    const history = page.getByRole("list", { name: "History" }).getByRole("listitem");
    for (const left of [2, 1, 0]) {
      await history
        .first()
        .getByRole("button", { name: /^Remove/ })
        .press("Enter");
      expect(await history.count()).toBe(left);
      expect(await page.evaluate(() => document.activeElement !== document.body)).toBe(true);
    }
    await page.getByRole("button", { name: "Put it back" }).click();
    expect(await history.count()).toBe(1);
    expect(problems).toEqual([]);
    await close();
  });

  it("is in no trap: Tab goes once around the page", async () => {
    const { page, close } = await openPage();
    // The last section to be drawn.
    await page.getByRole("region", { name: "History" }).waitFor();
    await page.locator("body").click({ position: { x: 4, y: 400 } });
    const seen = new Set<string>();
    let around = false;
    for (let i = 0; i < 150 && !around; i++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const all = [...document.querySelectorAll("*")];
        return document.activeElement === document.body ? "" : String(all.indexOf(document.activeElement!));
      });
      around = at === "" || (seen.size > 30 && seen.has(at));
      seen.add(at);
    }
    expect(around).toBe(true);
    expect(seen.size).toBeGreaterThan(30);
    await close();
  });

  it("and keys write nothing over the melody that is being dragged", async () => {
    const { page, close } = await openPage();
    await modelReady(page);
    const roll = page.getByRole("application", { name: "Melody A" });
    const box = (await roll.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.52, { steps: 3 });
    expect(await page.locator("[data-active]").count()).toBe(1);
    await page.keyboard.press("x");
    await page.keyboard.press("d");
    await page.mouse.move(box.x + box.width * 0.62, box.y + box.height * 0.53, { steps: 3 });
    await page.mouse.up();
    const { a, b } = await pieceOf(page);
    expect([a.title, b.title]).toEqual(["Seed 1, edited", "Seed 42"]);
    await close();
  });
});
