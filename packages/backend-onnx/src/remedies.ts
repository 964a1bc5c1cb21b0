/**
 * What to do where a device does not run.
 *
 * @module
 */
import type { Provider } from "./lowering/scope.ts";

/** How each device is made to run, as a sentence. */
export const remedies: Readonly<Record<Provider, string>> = {
  cpu: "Reinstall onnxruntime-node for this platform: npm rebuild onnxruntime-node.",
  cuda: "Install CUDA 12 and cuDNN 9, then the provider library: ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node --ignore-scripts=false.",
  wasm: "Serve the .wasm file of onnxruntime-web from where the page may load it: onnxWeb({ wasmPaths: \"/ort/\" }); a policy needs 'wasm-unsafe-eval'.",
  webgpu:
    "Install a Vulkan, Metal or Direct3D 12 driver; without a GPU, point VK_ICD_FILENAMES at a software driver such as the vk_swiftshader_icd.json that comes with Chromium, and let LD_LIBRARY_PATH find libvulkan.so.1.",
};
