/**
 * Work of which only the newest counts: a slider's positions, the path between melodies that are being edited.
 *
 * @module
 */

/** Runs one task at a time; of those that come meanwhile, only the last. */
export class Latest {
  private running = false;
  private waiting: (() => Promise<void>) | undefined;

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
    while (this.waiting) {
      const task = this.waiting;
      this.waiting = undefined;
      await task();
    }
    this.running = false;
  }
}
