export { type OnnxOptions, onnx } from "./backend.ts";
export {
  type Direction,
  directions,
  type ExportedGraph,
  type ExportedValue,
  type ExportOptions,
  exportFlow,
} from "./export/export-flow.ts";
export { type DeviceReport, probeDevices } from "./probe.ts";
export { toOnnx } from "./to-onnx.ts";
