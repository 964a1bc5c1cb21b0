/**
 * What a build is made of and what it made, as two hashes: a build whose hashes still hold need not be repeated.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { app, model, repository } from "./app.mjs";

/** Every file below a folder, in the order of their names, as paths with `/`; none where there is no folder. */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** Hashes all that the built files depend on: sources, built packages, installed versions, the model, the base path. */
export function inputsOf(base) {
  const hash = createHash("sha256");
  const add = (path) =>
    hash
      .update(`${relative(repository, path)}\n`)
      .update(readFileSync(path))
      .update("\0");

  hash.update(`${base}\n${process.version}\n`);
  for (const folder of ["src", "public", "scripts"])
    for (const file of filesBelow(join(app, folder)))
      if (!/\.test\.tsx?$/.test(file) && !file.startsWith("model/")) add(join(app, folder, file));
  for (const file of ["next.config.ts", "package.json", "tsconfig.json"]) add(join(app, file));
  // The pages take packages from their built files, so those count and not their sources.
  for (const folder of workspacesOf(app))
    for (const file of ["package.json", ...filesBelow(join(folder, "dist")).map((name) => `dist/${name}`)])
      if (/\.(js|json)$/.test(file)) add(join(folder, file));
  const installed = join(repository, "node_modules/.package-lock.json");
  if (existsSync(installed)) add(installed);
  add(model);
  return hash.digest("hex");
}

/** Hashes which files the build wrote, how large and when, so that a folder touched by hand counts as changed. */
export function outputsOf(folder) {
  const hash = createHash("sha256");
  for (const file of filesBelow(folder)) {
    const { size, mtimeMs } = statSync(join(folder, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/** The folders of the workspace packages that a package depends on, also by way of others. */
function workspacesOf(folder, found = new Set()) {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies).filter((name) => name.startsWith("@normflow/"))) {
    const link = join(repository, "node_modules", name);
    if (!existsSync(link)) throw new Error(`${name} is not installed: run npm ci in the root of the repository.`);
    const target = realpathSync(link);
    if (!found.has(target)) {
      found.add(target);
      workspacesOf(target, found);
    }
  }
  return [...found].sort();
}
