/**
 * Puts the melody model that ships beside the page.
 *
 * @module
 */
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { app, fail, model, repository } from "./app.mjs";

export function prepare() {
  if (!existsSync(model))
    throw new Error(`${relative(repository, model)} is missing: the studio ships it. Restore it from the repository.`);
  const target = join(app, "public/model/melody.safetensors");
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(model, target);
}

if (process.argv[1] === import.meta.filename) {
  try {
    prepare();
  } catch (error) {
    fail(error);
  }
}
