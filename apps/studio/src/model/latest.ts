/**
 * Work of which only the newest counts: a slider's positions, the path between melodies that are being edited.
 *
 * @module
 */

/** Runs one task at a time; of those that come meanwhile, only the last. */
export class Latest {
  private running = false;
  private waiting: (() => Promise<void>) | undefined;

  /** Whether a task will follow the one that runs. */
  get isWaiting(): boolean {
    return this.waiting !== undefined;
  }

  run(task: () => Promise<void>): void {
    this.waiting = task;
    if (!this.running) void this.drain();
  }

  /** Forgets what waits. */
  clear(): void {
    this.waiting = undefined;
  }

  private async drain(): Promise<void> {
    this.running = true;
    try {
      while (this.waiting) {
        const task = this.waiting;
        this.waiting = undefined;
        await task();
      }
    } finally {
      // After a task that threw the next one runs all the same.
      this.running = false;
    }
  }
}
