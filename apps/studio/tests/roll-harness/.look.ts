import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { test } from "vitest";
import { serveRoll } from "./serve.ts";

test("look", async () => {
  const out = "/tmp/rollshots";
  mkdirSync(out, { recursive: true });
  const served = await serveRoll();
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  for (const [file, query, w, h, touch] of [
    ["light", "notes=tune&key=7&locked=12,13,14,15,16,17,18", 1440, 900, false],
    ["dark-heat", "notes=tune&theme=dark&heat&side=b&scale=major", 1440, 900, false],
    ["heat", "notes=tune&heat&scale=major", 1440, 900, false],
    ["empty", "notes=empty&scale=pentatonic", 1440, 900, false],
    ["full", "notes=full&locked=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15", 768, 1024, false],
    ["phone", "notes=tune&heat&locked=12,13,14,15", 390, 844, true],
    ["phone-dark", "notes=few&theme=dark", 390, 844, true],
  ] as const) {
    const context = await browser.newContext({
      viewport: { width: w, height: h },
      hasTouch: touch,
      isMobile: touch,
      deviceScaleFactor: touch ? 3 : 1,
    });
    const page = await context.newPage();
    page.on("console", (m) => console.log(file, m.type(), m.text()));
    page.on("pageerror", (e) => console.log(file, "ERR", e.message));
    await page.goto(served.url + "?" + query);
    await page.waitForSelector("[data-plane]");
    if (!touch) {
      await page.keyboard.press("Tab");
      if (file === "light") {
        await page.keyboard.press("Control+a");
        await page.keyboard.press(".");
      } else {
        const b = await page.locator("[data-plane]").boundingBox();
        await page.mouse.move(b!.x + 300, b!.y + 150);
      }
    }
    await page.screenshot({ path: `${out}/${file}.png` });
    await context.close();
  }
  await browser.close();
  await served.close();
});
