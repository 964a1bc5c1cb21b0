/**
 * Installs the packed packages where nothing of this repository is in reach.
 *
 * @module
 */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll } from "vitest";

const examples = resolve(import.meta.dirname, "..");
const root = resolve(examples, "..");
const packed = ["core", "layers", "backend-js", "backend-onnx", "backend-tfjs", "music"].map((p) => `packages/${p}`);

/** A folder, removed behind the tests. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "normflow-examples-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Packs all packages into a folder; returns the tarballs by package name. Their builds must be fresh. */
export function pack(folder: string): Map<string, string> {
  const workspaces = [...packed, "apps/cli"].flatMap((path) => ["-w", path]);
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder, ...workspaces], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe"],
  });
  return new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith(".tgz"))
      .map((file) => [file.replace(/^normflow-(.+)-\d+\.\d+\.\d+.*$/, "@normflow/$1"), join(folder, file)]),
  );
}

/** Runs npm without scripts of packages, as a careful install does. */
export function npm(folder: string, ...args: readonly string[]): void {
  execFileSync("npm", [...args, "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** Copies an example; with tarballs its dependencies on this repository become these. */
export function copyExample(name: string, folder: string, tarballs?: ReadonlyMap<string, string>): string {
  const place = join(folder, name);
  cpSync(join(examples, name), place, { recursive: true });
  if (!tarballs) return place;
  const file = join(place, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as { dependencies: Record<string, string> };
  const { dependencies } = manifest;
  // What a package of ours depends on must come from here too, although the example does not name it.
  for (const [own, tarball] of tarballs) dependencies[own] = `file:${tarball}`;
  writeFileSync(file, JSON.stringify(manifest));
  return place;
}

/** Runs a command in a folder; returns its standard output. */
export async function run(folder: string, command: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, [...args], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: "", NEXT_TELEMETRY_DISABLED: "1" },
  });
  return stdout;
}
