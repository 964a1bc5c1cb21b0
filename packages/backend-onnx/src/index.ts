export { type OnnxOptions, onnx } from "./backend.ts";
export { type DeviceReport, probeDevices } from "./probe.ts";
export { toOnnx } from "./to-onnx.ts";
