/**
 * Cancelling long work.
 *
 * @module
 */

/** What core needs of an AbortSignal, which lives outside the language's own library. */
export interface Abortable {
  readonly aborted: boolean;
  throwIfAborted(): void;
  /** Lets other work have its turn, where the abort comes by a message that is read between two tasks only. */
  readonly turn?: () => Promise<void>;
}

/** Looks whether work is to stop: awaited between the parts of long work. @throws what the signal says */
export async function checkpoint(signal: Abortable | undefined): Promise<void> {
  await signal?.turn?.();
  signal?.throwIfAborted();
}
