/**
 * Cancelling long work.
 *
 * @module
 */
import { AbortError, FlowError } from "./error.ts";
import { turn } from "./timer.ts";

/** What core needs of an AbortSignal, which lives outside the language's own library. */
export interface Abortable {
  readonly aborted: boolean;
  /** Throws the reason where the signal has fired. */
  throwIfAborted(): void;
  /** Lets other work have its turn, where it takes more than a timer's for an abort to arrive. */
  readonly turn?: () => Promise<void>;
}

/** Throws where a signal has fired. @throws {AbortError} `aborted`, or the signal's reason where that is a FlowError */
export function throwIfAborted(signal: Abortable | undefined): void {
  try {
    signal?.throwIfAborted();
  } catch (cause) {
    if (cause instanceof FlowError) throw cause;
    throw new AbortError("aborted", "The call was stopped by its signal.", {
      hint: "Call again with a signal that has not fired.",
      cause,
    });
  }
}

/**
 * Looks whether work is to stop: awaited between the parts of long work. An abort that comes by a timer, a click or a
 * message can only arrive while the thread is let go, so it is let go first.
 * @throws {AbortError} as `throwIfAborted` does
 */
export async function checkpoint(signal: Abortable | undefined): Promise<void> {
  if (!signal) return;
  await (signal.turn ?? turn)();
  throwIfAborted(signal);
}

/** Milliseconds of work between two looks: seldom enough to cost nothing, often enough for a page to stay alive. */
const PACE = 30;

/** A checkpoint for parts of work that may be short: it lets the thread go no more often than it has to. */
export function pacedCheckpoint(signal: Abortable | undefined): () => Promise<void> {
  let last = Date.now();
  return async () => {
    throwIfAborted(signal);
    if (Date.now() - last < PACE) return;
    await (signal?.turn ?? turn)();
    last = Date.now();
    throwIfAborted(signal);
  };
}
