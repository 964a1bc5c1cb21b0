/**
 * Builds the studio into `out/`: static files that any host can serve. `--force` builds also where nothing changed.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { app, basePath, fail, out, record } from "./app.mjs";
import { finish } from "./finish.mjs";
import { inputsOf, outputsOf } from "./inputs.mjs";
import { alone } from "./lock.mjs";
import { prepare } from "./prepare.mjs";

async function build(force) {
  const base = basePath();
  prepare();
  const inputs = inputsOf(base);
  if (!force && current(inputs)) {
    console.log("The studio is built already, of the same sources.");
    return;
  }
  rmSync(out, { recursive: true, force: true });
  rmSync(record, { force: true });
  await exportPages(base, inputs.slice(0, 16));
  const version = await finish(out);
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, JSON.stringify({ inputs, outputs: outputsOf(out), version, base }));
}

/** Whether what lies in `out/` was made of the same inputs and is as it was left. */
function current(inputs) {
  if (!existsSync(record)) return false;
  const last = JSON.parse(readFileSync(record, "utf8"));
  return last.inputs === inputs && last.outputs === outputsOf(out);
}

async function exportPages(base, id) {
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  const child = spawn(process.execPath, [next, "build"], {
    cwd: app,
    stdio: "inherit",
    // Of the same sources the same files: the build is named by what it is made of.
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", BASE_PATH: base, STUDIO_BUILD: id },
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error("next build failed; what it says stands above.");
}

try {
  await alone(() => build(process.argv.includes("--force")));
} catch (error) {
  fail(error);
}
