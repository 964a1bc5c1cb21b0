/**
 * Values while a graph is lowered: what is known of them, and in which forms they have been written.
 *
 * Core's graphs know floats only. In ONNX a comparison gives a boolean and indices are 64-bit integers, so a value may
 * stand in the model in up to three forms, each written when something first needs it. Repetition along axes and matrix
 * products wait in the same way: most operators repeat their operands themselves, and a product can take up what follows.
 *
 * @module
 */
import type { ElementType } from "../model/proto.ts";
import type { Product } from "./product.ts";
import type { Scope } from "./scope.ts";

/** What a value is before it stands in the model. */
export type Origin =
  | { readonly kind: "written" }
  | { readonly kind: "literal"; readonly data: Float64Array }
  | { readonly kind: "repeated"; readonly of: Value }
  | { readonly kind: "product"; readonly product: Product };

/** A value of known shape. */
export class Value {
  readonly shape: readonly number[];
  /** The graph that it is written in; literals are written wherever they are used. */
  readonly scope: Scope;
  readonly origin: Origin;
  /** Names by form, as far as it is written. */
  readonly forms = new Map<ElementType, string>();

  constructor(scope: Scope, shape: readonly number[], origin: Origin) {
    this.scope = scope;
    this.shape = shape;
    this.origin = origin;
  }
}

/** The number of entries of a shape. */
export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Whether two shapes are the same. */
export const sameDims = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

/** The shape that operands share by repetition, aligned at the last axis. */
export function sharedShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  return Array.from(
    { length: rank },
    (_, i) => shapes.map((s) => s[i - rank + s.length] ?? 1).find((d) => d !== 1) ?? 1,
  );
}

/** A value without its repetition. */
export const lean = (v: Value): Value => (v.origin.kind === "repeated" ? lean(v.origin.of) : v);

/** A value all of whose entries are one number. */
export const filled = (scope: Scope, shape: readonly number[], value: number): Value =>
  scope.later(shape, { kind: "repeated", of: scope.later([], { kind: "literal", data: Float64Array.of(value) }) });

/** The one number that all entries of a literal are. */
export function uniform(v: Value): number | undefined {
  const { origin } = lean(v);
  if (origin.kind !== "literal" || origin.data.length === 0) return undefined;
  const [first] = origin.data;
  return origin.data.length === 1 || (origin.data.length <= 64 && origin.data.every((x) => x === first))
    ? first
    : undefined;
}

/** The form that costs nothing: the one that is written, floats first. */
export function cheapest(v: Value): ElementType {
  const source = lean(v);
  if (source.forms.has("float") || source.forms.size === 0) return "float";
  return source.forms.has("bool") ? "bool" : "int64";
}
