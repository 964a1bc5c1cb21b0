/**
 * Bundles the page, serves it and runs its providers in Chromium.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, resolve } from "node:path";
import { js } from "@normflow/backend-js";
import { chromium } from "playwright-core";
import { build, type Plugin, type Rollup } from "vite";
import type { Report, RunOptions } from "./suite.ts";
import { type Files as ModelFiles, realnvpFile } from "./thousand.ts";

const places = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser, where there is one. */
export const executable = places.find((path) => path !== undefined && path !== "" && existsSync(path));

const root = resolve(import.meta.dirname, "..");
const shipped = resolve(root, "../apps/cli/models/melody.safetensors");

/** Made once a process. */
let realnvp: Promise<Uint8Array> | undefined;

/** The melody model that ships, and a small RealNVP. */
export const modelFiles = async (): Promise<ModelFiles> => ({
  melody: readFileSync(shipped),
  realnvp: await (realnvp ??= realnvpFile(js())),
});

/** Pages that compile WebAssembly need that word in their policy; nothing here evaluates text. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Gives the page TensorFlow.js where this checkout has the package. */
const tfjsWhereItIs: Plugin = {
  name: "tfjs-where-it-is",
  resolveId: (id) => (id === "virtual:tfjs" ? join(root, "src/virtual-tfjs.js") : undefined),
  load(id) {
    if (!id.endsWith("virtual-tfjs.js")) return undefined;
    if (!existsSync(resolve(root, "../packages/backend-tfjs/package.json"))) return "export const open = undefined;";
    return `import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-webgl";
import { tfjs } from "@normflow/backend-tfjs";
export const open = (device) => tfjs({ device, tf });`;
  },
};

type Files = ReadonlyMap<string, string | Uint8Array>;

/** The page's files, bundled once a process. */
let bundled: Promise<Files> | undefined;

async function bundle(): Promise<Files> {
  const built = (await build({
    configFile: false,
    root,
    logLevel: "error",
    plugins: [tfjsWhereItIs],
    worker: { format: "es" },
    resolve: { conditions: ["@normflow/source", "browser", "module", "import"] },
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 10_000,
      rollupOptions: {
        input: join(root, "src/page/main.ts"),
        output: { entryFileNames: "page.js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  })) as Rollup.RollupOutput;
  return new Map(built.output.map((f) => [`/${f.fileName}`, f.type === "chunk" ? f.code : f.source]));
}

/** What the page can be asked. */
interface Asked {
  run(asked: readonly [id: string, options: RunOptions]): Promise<Report>;
  cancel(times: number): Promise<number[]>;
}

/** Asks the page, once for each argument, each time in a page of its own. */
async function askPage<K extends keyof Asked>(
  what: K,
  list: readonly Parameters<Asked[K]>[0][],
): Promise<Awaited<ReturnType<Asked[K]>>[]> {
  const { melody, realnvp: points } = await modelFiles();
  const files: Files = new Map([
    ...(await (bundled ??= bundle())),
    ["/melody.safetensors", melody],
    ["/realnvp.safetensors", points],
    [
      "/",
      '<!doctype html><title>Conformance</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
    ],
  ]);
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").replace(/\?.*/, "");
    const content = files.get(path);
    const type = path === "/" ? "text/html" : (types[extname(path)] ?? "application/octet-stream");
    response.writeHead(content === undefined ? 404 : 200, {
      "content-type": type,
      "content-security-policy": POLICY,
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    response.end(content ?? "");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = await chromium.launch({
    executablePath: executable!,
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  try {
    const answers: Awaited<ReturnType<Asked[K]>>[] = [];
    for (const argument of list) {
      const page = await browser.newPage();
      page.setDefaultTimeout(600_000);
      await page.goto(address);
      answers.push(
        await page.evaluate(
          ([name, given]) => (globalThis as unknown as Record<string, (a: unknown) => Promise<never>>)[name!]!(given),
          [what, argument] as const,
        ),
      );
      await page.close();
    }
    return answers;
  } finally {
    await browser.close();
    await new Promise((done) => server.close(done));
  }
}

/** Runs a provider of the page. */
export const runInChromium = async (id: string, options: RunOptions = {}): Promise<Report> =>
  (await askPage("run", [[id, options]]))[0]!;

/** How soon a worker of the page is free after a long request was cancelled, in milliseconds. */
export const cancelInChromium = async (times: number): Promise<number[]> => (await askPage("cancel", [times]))[0]!;
