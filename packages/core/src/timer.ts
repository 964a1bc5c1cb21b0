/**
 * Timers, which browsers and Node share but the language's own library does not declare.
 *
 * @module
 */
declare const setTimeout: (then: () => void, milliseconds: number) => unknown;
declare const clearTimeout: (timer: unknown) => void;
declare const setImmediate: ((then: () => void) => unknown) | undefined;

/** Calls back after some milliseconds; what is returned takes it back. */
export function after(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds);
  return () => clearTimeout(timer);
}

/** Waits until messages that have arrived were read: in Node by what comes right after them, elsewhere by a timer. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else after(0, resolve);
  });
