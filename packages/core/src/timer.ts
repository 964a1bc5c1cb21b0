/**
 * Timers, which browsers and Node share but the language's own library does not declare.
 *
 * @module
 */
declare const setTimeout: (then: () => void, milliseconds: number) => unknown;
declare const clearTimeout: (timer: unknown) => void;
declare const setImmediate: ((then: () => void) => unknown) | undefined;
declare const performance: { now(): number };
declare const MessageChannel:
  | (new () => {
      readonly port1: { onmessage: (() => void) | null };
      readonly port2: { postMessage(message: unknown): void };
    })
  | undefined;

/** Milliseconds since some moment. */
export const now = (): number => performance.now();

/** Calls back after some milliseconds; what is returned takes it back. */
export function after(milliseconds: number, then: () => void): () => void {
  const timer = setTimeout(then, milliseconds);
  return () => clearTimeout(timer);
}

/** Tasks of a browser that come right after what waits already: its timers are held up by 4 ms once they follow each other. */
function messages(): (then: () => void) => void {
  const { port1, port2 } = new MessageChannel!();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return (then) => {
    waiting.push(then);
    port2.postMessage(undefined);
  };
}

let post: ((then: () => void) => void) | undefined;

/** Waits until messages that have arrived were read: in Node by what comes right after them, elsewhere by a message. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else if (typeof MessageChannel === "function") (post ??= messages())(resolve);
    else after(0, resolve);
  });
