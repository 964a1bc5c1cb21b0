/**
 * Work cut into tasks.
 *
 * @module
 */

/** Lets the browser have its turn: between two tasks it draws, and hears its user. */
export const nextTask = (): Promise<void> => new Promise((done) => setTimeout(done));
