/**
 * Writes one graph of a model: nodes in order, literals once each.
 *
 * @module
 */
import type { GraphProto, NodeProto, TensorProto, ValueInfoProto } from "onnx-buf";
import type { Names } from "./names.ts";
import {
  type Attribute,
  type ElementType,
  graphProto,
  nodeProto,
  renameValues,
  tensorProto,
  valueInfo,
} from "./proto.ts";

const literalIds = new WeakMap<object, number>();
let nextLiteral = 0;

/** Short literals are the same when their values are, long ones when they are one object. */
function literalKey(data: ArrayLike<number> & object): string {
  if (data.length <= 64) return Array.from(data, (v) => (Object.is(v, -0) ? "-0" : String(v))).join();
  let id = literalIds.get(data);
  if (id === undefined) literalIds.set(data, (id = nextLiteral++));
  return `#${id}`;
}

/** Collects the nodes and literals of one graph. */
export class GraphWriter {
  readonly names: Names;
  private readonly nodes: NodeProto[] = [];
  private readonly initializers: TensorProto[] = [];
  private readonly literals = new Map<string, string>();
  private readonly inputs: ValueInfoProto[] = [];
  private readonly produced = new Set<string>();

  constructor(names: Names) {
    this.names = names;
  }

  /** Declares an input. */
  input(name: string, type: ElementType, shape: readonly number[]): string {
    this.inputs.push(valueInfo(name, type, shape, this.names.openSize));
    return name;
  }

  /** Names a literal. */
  literal(type: ElementType, data: ArrayLike<number> & object, shape: readonly number[]): string {
    const key = `${type}[${shape}]${literalKey(data)}`;
    const known = this.literals.get(key);
    if (known !== undefined) return known;
    const name = this.names.ofLiteral(data);
    this.initializers.push(tensorProto(name, type, data, shape));
    this.literals.set(key, name);
    return name;
  }

  /** Applies an operator; an empty input name leaves an optional input out. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    options: { readonly outputs?: number; readonly domain?: string } = {},
  ): string[] {
    const outputs = Array.from({ length: options.outputs ?? 1 }, () => this.names.fresh());
    for (const name of outputs) this.produced.add(name);
    this.nodes.push(nodeProto(op, inputs, outputs, attributes, options.domain ?? ""));
    return outputs;
  }

  /**
   * Closes the graph. Where `name` is given an output gets that name; what is no node's own result (an input, a literal, a
   * value of an outer graph, a second use) passes through an `Identity`, since ONNX Runtime takes nothing else as an output.
   */
  finish(
    title: string,
    outputs: readonly {
      readonly value: string;
      readonly type: ElementType;
      readonly shape: readonly number[];
      readonly name?: string;
    }[],
  ): GraphProto {
    const renamed = new Map<string, string>();
    const used = new Set<string>();
    const infos = outputs.map(({ value, type, shape, name }) => {
      const own = this.produced.has(value) && !used.has(value);
      const result = own ? value : this.node("Identity", [value])[0]!;
      used.add(result);
      if (name !== undefined) renamed.set(result, name);
      return valueInfo(name ?? result, type, shape, this.names.openSize);
    });
    renameValues(this.nodes, renamed);
    return graphProto({
      name: title,
      nodes: this.nodes,
      initializers: this.initializers,
      inputs: this.inputs,
      outputs: infos,
    });
  }
}
