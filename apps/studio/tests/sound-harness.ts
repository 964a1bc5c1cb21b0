/**
 * Bundles the sound, serves it under the studio's policy and opens it in Chromium.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { build, type Rollup } from "vite";

const CHROMIUM = "/usr/bin/chromium";

/** Whether sound can be measured here. */
export const canMeasure = existsSync(CHROMIUM);

/** What the studio's pages may do, and no more. */
const POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'";

const RECORDER = `registerProcessor("recorder", class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.frame = undefined;
    this.blocks = [];
    this.port.onmessage = ({ data }) => {
      if (data === "dump") {
        const samples = new Float32Array(this.blocks.length * 128);
        this.blocks.forEach((b, i) => samples.set(b, i * 128));
        this.port.postMessage({ frame: this.frame ?? currentFrame, samples });
      }
      this.blocks = [];
      this.frame = undefined;
    };
  }
  process([input]) {
    this.frame ??= currentFrame;
    this.blocks.push(input[0] ? input[0].slice() : new Float32Array(128));
    return true;
  }
});`;

async function bundle(): Promise<Map<string, string>> {
  const built = (await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: "error",
    resolve: { mainFields: ["module", "main"], conditions: ["@normflow/source", "browser", "module", "import"] },
    build: {
      write: false,
      target: "es2022",
      minify: false,
      modulePreload: false,
      rollupOptions: {
        input: join(import.meta.dirname, "sound-page.ts"),
        output: { entryFileNames: "page.js", chunkFileNames: "[name].js" },
      },
    },
  })) as Rollup.RollupOutput;
  return new Map(built.output.flatMap((file) => (file.type === "chunk" ? [[`/${file.fileName}`, file.code]] : [])));
}

/** A page with the sound in it. */
export interface Opened {
  readonly page: Page;
  /** What the console said, errors of the page included. */
  readonly said: readonly string[];
  /** Opens the page once more, in a tab that nobody has touched. */
  another(query?: string): Promise<Page>;
  close(): Promise<void>;
}

/** Opens the page; the caller closes it. */
export async function openSound(): Promise<Opened> {
  const files = await bundle();
  files.set("/recorder.js", RECORDER);
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? "/").replace(/\?.*/, "");
    const code = files.get(path);
    const html =
      '<!doctype html><title>Sound</title><link rel="icon" href="/recorder.js"><button>Play</button><script type="module" src="/page.js"></script>';
    response.writeHead(code || path === "/" ? 200 : 404, {
      "content-type": code ? "text/javascript" : "text/html",
      "content-security-policy": POLICY,
    });
    response.end(code ?? (path === "/" ? html : ""));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--autoplay-policy=document-user-activation-required",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const another = async (query = ""): Promise<Page> => {
    const opened = await browser.newPage();
    await opened.goto(address + query);
    return opened;
  };
  const page = await browser.newPage();
  const said: string[] = [];
  page.on("console", (m) => said.push(`${m.type()}: ${m.text()}`));
  page.on("pageerror", (e) => said.push(`error: ${e.message}`));
  await page.goto(address);
  await page.waitForFunction(() => "page" in globalThis);
  return {
    page,
    said,
    another,
    async close() {
      await browser.close();
      await new Promise((done) => server.close(done));
    },
  };
}
