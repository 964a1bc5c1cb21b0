/**
 * Graphs as ONNX files.
 *
 * @module
 */
import type { Bindings, Graph } from "@normflow/core";
import { lower } from "./lowering/lower.ts";
import { prepare } from "./passes/prepare.ts";

/**
 * Writes a graph as an ONNX model (opset 21, IR 10, float32), the same bytes each time.
 *
 * @param bindings values of the sizes' symbols; shapes in the model are fixed
 * @throws {ShapeError} `unbound-size` where a symbol has no value
 */
export const toOnnx = (graph: Graph, bindings: Bindings = new Map()): Uint8Array =>
  lower(prepare(graph), bindings, "cpu").bytes;
