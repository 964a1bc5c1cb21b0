/**
 * Builds and serves the studio, once for all test files of a run.
 *
 * @module
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, inject } from "vitest";
import type { Shared } from "./global-setup.ts";

export const app = resolve(import.meta.dirname, "..");

const run = promisify(execFile);
let address: Promise<string> | undefined;
/** The servers of this test file, which a failing test may leave running. */
const own = new Set<ChildProcess>();
afterAll(() => {
  for (const child of own) child.kill();
});

/**
 * Builds the studio where it is older than its sources, serves a copy of it, and returns the address of the server
 * without a slash at the end.
 * @throws {Error} with what the build said where it failed
 */
export function studio(): Promise<string> {
  address ??= share();
  return address;
}

/** The folder of which `studio()` serves the files. */
export function site(): string {
  return join(inject("studioRun"), "site");
}

async function share(): Promise<string> {
  const folder = inject("studioRun");
  const file = join(folder, "server.json");
  if (first(join(folder, "taken"))) {
    const shared = await start().catch((error: unknown): Shared => ({ error: String(error) }));
    writeFileSync(`${file}.part`, JSON.stringify(shared));
    renameSync(`${file}.part`, file);
  }
  while (!existsSync(file)) await setTimeout(100);
  const { url, error } = JSON.parse(readFileSync(file, "utf8")) as Shared;
  if (url === undefined) throw new Error(`The studio could not be built and served: ${error}`);
  return url;
}

function first(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

async function start(): Promise<Shared> {
  await run("npm", ["run", "build"], { cwd: app, maxBuffer: 2 ** 26, env: { ...process.env, BASE_PATH: "" } });
  // A copy, since another run may build anew meanwhile.
  cpSync(join(app, "out"), site(), { recursive: true, preserveTimestamps: true });
  const { url, child } = await serve(site(), { detached: true });
  child.unref();
  return { url, pid: child.pid! };
}

/** Serves a finished folder by the server that ships, on any free port or the one that is named. */
export async function serve(
  folder: string,
  options: { readonly port?: number; readonly base?: string; readonly detached?: boolean } = {},
): Promise<{ readonly url: string; readonly child: ChildProcess; stop(): Promise<void> }> {
  const { port = 0, base = "", detached = false } = options;
  const child = spawn(process.execPath, [join(app, "scripts/serve.mjs"), folder], {
    env: { ...process.env, PORT: String(port), HOST: "", BASE_PATH: base },
    stdio: ["ignore", "pipe", "pipe"],
    detached,
  });
  const url = await new Promise<string>((done, failed) => {
    let said = "";
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const found = /Studio: (http\S+)/.exec(said);
      if (found) done(found[1]!.replace("localhost", "127.0.0.1"));
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("exit", () => failed(new Error(said)));
  });
  if (detached) {
    child.stdout.destroy();
    child.stderr.destroy();
  } else own.add(child);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await new Promise((done) => child.once("exit", done));
  };
  return { url, child, stop };
}
