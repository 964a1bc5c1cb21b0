/**
 * Names of values in a model: the caller's own are kept, all others are counted.
 *
 * @module
 */

/** Hands out names that are unique in the whole model, inner graphs included (ONNX forbids shadowing). */
export class Names {
  /** What the open size is called. */
  readonly openSize: string;
  private readonly taken = new Set<string>();
  private readonly literals: ReadonlyMap<object, string>;
  private next = 0;

  /** @param literals names of literals by their data */
  constructor(literals: ReadonlyMap<object, string> = new Map(), openSize = "N") {
    this.literals = literals;
    this.openSize = openSize;
  }

  /** Reserves a name as it is, or with the first suffix that makes it unique. */
  reserve(wanted: string, suffix: string): string {
    let name = wanted;
    while (this.taken.has(name)) name += suffix;
    this.taken.add(name);
    return name;
  }

  /** Whether a literal has a name of its own. */
  isNamed(data: object): boolean {
    return this.literals.has(data);
  }

  /** The name of a literal. */
  ofLiteral(data: object): string {
    const own = this.literals.get(data);
    return own === undefined ? this.fresh() : this.reserve(own, "'");
  }

  /** The next counted name. */
  fresh(): string {
    return this.reserve(`v${this.next++}`, "_");
  }
}
