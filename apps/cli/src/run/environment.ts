/**
 * What a run ran on.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import type { Backend } from "@normflow/core";

/** The version of flowctl. */
export const version = (): string =>
  (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }).version;

/** Versions and machine, without names of people or places. */
export const environment = (backend: Backend): Readonly<Record<string, unknown>> => ({
  flowctl: version(),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  backend: backend.describe(),
});
