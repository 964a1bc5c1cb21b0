/**
 * What a native binding computes on. Without CUDA the GPU binding computes on the CPU and says nothing, so it is asked.
 *
 * @module
 */
import type { TensorFlow } from "../tensorflow.ts";
import { registered } from "./device.ts";

/** The binding's side of the backend, as tfjs-node 4 has it. */
interface NativeBackend {
  readonly isUsingGpuDevice?: boolean;
  readonly binding?: { readonly TF_Version?: string; isUsingGpuDevice?(): boolean };
}

/** Whether a binding computes on a GPU. */
export function usesGpu(tf: TensorFlow, backend: string): boolean {
  const { binding, isUsingGpuDevice } = tf.findBackend(backend) as NativeBackend;
  return binding?.isUsingGpuDevice?.() ?? isUsingGpuDevice ?? false;
}

/** `node-gpu, TensorFlow 2.9.1 on the GPU`. */
export function nativeLabel(tf: TensorFlow, device: "node" | "node-gpu"): string {
  const { binding } = tf.findBackend(registered[device]) as NativeBackend;
  const gpu = usesGpu(tf, registered[device]);
  const where = gpu ? "on the GPU" : device === "node-gpu" ? "on the CPU (it found no CUDA)" : "on the CPU";
  return `${device}, TensorFlow ${binding?.TF_Version ?? "of unknown version"} ${where}`;
}
