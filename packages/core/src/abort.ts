/**
 * Cancelling long work.
 *
 * @module
 */

/** What core needs of an AbortSignal, which lives outside the language's own library. */
export interface Abortable {
  readonly aborted: boolean;
  throwIfAborted(): void;
}
