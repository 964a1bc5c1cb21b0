/**
 * A site of a few lines, finished as the studio is, for tests of what serves and keeps it.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { app } from "./server.ts";

/** Makes a finished site whose page says `word`, now and from a script that it loads when asked; returns its folder. */
export async function smallSite(word: string, base = ""): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "normflow-site-"));
  const chunks = `${base}/_next/static/chunks`;
  const files: Record<string, string | Uint8Array> = {
    "index.html": page(`
      <h1>${word}</h1><output id="inline"></output><output id="lazy"></output>
      <script src="${chunks}/main-${word}.js" async=""></script><script src="${chunks}/old-${word}.js" noModule=""></script>
      <script>document.getElementById("inline").textContent = "${word} & <inline>";</script>`),
    "404.html": page("<h1>Nothing here</h1>"),
    "index.txt": "flight",
    ".nojekyll": "",
    [`_next/static/chunks/main-${word}.js`]: `
      navigator.serviceWorker.register("${base}/sw.js");
      window.lazily = () => import("${chunks}/lazy-${word}.js").then((m) => (document.getElementById("lazy").textContent = m.word));
      window.working = () => new Promise((done, failed) => {
        const worker = new Worker("${chunks}/worker-${word}.js#given");
        worker.onmessage = ({ data }) => done(data);
        worker.onerror = () => failed(new Error("the worker did not start"));
      });`,
    [`_next/static/chunks/worker-${word}.js`]: `postMessage("${word}" + location.hash);`,
    [`_next/static/chunks/lazy-${word}.js`]: `export const word = "${word}"; // ${"filler ".repeat(200)}`,
    [`_next/static/chunks/old-${word}.js`]: "var old;",
    "model/melody.safetensors": Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251),
    "manifest.webmanifest": "{}",
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  await promisify(execFile)(process.execPath, [join(app, "scripts/finish.mjs"), folder]);
  return folder;
}

function page(body: string): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/><title>site</title><link rel="icon" href="data:,"></head><body>${body}</body></html>`;
}

/** Puts another finished site in the place of one that is being served. */
export function replaceSite(folder: string, next: string): void {
  rmSync(folder, { recursive: true });
  cpSync(next, folder, { recursive: true });
}
