/**
 * Devices by name: the packages that bring them, what TensorFlow.js calls them, what their kernels do otherwise.
 *
 * @module
 */
import type { Handle, TensorFlow } from "../tensorflow.ts";

/** What TensorFlow.js can compute on. `node` and `node-gpu` are the native bindings. */
export type Device = "node-gpu" | "node" | "wasm" | "cpu" | "webgl" | "webgpu";

export const DEVICES: readonly Device[] = ["node-gpu", "node", "wasm", "cpu", "webgl", "webgpu"];

/** Where the kernels of a device differ from those of others. */
export interface Traits {
  /** A product with a transposed operand runs in slow loops. */
  readonly slowTransposedProducts: boolean;
  /** `maximum` and `minimum` pass over a NaN in their second operand. */
  readonly secondNaNVanishes: boolean;
  /** Sine and cosine err by 2⁻¹¹. */
  readonly roughWaves: boolean;
  /** Slices that are one stretch of memory cost nothing. */
  readonly freeStretches: boolean;
  /**
   * An array's entries where they lie, for devices whose memory the host sees. Their own kernels for slices copy entry by
   * entry (cpu) or the whole operand first (wasm). The view holds until something else is computed.
   */
  view(tf: TensorFlow, x: Handle): Float32Array | undefined;
}

/** A device that has run. */
export interface Engine {
  readonly tf: TensorFlow;
  readonly device: Device;
  /** The device as TensorFlow.js names it. */
  readonly backend: string;
  /** What it really runs on, for people. */
  readonly label: string;
  readonly traits: Traits;
}

const unseen = (): undefined => undefined;

const FAITHFUL: Traits = {
  slowTransposedProducts: false,
  secondNaNVanishes: false,
  roughWaves: false,
  freeStretches: false,
  view: unseen,
};

/** The part of the WebAssembly backend that shows its memory. */
interface Heap {
  typedArrayFromHeap?(x: Handle): unknown;
}

export const traits: Readonly<Record<Device, Traits>> = {
  "node-gpu": FAITHFUL,
  node: FAITHFUL,
  wasm: {
    slowTransposedProducts: true,
    secondNaNVanishes: true,
    roughWaves: false,
    freeStretches: false,
    view: (tf, x) => floats((tf.backend() as Heap).typedArrayFromHeap?.(x)),
  },
  cpu: { ...FAITHFUL, freeStretches: true, view: (_, x) => floats(x.dataSync()) },
  webgl: { ...FAITHFUL, roughWaves: true },
  webgpu: { ...FAITHFUL, roughWaves: true },
};

const floats = (values: unknown): Float32Array | undefined => (values instanceof Float32Array ? values : undefined);

/** The name of each device in TensorFlow.js's own registry. */
export const registered: Readonly<Record<Device, string>> = {
  "node-gpu": "tensorflow",
  node: "tensorflow",
  wasm: "wasm",
  cpu: "cpu",
  webgl: "webgl",
  webgpu: "webgpu",
};

/** Packages to import for a device, the first set that is there; the first of a set has the operators. */
export const packages: Readonly<Record<Device, readonly (readonly string[])[]>> = {
  "node-gpu": [["@tensorflow/tfjs-node-gpu"]],
  node: [["@tensorflow/tfjs-node"]],
  wasm: [["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm"]],
  cpu: [["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-cpu"], ["@tensorflow/tfjs"]],
  webgl: [["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-webgl"], ["@tensorflow/tfjs"]],
  webgpu: [["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-webgpu"]],
};

/** How each device is made to run, as a sentence. */
export const remedies: Readonly<Record<Device, string>> = {
  "node-gpu":
    "Install CUDA 11.2 and cuDNN 8.1, then npm install @tensorflow/tfjs-node-gpu with install scripts allowed, on Node 20 or 22; without a GPU use tfjs:node or tfjs:wasm.",
  node: "npm install @tensorflow/tfjs-node with install scripts allowed, on Node 20 or 22: its script fetches TensorFlow from outside the registry.",
  wasm: "npm install @tensorflow/tfjs-core@4 @tensorflow/tfjs-backend-wasm@4; in a page, import both and pass the first as tf.",
  cpu: "npm install @tensorflow/tfjs-core@4 @tensorflow/tfjs-backend-cpu@4; in a page, import both and pass the first as tf.",
  webgl:
    'In a page with WebGL, import @tensorflow/tfjs-core and @tensorflow/tfjs-backend-webgl and pass the first as tf; elsewhere use device "wasm".',
  webgpu:
    'In a page with WebGPU, import @tensorflow/tfjs-core and @tensorflow/tfjs-backend-webgpu and pass the first as tf; elsewhere use device "webgl" or "wasm".',
};
