/**
 * Where the parts of the studio lie, and the folder of a host under which it is served.
 *
 * @module
 */
import { join, resolve } from "node:path";

export const app = resolve(import.meta.dirname, "..");
export const repository = resolve(app, "../..");
export const out = join(app, "out");
export const record = join(app, ".next/studio.json");
export const model = join(repository, "apps/cli/models/melody.safetensors");

/**
 * Reads BASE_PATH: nothing for the root of a host, else `/folder` without a slash at its end.
 * @throws {Error} with a sentence where it is neither
 */
export function basePath(value = process.env.BASE_PATH ?? "") {
  const path = value.replace(/\/+$/, "");
  if (path !== "" && !/^(\/[A-Za-z0-9_~.-]+)+$/.test(path))
    throw new Error(`BASE_PATH is "${value}": give a path such as /studio, or nothing for the root of the host.`);
  return path;
}

/** Ends the process with a sentence instead of a stack; `DEBUG=1` shows the stack. */
export function fail(error) {
  console.error(process.env.DEBUG ? error : error instanceof Error ? error.message : String(error));
  process.exit(1);
}
