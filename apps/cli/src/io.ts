/**
 * Where a command reads and writes: data to standard output, messages to standard error.
 *
 * @module
 */
import { createInterface } from "node:readline";
import { FlowError } from "@normflow/core";

/** The outside world of a command, replaceable in tests. */
export interface Io {
  /** Writes one line of data. */
  line(text: string): void;
  /** Writes a message for people. */
  message(text: string): void;
  /** Overwrites the status line, where standard error is a terminal. */
  status(text: string): void;
  /** Standard input, line by line. */
  input(): AsyncIterable<string>;
  readonly isTerminal: boolean;
  readonly debug: boolean;
}

/** Exit codes, as `flowctl --help` states them. */
export const EXIT = { done: 0, error: 1, unusable: 2, interrupted: 130 } as const;

/** Wrong usage, or input of which nothing was usable: exit code 2. */
export class UsageError extends FlowError {}

/** A run that the user stopped: exit code 130. */
export class Interrupted extends FlowError {}

/** Nobody reads standard output any more (`| head`): the command ends, quietly and well. */
export class Closed extends FlowError {}

/** Writes a value as one line of JSON. */
export const json = (io: Io, value: unknown): void => io.line(JSON.stringify(value));

/** Text without control characters: names and contents of files come from anyone. */
export const printable = (text: string): string => text.replace(/\p{Cc}/gu, "\ufffd");

/** The world of a process. */
export function processIo(): Io {
  let closed = false;
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      closed ||= stream === process.stdout;
    });
  const isTerminal = process.stderr.isTTY === true;
  let open = false;
  const close = (): void => {
    if (open) process.stderr.write("\n");
    open = false;
  };
  return {
    line: (text) => {
      if (closed) throw new Closed("closed", "Standard output is closed.");
      close();
      process.stdout.write(`${text}\n`);
    },
    message: (text) => {
      close();
      process.stderr.write(`${printable(text)}\n`);
    },
    status: (text) => {
      if (!isTerminal) return;
      process.stderr.write(`\r${text.slice(0, (process.stderr.columns ?? 80) - 1)}\u001b[K`);
      open = true;
    },
    input: () => createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY }),
    isTerminal,
    debug: process.env["NORMFLOW_DEBUG"] === "1",
  };
}

/** Says an error in one sentence and what to do about it; returns the exit code. */
export function report(io: Io, error: unknown): number {
  if (error instanceof Closed) return EXIT.done;
  const message = error instanceof Error ? error.message : String(error);
  io.message(error instanceof Interrupted ? message : `flowctl: ${message}`);
  if (error instanceof FlowError && error.hint) io.message(`hint: ${error.hint}`);
  if (!(error instanceof FlowError) && !io.debug) io.message("hint: NORMFLOW_DEBUG=1 shows where this happened.");
  if (io.debug && error instanceof Error) for (const line of (error.stack ?? "").split("\n")) io.message(line);
  if (error instanceof Interrupted) return EXIT.interrupted;
  return error instanceof UsageError ? EXIT.unusable : EXIT.error;
}
