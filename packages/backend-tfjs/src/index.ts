export { type TfjsOptions, tfjs } from "./backend.ts";
export type { Device as TfjsDevice } from "./engine/device.ts";
export { type DeviceReport as TfjsDeviceReport, probeTfjs } from "./report.ts";
export type { TensorFlowModule } from "./tensorflow.ts";
