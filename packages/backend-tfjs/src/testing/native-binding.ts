/**
 * A native binding that is none: the interface of `@tensorflow/tfjs-node`, computing with the kernels of `cpu`.
 *
 * @module
 */
import * as core from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";

const NAME = "tensorflow";

/** The module that a native package would be; `gpu` is what its binding says when asked. */
export function nativeModule(gpu: boolean): object {
  removeNative();
  core.registerBackend(NAME, () => {
    const kernels = core.findBackendFactory("cpu")();
    const binding = { TF_Version: "2.9.1", isUsingGpuDevice: () => gpu };
    return Object.assign(kernels, { binding, isUsingGpuDevice: gpu }) as never;
  });
  for (const kernel of core.getKernelsForBackend("cpu")) core.registerKernel({ ...kernel, backendName: NAME });
  return core;
}

/** Takes the binding out again. */
export function removeNative(): void {
  if (core.findBackendFactory(NAME) === null) return;
  for (const kernel of core.getKernelsForBackend(NAME)) core.unregisterKernel(kernel.kernelName, NAME);
  core.removeBackend(NAME);
}

/** What Node throws where a package is not installed. */
export function notInstalled(name: string): Error {
  return Object.assign(new Error(`Cannot find package '${name}'`), { code: "ERR_MODULE_NOT_FOUND" });
}
