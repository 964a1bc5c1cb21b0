/**
 * Draws the PNG icons of `public/` from its `icon.svg`, with Chromium: run it after the drawing changed.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { app } from "./app.mjs";

const drawing = readFileSync(join(app, "public/icon.svg"), "utf8");
// Who installs the page may cut an icon to a shape: no corners of its own, and the mark within four fifths of a maskable one.
const square = drawing.replace(' rx="14"', "");
const maskable = square.replace(
  /(<rect[^>]*>)([\s\S]*)<\/svg>/,
  '$1<g transform="translate(8 8) scale(.75)">$2</g></svg>',
);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage();
for (const [name, size, svg] of [
  ["icon-192.png", 192, drawing],
  ["icon-512.png", 512, drawing],
  ["icon-maskable-512.png", 512, maskable],
  ["icon-apple-180.png", 180, square],
]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  writeFileSync(join(app, "public", name), await page.screenshot({ omitBackground: true }));
}
await browser.close();
