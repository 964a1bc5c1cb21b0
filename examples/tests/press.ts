/**
 * Opens a built page in Chromium and presses its button.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";

const places = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser, where there is one. */
export const executable = places.find((path) => path !== undefined && path !== "" && existsSync(path));

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};

/** What the page shows once its button was pressed, and what it complained of. */
export async function press(folder: string): Promise<{ readonly text: string; readonly problems: readonly string[] }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").replace(/[?#].*/, "").replace(/\/$/, "/index.html");
    const file = join(folder, path);
    const there = existsSync(file) && extname(file) !== "";
    response.writeHead(there ? 200 : 404, { "content-type": types[extname(file)] ?? "application/octet-stream" });
    response.end(there ? readFileSync(file) : "");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const browser = await chromium.launch({
    executablePath: executable!,
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.locator("button:enabled").click();
    await page.getByText(/\d bits/).waitFor();
    return { text: (await page.locator("body").textContent()) ?? "", problems };
  } finally {
    await browser.close();
    await new Promise((done) => server.close(done));
  }
}
