/**
 * What WebGL draws with: the driver's name, and whether it computes in 32 bits.
 *
 * @module
 */
import { BackendError } from "@normflow/core";
import type { TensorFlow } from "../tensorflow.ts";

interface WebGl {
  getExtension(name: string): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
  getParameter(name: number): unknown;
}

/** `webgl 2, ANGLE (…)`. @throws {BackendError} where the device computes in 16 bits only */
export function webglLabel(tf: TensorFlow): string {
  if (!tf.env().getBool("WEBGL_RENDER_FLOAT32_ENABLED"))
    throw new BackendError("device-unavailable", "tfjs: webgl computes in 16 bits on this device.", {
      hint: 'Use device "wasm".',
    });
  const { gpgpu } = tf.backend() as unknown as { readonly gpgpu?: { readonly gl?: WebGl } };
  const names = gpgpu?.gl?.getExtension("WEBGL_debug_renderer_info");
  const renderer = names ? String(gpgpu!.gl!.getParameter(names.UNMASKED_RENDERER_WEBGL)) : "renderer unknown";
  return `webgl ${tf.env().getNumber("WEBGL_VERSION")}, ${renderer}`;
}

/** Whether a driver draws on the CPU: right, and slower than WebAssembly. */
export const drawsInSoftware = (label: string): boolean => /swiftshader|llvmpipe|software/i.test(label);
