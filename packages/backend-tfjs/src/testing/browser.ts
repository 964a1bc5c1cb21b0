/**
 * Opens Chromium with software drivers and a page that holds the harness.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { describe } from "vitest";

const places = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executable = places.find((path) => path !== undefined && path !== "" && existsSync(path));
if (executable === undefined)
  console.warn("No Chromium was found, so the WebGL tests are skipped: install it, or set CHROMIUM to where it is.");

/** `describe` for tests that need Chromium: skipped, with a line that says so, where there is none. */
export const describeInBrowser: typeof describe.skip = executable === undefined ? describe.skip : describe;

/** The harness as one script. */
async function script(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@normflow/source"] },
    build: {
      write: false,
      minify: false,
      target: "es2022",
      lib: { entry: resolve(import.meta.dirname, "page.ts"), formats: ["iife"], name: "page", fileName: "page" },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!output || !("output" in output)) throw new Error("vite gave no bundle");
  return output.output[0].code;
}

/** Opens the harness; no request leaves the machine. */
export async function openHarness(): Promise<{ readonly page: Page; readonly browser: Browser }> {
  const code = await script();
  const browser = await chromium.launch({
    executablePath: executable!,
    args: [
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--use-gl=angle",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
    ],
  });
  const page = await browser.newPage();
  await page.setContent("<!doctype html><title>harness</title>");
  await page.addScriptTag({ content: code });
  return { page, browser };
}
