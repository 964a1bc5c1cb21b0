/**
 * Rebuilds a graph from its outputs: what nothing needs falls away, equal nodes meet, constants fold.
 *
 * @module
 */
import { Builder, inline, within } from "../graph/builder.ts";
import type { Graph, GraphNode, NodeOf } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Emits a node's replacement from its new inputs, or `undefined` to repeat it as it is. */
export type Rewrite = (node: GraphNode, inputs: readonly Tensor[], builder: Builder) => readonly Tensor[] | undefined;

/** Rebuilds a graph, giving each live node to `rewrite`; inner graphs are rebuilt the same way. */
export function rewriteGraph(graph: Graph, rewrite: Rewrite): Graph {
  const builder = new Builder();
  return within(builder, () => {
    const map = new Map<Tensor, Tensor>();
    for (const t of graph.inputs) map.set(t, builder.input((t.node as NodeOf<"input">).params.name, t.shape));
    const replays = new Map<number, NodeOf<"scan">>();
    const live = liveNodes(graph);
    for (const node of live)
      if (node.op === "scan" && node.params.extends !== undefined) replays.set(node.params.extends, node);
    const visit = (start: GraphNode): void => {
      const stack: GraphNode[] = [start];
      while (stack.length > 0) {
        const node = stack.at(-1)!;
        if (map.has(node.outputs[0]!)) {
          stack.pop();
          continue;
        }
        const replay = node.op === "scan" ? replays.get(node.id) : undefined;
        const source = replay && live.has(replay) ? replay : node;
        const pending = source.inputs.filter((t) => !map.has(t));
        if (pending.length > 0) {
          for (const t of pending) stack.push(t.node);
          continue;
        }
        stack.pop();
        const outputs = emitNode(
          source,
          source.inputs.map((t) => map.get(t)!),
          builder,
          rewrite,
        );
        source.outputs.forEach((t, i) => void map.set(t, outputs[i]!));
        if (source !== node) node.outputs.forEach((t, i) => void map.set(t, outputs[i]!));
      }
    };
    for (const t of graph.outputs) visit(t.node);
    return builder.finish(
      graph.outputs.map((t) => map.get(t)!),
      graph.outputNames,
    );
  });
}

function emitNode(node: GraphNode, inputs: readonly Tensor[], builder: Builder, rewrite: Rewrite): readonly Tensor[] {
  const replaced = rewrite(node, inputs, builder);
  if (replaced) return replaced;
  switch (node.op) {
    case "customVjp":
      return inline(rewriteGraph(node.params.body, rewrite), inputs);
    case "scan": {
      const { extends: _, ...params } = node.params;
      return builder.emit("scan", { ...params, body: rewriteGraph(params.body, rewrite) }, inputs);
    }
    case "loop": {
      const { condition, body, ...params } = node.params;
      return builder.emit(
        "loop",
        { ...params, condition: rewriteGraph(condition, rewrite), body: rewriteGraph(body, rewrite) },
        inputs,
      );
    }
    default:
      return builder.emit(node.op, node.params as never, inputs);
  }
}

/** The nodes that the outputs need. */
function liveNodes(graph: Graph): Set<GraphNode> {
  const live = new Set<GraphNode>();
  const stack = graph.outputs.map((t) => t.node);
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (live.has(node)) continue;
    live.add(node);
    for (const t of node.inputs) stack.push(t.node);
  }
  return live;
}
