/**
 * Files of a run that are whole or not there.
 *
 * @module
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "../io.ts";

const PARTIAL = ".partial";

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Writes a file under a temporary name and renames it: after a crash the old one stands, or the new one. */
export function writeWhole(path: string, content: Uint8Array | string): void {
  const partial = `${path}${PARTIAL}`;
  const handle = openSync(partial, "w");
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(partial, path);
  syncFolder(dirname(path));
}

/** Removes what killed writes left. */
export function removePartials(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removePartials(path);
    else if (entry.name.endsWith(PARTIAL)) rmSync(path);
  }
}

/** Appends one line, on the disk when this returns. */
export function appendLine(path: string, line: string): void {
  const handle = openSync(path, "a");
  try {
    writeSync(handle, `${line}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Cuts a file of JSON lines behind the last one that `keep` accepts. */
export function keepLines(path: string, keep: (value: Record<string, unknown>) => boolean): Record<string, unknown>[] {
  if (!existsSync(path)) return [];
  const kept: Record<string, unknown>[] = [];
  let length = 0;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    let value: Record<string, unknown>;
    try {
      value = JSON.parse(line) as Record<string, unknown>;
    } catch {
      break;
    }
    if (!keep(value)) break;
    kept.push(value);
    length += Buffer.byteLength(line) + 1;
  }
  truncateSync(path, length);
  return kept;
}

/** Whether a process is running. */
function alive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Takes a folder for one process.
 * @returns what gives it back
 * @throws {UsageError} `run-in-use` where another live process has it
 */
export function lock(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, ".lock");
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = Number(readFileSync(path, "utf8"));
      if (owner !== process.pid && Number.isInteger(owner) && owner > 0 && alive(owner)) break;
      rmSync(path, { force: true });
    }
  }
  throw new UsageError("run-in-use", `Another process is training in ${folder}.`, {
    hint: "Wait for it, or choose another folder.",
  });
}
