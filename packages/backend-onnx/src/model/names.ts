/**
 * Names of values in a model: the caller's own are kept, all others are counted.
 *
 * @module
 */

/** Hands out names that are unique in the whole model, inner graphs included (ONNX forbids shadowing). */
export class Names {
  private readonly taken = new Set<string>();
  private next = 0;

  /** Reserves a name as it is, or with the first suffix that makes it unique. */
  reserve(wanted: string, suffix: string): string {
    let name = wanted;
    while (this.taken.has(name)) name += suffix;
    this.taken.add(name);
    return name;
  }

  /** The next counted name. */
  fresh(): string {
    return this.reserve(`v${this.next++}`, "_");
  }
}
