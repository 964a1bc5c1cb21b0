/**
 * Sizes of axes: integers, or polynomials with integer coefficients over named symbols (N batch, S samples, T length).
 *
 * @module
 */
import { OptionError, ShapeError } from "../error.ts";

/** A symbolic size: a sum of integer multiples of products of symbols, in canonical order. */
export class Size {
  /** Canonical text, equal exactly when the sizes are: `2*N*S+3`. */
  readonly key: string;
  /** Coefficient by monomial; a monomial is its symbols sorted and joined by `*`, the constant one is empty. */
  readonly terms: ReadonlyMap<string, number>;

  constructor(terms: ReadonlyMap<string, number>) {
    this.terms = new Map([...terms].filter(([, c]) => c !== 0).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
    this.key = [...this.terms].map(([m, c]) => (m === "" ? `${c}` : c === 1 ? m : `${c}*${m}`)).join("+") || "0";
  }

  /** The size as text, `2*N+3`. */
  toString(): string {
    return this.key;
  }
}

/** One axis of a shape. */
export type Dim = number | Size;

/** The axes of a tensor, outermost first. */
export type Shape = readonly Dim[];

/** Values of the symbols, found when a program meets its inputs. */
export type Bindings = ReadonlyMap<string, number>;

/** Names a size, `symbol("N")`. */
export function symbol(name: string): Size {
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name))
    throw new OptionError("size-name", `A size is named by letters and digits, not "${name}".`, {
      hint: "Take a name such as N.",
    });
  return new Size(new Map([[name, 1]]));
}

const termsOf = (dim: Dim): ReadonlyMap<string, number> => (typeof dim === "number" ? new Map([["", dim]]) : dim.terms);

/** The number itself when no symbol is left. */
function simplify(terms: ReadonlyMap<string, number>): Dim {
  const size = new Size(terms);
  if (size.terms.size === 0) return 0;
  const constant = size.terms.get("");
  return size.terms.size === 1 && constant !== undefined ? constant : size;
}

/** Whether no symbol is among sizes: most are numbers, and sums of numbers need no terms. */
const allNumbers = (dims: readonly Dim[]): dims is readonly number[] => dims.every((d) => typeof d === "number");

/** Adds sizes. */
export function addSizes(...dims: readonly Dim[]): Dim {
  if (allNumbers(dims)) return dims.reduce((a, b) => a + b, 0);
  const sum = new Map<string, number>();
  for (const dim of dims) for (const [m, c] of termsOf(dim)) sum.set(m, (sum.get(m) ?? 0) + c);
  return simplify(sum);
}

/** Multiplies sizes; the empty product is 1. */
export function mulSizes(...dims: readonly Dim[]): Dim {
  let factor = 1;
  const sizes: Size[] = [];
  for (const dim of dims)
    if (typeof dim === "number") factor *= dim;
    else sizes.push(dim);
  const [first, ...others] = sizes;
  if (!first || factor === 0) return factor;
  let product: Dim = factor === 1 ? first : new Size(new Map([...first.terms].map(([m, c]) => [m, factor * c])));
  for (const dim of others) {
    const next = new Map<string, number>();
    for (const [m, c] of termsOf(product))
      for (const [n, d] of termsOf(dim)) {
        const key = [...m.split("*"), ...n.split("*")]
          .filter((s) => s !== "")
          .sort()
          .join("*");
        next.set(key, (next.get(key) ?? 0) + c * d);
      }
    product = simplify(next);
  }
  return product;
}

/** Subtracts sizes. */
export const subSizes = (a: Dim, b: Dim): Dim => addSizes(a, mulSizes(-1, b));

/** Whether two sizes are the same for every value of their symbols. */
export const sameSize = (a: Dim, b: Dim): boolean =>
  a === b || (typeof a !== "number" && typeof b !== "number" && a.key === b.key);

/** Whether two shapes are the same for every value of their symbols. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((d, i) => sameSize(d, b[i]!));

/** The number of elements. */
export const elements = (shape: Shape): Dim => mulSizes(...shape);

/** Prints a shape, `[N, 3]`. */
export const shapeText = (shape: Shape): string => `[${shape.map(String).join(", ")}]`;

/** Evaluates a size; throws where a symbol has no value. */
export function resolveSize(dim: Dim, bindings: Bindings): number {
  if (typeof dim === "number") return dim;
  let sum = 0;
  for (const [monomial, coefficient] of dim.terms) {
    let product = coefficient;
    for (const name of monomial.split("*")) {
      if (name === "") continue;
      const value = bindings.get(name);
      if (value === undefined)
        throw new ShapeError("unbound-size", `The size ${name} has no value here.`, {
          hint: "Give it by an input whose shape has it.",
        });
      product *= value;
    }
    sum += product;
  }
  return sum;
}

/** Evaluates a shape. */
export const resolveShape = (shape: Shape, bindings: Bindings): number[] => shape.map((d) => resolveSize(d, bindings));

/**
 * Finds the symbols' values by laying concrete shapes against declared ones.
 * @throws {ShapeError} where they disagree, naming the input
 */
export function bindSizes(
  declared: readonly { readonly name: string; readonly shape: Shape }[],
  actual: readonly (readonly number[])[],
): Bindings {
  const bindings = new Map<string, number>();
  const fail = (i: number): never => {
    const values = [...bindings].map(([k, v]) => `${k} = ${v}`).join(", ");
    throw new ShapeError(
      "input-shape",
      `Input ${declared[i]!.name} has shape ${shapeText(actual[i]!)} where ${shapeText(declared[i]!.shape)} is expected${values === "" ? "" : ` (${values})`}.`,
      { hint: "A size of one name is the same in all inputs." },
    );
  };
  declared.forEach(({ shape }, i) => {
    if (shape.length !== actual[i]!.length) fail(i);
    shape.forEach((dim, axis) => {
      if (typeof dim === "number" || dim.terms.size !== 1) return;
      const [[monomial, coefficient]] = dim.terms as unknown as [[string, number]];
      if (coefficient !== 1 || monomial.includes("*") || bindings.has(monomial)) return;
      bindings.set(monomial, actual[i]![axis]!);
    });
  });
  declared.forEach(({ shape }, i) => {
    shape.forEach((dim, axis) => {
      if (resolveSize(dim, bindings) !== actual[i]![axis]) fail(i);
    });
  });
  return bindings;
}

/** The shape two operands share by broadcasting, aligned at the last axis; throws through `fail` when they do not. */
export function broadcastShapes(a: Shape, b: Shape, fail: () => never): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (sameSize(x, y)) return x;
    if (x === 1) return y;
    if (y === 1) return x;
    return fail();
  });
}
