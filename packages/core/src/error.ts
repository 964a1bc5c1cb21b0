/**
 * The one error class of the project: a sentence for people, a code for programs, a hint that says what to do.
 *
 * @module
 */

/** What an error says beside its sentence. */
export interface FlowErrorOptions {
  /** What the reader can do about it, as a sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** An error with a stable `code` (kebab-case), a `hint` and, where another error led to it, its `cause`. */
export class FlowError extends Error {
  // Written out, here and below: bundlers shorten the names of classes, and errors cross to other bundles by theirs.
  static override readonly name: string = "FlowError";
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: FlowErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
  }
}

/** A tensor, layer or batch of a shape that does not fit where it was put. */
export class ShapeError extends FlowError {
  static override readonly name: string = "ShapeError";
}

/** A request that the chosen backend or device cannot meet; the hint is the remedy. */
export class BackendError extends FlowError {
  static override readonly name: string = "BackendError";
}

/** Bytes from outside (a model file, a melody, a table) that are not what they claim to be. */
export class FormatError extends FlowError {
  static override readonly name: string = "FormatError";
}

/** An option or argument outside what a function takes. */
export class OptionError extends FlowError {
  static override readonly name: string = "OptionError";
}

/** A call that its signal stopped; the cause is the signal's reason, and the name the one that platforms use. */
export class AbortError extends FlowError {
  static override readonly name: string = "AbortError";
}

/** A request to a worker that was not answered: cancelled, timed out, unknown, or the worker has ended. */
export class WorkerError extends FlowError {
  static override readonly name: string = "WorkerError";
}
