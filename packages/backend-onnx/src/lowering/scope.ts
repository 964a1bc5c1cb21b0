/**
 * A graph being written, and the forms of the values in it.
 *
 * @module
 */
import { GraphWriter } from "../model/graph-writer.ts";
import type { Names } from "../model/names.ts";
import { type Attribute, dataTypeCode, type ElementType } from "../model/proto.ts";
import { type Affine, affine, isDynamic } from "./dynamic.ts";
import { writeProduct } from "./product.ts";
import { type Origin, Value } from "./value.ts";

/** Where a session of Node runs. */
export type NodeProvider = "cpu" | "cuda" | "webgpu";

/** Where a session runs. */
export type Provider = NodeProvider | "wasm";

/** Where the model will run; it decides between operators. A `file` keeps to the operators of the standard. */
export type Target = Provider | "file";

/** The main graph or a loop's body. */
export class Scope {
  readonly writer: GraphWriter;
  readonly provider: Target;
  /** 0 for the main graph, one more for each loop around. */
  readonly depth: number;
  readonly root: Scope;
  /** Lists of sizes that are known at run time only, by their values. */
  private readonly lists = new Map<string, string>();
  /** The name of a list of the one size that is not fixed. */
  private size: (() => string) | undefined;

  constructor(names: Names, provider: Target, parent?: Scope) {
    this.writer = new GraphWriter(names);
    this.provider = provider;
    this.depth = parent ? parent.depth + 1 : 0;
    this.root = parent?.root ?? this;
  }

  /** A graph inside this one. */
  inner(): Scope {
    return new Scope(this.writer.names, this.provider, this);
  }

  /** Applies an operator with one result; returns its name. */
  apply(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): string {
    return this.writer.node(op, inputs, attributes, { domain })[0]!;
  }

  /** A value that stands in this graph. */
  written(type: ElementType, name: string, shape: readonly number[]): Value {
    const value = new Value(this, shape, { kind: "written" });
    value.forms.set(type, name);
    return value;
  }

  /** A value that is written when it is needed. */
  later(shape: readonly number[], origin: Exclude<Origin, { readonly kind: "written" }>): Value {
    return new Value(this, shape, origin);
  }

  /** A literal number as a float. */
  number(value: number): string {
    return this.writer.literal("float", Float64Array.of(value), []);
  }

  /** A list of integers: axes, sizes, starts. It is a literal unless a size that is not fixed is among them. */
  ints(values: readonly number[]): string {
    return values.some(isDynamic)
      ? this.root.dynamicInts(values.map(affine))
      : this.writer.literal("int64", values, [values.length]);
  }

  /** Says where the size that is not fixed is found: the length of an axis of an input. */
  readSizeFrom(input: string, axis: number): void {
    let name: string | undefined;
    this.size = () => (name ??= this.apply("Shape", [input], { start: { int: axis }, end: { int: axis + 1 } }));
  }

  /** times · size + plus, entry by entry, computed once in the main graph. */
  private dynamicInts(values: readonly Affine[]): string {
    const key = values.map(({ times, plus }) => `${times}+${plus}`).join();
    const known = this.lists.get(key);
    if (known !== undefined) return known;
    if (!this.size) throw new Error("no input has the size that is not fixed");
    const list = (part: keyof Affine): string =>
      this.writer.literal(
        "int64",
        values.map((v) => v[part]),
        [values.length],
      );
    const scaled = this.apply("Mul", [this.size(), list("times")]);
    const name = values.every((v) => v.plus === 0) ? scaled : this.apply("Add", [scaled, list("plus")]);
    this.lists.set(key, name);
    return name;
  }

  float(v: Value): string {
    return this.form(v, "float");
  }

  bool(v: Value): string {
    return this.form(v, "bool");
  }

  index(v: Value): string {
    return this.form(v, "int64");
  }

  /** The name of a value in a form. What belongs to an outer graph is written there, before the loop begins. */
  form(v: Value, type: ElementType): string {
    if (v.origin.kind === "literal") {
      // What has a name of its own stands once in the model, whoever reads it.
      const { writer } = this.writer.names.isNamed(v.origin.data) ? this.root : this;
      return writer.literal(type, v.origin.data, v.shape);
    }
    let name = v.forms.get(type);
    if (name === undefined) v.forms.set(type, (name = v.scope.write(v, type)));
    return name;
  }

  private write(v: Value, type: ElementType): string {
    const { origin } = v;
    if (origin.kind === "repeated") return this.apply("Expand", [this.form(origin.of, type), this.ints(v.shape)]);
    if (origin.kind === "product" && v.forms.size === 0) v.forms.set("float", writeProduct(this, origin.product));
    const [[from, name]] = v.forms as unknown as [[ElementType, string]];
    return from === type ? name : this.apply("Cast", [name], { to: { int: dataTypeCode(type) } });
  }
}

/** The innermost graph among those of the operands: what does not change in a loop is computed before it. */
export function innermost(inputs: readonly Value[], current: Scope): Scope {
  return inputs.reduce<Scope>(
    (scope, v) => (v.origin.kind !== "literal" && v.scope.depth > scope.depth ? v.scope : scope),
    current.root,
  );
}
