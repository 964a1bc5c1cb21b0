import { type Graph, traceProgram } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { autoregressive } from "../autoregressive/autoregressive.ts";
import { affine } from "../transformation/affine.ts";
import { maskedMlp } from "./masked-mlp.ts";

/** Multiplications in the matrix products of a graph, scans counted step by step. */
function products(graph: Graph): number {
  let total = 0;
  for (const node of graph.nodes) {
    if (node.op === "scan") total += node.params.length * products(node.params.body);
    if (node.op !== "matmul") continue;
    const [rows, columns] = node.outputs[0]!.shape.slice(-2) as [number, number];
    const inner = node.inputs[0]!.shape.at(-1) as number;
    total += rows * columns * inner;
  }
  return total;
}

describe("maskedMlp", () => {
  test("computes all steps at the cost of one pass", () => {
    const conditioner = maskedMlp({ features: 16, parameters: 2, hidden: [120, 120] });
    const layer = autoregressive({ transformation: affine(), conditioner });
    const cost = (way: "forward" | "inverse"): number =>
      products(
        traceProgram(layer, { mode: "eval", inputs: { x: [4, 16] } }, ({ scope, inputs }) => {
          const [value, logDet] = layer[way](scope, inputs["x"]!);
          return { value, logDet };
        }).graph,
      );
    expect(cost("forward") / cost("inverse")).toBeLessThan(1.1);
  });

  test("names a wrong option", () => {
    expect(() => maskedMlp({ features: 0, parameters: 1 })).toThrow("masked-mlp: option features");
    expect(() => maskedMlp({ features: 1, parameters: 1, activation: "relus" as never })).toThrow("option activation");
  });
});
