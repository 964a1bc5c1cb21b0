/**
 * Runs flowctl within the tests' process, with captured output.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { main } from "../main.ts";

/** What a command left behind. */
export interface Outcome {
  readonly code: number;
  /** Standard output, each line parsed as JSON. */
  readonly lines: readonly Record<string, unknown>[];
  /** Standard output as it is. */
  readonly output: string;
  /** Standard error. */
  readonly messages: string;
}

/** Runs one command; `input` is its standard input. */
export async function flowctl(args: readonly string[], input = ""): Promise<Outcome> {
  const [output, messages]: [string[], string[]] = [[], []];
  const code = await main(args, {
    line: (text) => void output.push(text),
    message: (text) => void messages.push(text),
    status: () => {},
    input: async function* () {
      yield* input.split("\n");
    },
    isTerminal: false,
    debug: false,
  });
  return {
    code,
    get lines() {
      return output.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    output: output.join("\n"),
    messages: messages.join("\n"),
  };
}

/** Runs one command that answers in JSON. */
export const ask = (args: readonly string[], input = ""): Promise<Outcome> => flowctl([...args, "--json"], input);

/** Thirty tunes as ABC, MIDI and MusicXML. */
export const fixtures = fileURLToPath(new URL("../../../../packages/music/fixtures", import.meta.url));

/** A folder for a file of tests, removed behind them. */
export function scratch(): (...path: string[]) => string {
  const folder = mkdtempSync(join(tmpdir(), "flowctl-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (...path) => join(folder, ...path);
}
