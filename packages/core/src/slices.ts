/**
 * Long work in slices, between which a thread does what else there is to do.
 *
 * @module
 */
import { type Abortable, throwIfAborted } from "./abort.ts";
import { now, turn } from "./timer.ts";

/** Milliseconds of a slice: half of a frame, and of what a cancelled request may still cost. */
const SLICE = 8;

/** How long a thread has been kept from other work. */
export class Slice {
  private since = now();

  /** Milliseconds since other work had its turn. */
  get spent(): number {
    return now() - this.since;
  }

  /** Whether other work is to have its turn. */
  get over(): boolean {
    return this.spent >= SLICE;
  }

  /** Starts the next one. */
  renew(): void {
    this.since = now();
  }
}

/**
 * Does work that pauses: at each pause at which its slice is over, other work has its turn, then the signal is looked at.
 * @throws what the signal says; the work is then given up where it paused
 */
export async function inSlices(
  work: (slice: Slice) => Iterator<void>,
  signal: Abortable & { readonly turn?: () => Promise<void> },
): Promise<void> {
  throwIfAborted(signal);
  const slice = new Slice();
  const parts = work(slice);
  while (!parts.next().done) {
    if (!slice.over) continue;
    await (signal.turn ?? turn)();
    throwIfAborted(signal);
    slice.renew();
  }
}
