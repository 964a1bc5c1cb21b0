/**
 * Gives the browser tests of one run a folder to share their server by, and ends that server after them.
 *
 * @module
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** The folder that the test files of this run share. */
    readonly studioRun: string;
  }
}

/** What `server.json` in that folder holds. */
export interface Shared {
  readonly pid?: number;
  readonly url?: string;
  readonly error?: string;
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "normflow-studio-"));
  project.provide("studioRun", folder);
  return () => {
    const file = join(folder, "server.json");
    const { pid } = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Shared) : {};
    try {
      if (pid !== undefined) process.kill(pid);
    } catch {
      // It ended by itself.
    }
    rmSync(folder, { recursive: true, force: true });
  };
}
