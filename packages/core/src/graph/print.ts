/**
 * Prints and fingerprints graphs.
 *
 * @module
 */
import type { Graph, GraphNode } from "./graph.ts";
import { Size, shapeText } from "./size.ts";
import type { Tensor } from "./tensor.ts";

const MAX_LITERAL = 8;

function paramText(value: unknown): string {
  if (value instanceof Float64Array)
    return value.length <= MAX_LITERAL
      ? `[${value.join(", ")}]`
      : `[${value.slice(0, MAX_LITERAL).join(", ")}, … ${value.length}]`;
  if (value instanceof Size) return value.key;
  if (Array.isArray(value)) return `[${value.map(paramText).join(", ")}]`;
  return String(value);
}

const isGraph = (value: unknown): value is Graph =>
  typeof value === "object" && value !== null && "nodes" in value && "outputNames" in value;

/** The lines of a graph; those of inner graphs stand indented below their node. */
function linesOf(graph: Graph): string[] {
  const names = new Map<Tensor, string>();
  const lines: string[] = [];
  const name = (t: Tensor): string => names.get(t)!;
  const define = (node: GraphNode): string => {
    for (const t of node.outputs) names.set(t, `%${names.size}`);
    return node.outputs.map((t) => `${name(t)}: ${shapeText(t.shape)}`).join(", ");
  };
  for (const t of graph.inputs) lines.push(`${define(t.node)} = input ${(t.node.params as { name: string }).name}`);
  for (const node of graph.nodes) {
    if (node.op === "input") continue;
    const args = node.inputs.map(name).join(", ");
    const params = Object.entries(node.params).filter(([, v]) => !isGraph(v) && typeof v !== "function");
    const options = params.map(([k, v]) => `${k}=${paramText(v)}`).join(", ");
    lines.push(`${define(node)} = ${node.op}(${args})${options === "" ? "" : ` {${options}}`}`);
    for (const [k, v] of Object.entries(node.params))
      if (isGraph(v)) lines.push(`  ${k}:`, ...linesOf(v).map((line) => `    ${line}`));
  }
  lines.push(`return ${graph.outputs.map((t, i) => `${graph.outputNames[i]} = ${name(t)}`).join(", ")}`);
  return lines;
}

/** Prints a graph, one node a line: `%3: [N, 2] = add(%1, %2)`. */
export const printGraph = (graph: Graph): string => linesOf(graph).join("\n");

/** A fingerprint of what a graph computes (FNV-1a over its print and its literals), the same in every run. */
export function hashGraph(graph: Graph): string {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  const feed = (text: string): void => {
    for (let i = 0; i < text.length; i++) {
      low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
      high = Math.imul(high ^ text.charCodeAt(i), 0x85ebca6b) ^ (low >>> 13);
    }
  };
  const literals = (g: Graph): void => {
    for (const node of g.nodes) {
      if (node.op === "constant" && node.params.data.length > MAX_LITERAL) feed(node.params.data.join());
      for (const v of Object.values(node.params)) if (isGraph(v)) literals(v);
    }
  };
  feed(printGraph(graph));
  literals(graph);
  return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0");
}
