/**
 * Lowers a graph for fixed sizes: each node becomes views of what is there, or an instruction.
 *
 * @module
 */
import {
  type Bindings,
  type Graph,
  type GraphNode,
  resolveShape,
  resolveSize,
  type Size,
  type Tensor,
} from "@normflow/core";
import { copyRows } from "../kernels/copy.ts";
import { endedProduct } from "../lowering/contraction.ts";
import { norm } from "../lowering/norm.ts";
import { type Lowering, lowerings } from "../lowering/table.ts";
import { type FusedNorm, fuseNorms } from "../passes/fuse-norms.ts";
import { type FusedProduct, fuseProducts } from "../passes/fuse-products.ts";
import type { Arena, Instruction, Scope, Step } from "./scope.ts";
import { count, isDense, Storage, type View, wholeView } from "./view.ts";

/** What a lowering works with. */
export class Lowerer {
  readonly bindings: Bindings;
  readonly arena: Arena;
  /** Steps that depend on nothing that changes. */
  readonly once: Scope;

  constructor(bindings: Bindings, arena: Arena, once: Scope) {
    this.bindings = bindings;
    this.arena = arena;
    this.once = once;
  }

  shape(shape: Parameters<typeof resolveShape>[0]): number[] {
    return resolveShape(shape, this.bindings);
  }

  size(dim: number | Size): number {
    return resolveSize(dim, this.bindings);
  }

  /** The innermost steps that any operand depends on: what a loop does not change is computed before it. */
  scopeOf(inputs: readonly View[]): Scope {
    let scope = this.once;
    for (const { scope: s } of inputs) if (s.depth > scope.depth) scope = s;
    return scope;
  }

  /** A new dense value. */
  allocate(shape: readonly number[], scope: Scope): View {
    return wholeView(new Storage(count(shape), scope), shape);
  }

  /** Adds an instruction that makes one dense value of operands. */
  emit(
    shape: readonly number[],
    inputs: readonly View[],
    bind: (out: View) => Step,
    more: { readonly mayTake?: readonly View[]; readonly scratch?: readonly Storage[] } = {},
  ): View {
    const scope = this.scopeOf(inputs);
    const out = this.allocate(shape, scope);
    const { mayTake = [], scratch = [] } = more;
    const instruction: Instruction = {
      reads: inputs.map((v) => v.storage),
      writes: [out.storage],
      scratch,
      mayTake: mayTake.map((v) => [out.storage, v.storage] as const),
      bind: () => bind(out),
    };
    scope.instructions.push(instruction);
    return out;
  }

  /** A literal, written once. */
  literal(data: ArrayLike<number>, shape: readonly number[]): View {
    return this.emit(shape, [], (out) => {
      const [o, p] = [out.storage.array, out.storage.start];
      return () => o.set(data, p);
    });
  }

  /** The same values row by row. */
  dense(view: View): View {
    if (isDense(view)) return view;
    return this.copy(view);
  }

  /** The same values in memory of their own. */
  copy(view: View): View {
    return this.emit(view.shape, [view], (out) => copyRows(out, view));
  }

  /** Lowers a graph whose inputs are there already. */
  graph(graph: Graph, inputs: readonly View[]): View[] {
    const values = new Map<Tensor, View>();
    graph.inputs.forEach((t, i) => void values.set(t, inputs[i]!));
    const [fusedProducts, fusedNorms] = [fuseProducts(graph), fuseNorms(graph)];
    for (const node of graph.nodes) {
      if (node.op === "input" || fusedProducts.absorbed.has(node) || fusedNorms.absorbed.has(node)) continue;
      const product = fusedProducts.products.get(node);
      const layerNorm = fusedNorms.norms.get(node);
      const outputs = product
        ? [this.product(product, values)]
        : layerNorm
          ? [this.norm(layerNorm, values)]
          : this.node(
              node,
              node.inputs.map((t) => values.get(t)!),
            );
      node.outputs.forEach((t, i) => void values.set(t, outputs[i]!));
    }
    return graph.outputs.map((t) => values.get(t)!);
  }

  private product({ matmul, bias, relu }: FusedProduct, values: ReadonlyMap<Tensor, View>): View {
    const inputs = matmul.inputs.map((t) => values.get(t)!);
    return endedProduct(matmul.params, inputs, this, matmul, { bias: values.get(bias)!, relu });
  }

  private norm(fused: FusedNorm, values: ReadonlyMap<Tensor, View>): View {
    const [x, gain, offset] = [fused.x, fused.gain, fused.offset].map((t) => values.get(t)!) as [View, View, View];
    return norm(fused, [x, gain, offset], this);
  }

  private node(node: GraphNode, inputs: readonly View[]): readonly View[] {
    return (lowerings[node.op] as Lowering<typeof node.op>)(node.params as never, inputs, this, node as never);
  }
}
