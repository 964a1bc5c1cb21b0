/**
 * Timers, which browsers and Node share but the language's own library does not declare.
 *
 * @module
 */
declare const setTimeout: (then: () => void, milliseconds: number) => unknown;
declare const clearTimeout: (timer: unknown) => void;

/** Calls back after some milliseconds; what is returned takes it back. */
export function after(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds);
  return () => clearTimeout(timer);
}
