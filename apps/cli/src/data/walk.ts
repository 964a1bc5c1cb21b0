/**
 * Finds the files that a command is given: one file, or all below a folder.
 *
 * @module
 */
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, join } from "node:path";
import { FlowError } from "@normflow/core";
import { UsageError } from "../io.ts";

/** A file found, under the name it is told by: its path below the folder given. */
export interface FoundFile {
  readonly name: string;
  readonly path: string;
  readonly size: number;
}

/** What could not be used, and why. */
export interface Problem {
  readonly file: string;
  readonly error: string;
}

const MAX_DEPTH = 32;

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "It may not be read.",
  EPERM: "It may not be read.",
  ELOOP: "It is a link that leads to itself.",
  ENOENT: "It is a link that leads nowhere.",
};

/** An error of the file system or of a reader, as a sentence. */
export function sentence(error: unknown): string {
  if (error instanceof FlowError) return error.message;
  const code = (error as NodeJS.ErrnoException).code ?? "unknown reason";
  return REASONS[code] ?? `It cannot be read (${code}).`;
}

/**
 * The regular files at or below a path, hidden ones left out, in the order of their names. Nothing is opened: pipes and
 * devices are told as problems, and a folder that a link leads back to is entered once.
 * @throws {UsageError} where the path does not exist
 */
export function findFiles(path: string): {
  readonly files: FoundFile[];
  readonly problems: Problem[];
  readonly isFolder: boolean;
} {
  let top: Stats;
  try {
    top = statSync(path);
  } catch (cause) {
    throw new UsageError("no-such-file", `There is nothing to read at ${path}.`, { hint: "Check the path.", cause });
  }
  const files: FoundFile[] = [];
  const problems: Problem[] = [];
  if (!top.isDirectory()) {
    if (!top.isFile()) throw new UsageError("not-a-file", `${path} is neither a file nor a folder.`);
    return { files: [{ name: basename(path), path, size: top.size }], problems, isFolder: false };
  }
  const entered = new Set<string>();
  const visit = (folder: string, below: string, depth: number): void => {
    let entries: Dirent[];
    try {
      const real = realpathSync(folder);
      if (entered.has(real)) {
        problems.push({ file: below || ".", error: "It is a link to a folder that was read already." });
        return;
      }
      entered.add(real);
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      problems.push({ file: below || ".", error: sentence(error) });
      return;
    }
    for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
      if (name.startsWith(".")) continue;
      const [inner, told] = [join(folder, name), below === "" ? name : `${below}/${name}`];
      try {
        const stats = statSync(inner);
        if (stats.isDirectory()) {
          if (depth >= MAX_DEPTH) problems.push({ file: told, error: `It is more than ${MAX_DEPTH} folders deep.` });
          else visit(inner, told, depth + 1);
        } else if (stats.isFile()) files.push({ name: told, path: inner, size: stats.size });
        else problems.push({ file: told, error: "It is no regular file." });
      } catch (error) {
        problems.push({ file: told, error: sentence(error) });
      }
    }
  };
  visit(path, "", 0);
  return { files, problems, isFolder: true };
}
