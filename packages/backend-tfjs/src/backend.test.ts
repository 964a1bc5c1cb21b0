import { BackendError, mul, OptionError, trace } from "@normflow/core";
import * as core from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it } from "vitest";
import { openTfjs } from "./backend.ts";
import { type Import, importByName } from "./engine/find.ts";
import { probeTfjs, tfjs } from "./index.ts";
import { nativeModule, notInstalled, removeNative } from "./testing/native-binding.ts";

/** Imports that find these packages and no others. */
const only =
  (found: Readonly<Record<string, () => unknown>>): Import =>
  async (name) => {
    const module = found[name];
    if (!module) throw notInstalled(name);
    return module();
  };
const here = (...names: string[]) => Object.fromEntries(names.map((name) => [name, () => importByName(name)]));
const small = here("@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-cpu", "@tensorflow/tfjs-backend-wasm");
const gpuPackage = (gpu: boolean) => ({ "@tensorflow/tfjs-node-gpu": () => nativeModule(gpu) });

afterEach(async () => {
  await core.setBackend("cpu");
  removeNative();
});

const described = async (device: Parameters<typeof openTfjs>[0]["device"], load: Import): Promise<string> => {
  const backend = await openTfjs({ device: device! }, load);
  const executable = await backend.compile(trace({ x: [2] }, ({ x }) => ({ y: mul(x, 3) })));
  const { y } = await executable.run({ x: { data: Float32Array.of(1, 2), shape: [2] } });
  expect([...y!.data]).toEqual([3, 6]);
  await backend.dispose();
  return backend.describe();
};

describe("a native binding", () => {
  it("is asked what it computes on", async () => {
    expect(await described("node-gpu", only(gpuPackage(true)))).toBe("tfjs: node-gpu, TensorFlow 2.9.1 on the GPU");
    const node = { "@tensorflow/tfjs-node": () => nativeModule(false) };
    expect(await described("node", only(node))).toBe("tfjs: node, TensorFlow 2.9.1 on the CPU");
  });

  it("that was asked for by name and has no CUDA is an error with the remedy", async () => {
    await expect(openTfjs({ device: "node-gpu" }, only(gpuPackage(false)))).rejects.toMatchObject({
      name: "BackendError",
      code: "device-unavailable",
      message: "tfjs: node-gpu does not run here: the binding found no CUDA and computes on the CPU.",
      hint: expect.stringContaining("CUDA 11.2"),
    });
  });

  it("without CUDA is taken by automatic choice where nothing is better, and says so", async () => {
    expect(await described("auto", only({ ...gpuPackage(false), ...small }))).toBe(
      "tfjs: node-gpu, TensorFlow 2.9.1 on the CPU (it found no CUDA)",
    );
    expect(await described("auto", only({ ...gpuPackage(true), ...small }))).toMatch("on the GPU");
  });

  it("whose addon is missing says what its package said", async () => {
    const broken = {
      "@tensorflow/tfjs-node": () => {
        throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found");
      },
    };
    await expect(openTfjs({ device: "node" }, only(broken))).rejects.toMatchObject({
      code: "device-unavailable",
      message: expect.stringContaining("native addon module"),
      hint: expect.stringContaining("install scripts allowed"),
    });
    expect(await described("auto", only({ ...broken, ...small }))).toMatch(/^tfjs: wasm/);
  });

  it("that computes something else is refused", async () => {
    const wrong = {
      "@tensorflow/tfjs-node": () => {
        const module = nativeModule(false);
        core.unregisterKernel("Relu", "tensorflow");
        core.registerKernel({ ...core.getKernel("Neg", "cpu"), kernelName: "Relu", backendName: "tensorflow" });
        return module;
      },
    };
    await expect(openTfjs({ device: "node" }, only(wrong))).rejects.toMatchObject({ code: "wrong-result" });
  });
});

describe("choosing a device", () => {
  it("falls from wasm to cpu, and to nothing with a remedy", async () => {
    expect(await described("auto", only(small))).toMatch(/^tfjs: wasm, /);
    const plain = here("@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-cpu");
    expect(await described("auto", only(plain))).toBe("tfjs: cpu, plain JavaScript, 1 thread");
    await expect(openTfjs({}, only({}))).rejects.toMatchObject({
      name: "BackendError",
      code: "device-unavailable",
      hint: expect.stringContaining("npm install @tensorflow/tfjs-core"),
    });
  });

  it("takes the union package where the small ones are missing", async () => {
    expect(await described("cpu", only({ "@tensorflow/tfjs": () => ({ default: core }) }))).toMatch("tfjs: cpu");
  });

  it("says which package a device lacks, and how to get it", async () => {
    for (const device of ["wasm", "webgl", "webgpu", "node"] as const)
      await expect(openTfjs({ device }, only({}))).rejects.toMatchObject({
        message: expect.stringMatching(`^tfjs: ${device} does not run here: @tensorflow/.* cannot be found\\.$`),
        hint: expect.stringMatching(/\.$/),
      });
  });

  it("takes what the caller imported, and says what is not registered in it", async () => {
    const backend = await tfjs({ device: "cpu", tf: core });
    expect(backend.device).toBe("cpu");
    await backend.dispose();
    await expect(tfjs({ device: "webgpu", tf: core })).rejects.toBeInstanceOf(BackendError);
  });

  it("refuses names that are none", async () => {
    await expect(tfjs({ device: "tpu" as never })).rejects.toBeInstanceOf(OptionError);
  });

  it("leaves the process's choice of backend as it was", async () => {
    await core.setBackend("cpu");
    await (await tfjs({ device: "wasm" })).dispose();
    expect(core.getBackend()).toBe("cpu");
  });

  it("reports every device for doctor", async () => {
    const reports = await probeTfjs(only({ ...small, ...gpuPackage(false) }));
    expect(reports.map(({ device, ok }) => [device, ok])).toEqual([
      ["wasm", true],
      ["cpu", true],
      ["node", false],
      ["node-gpu", false],
    ]);
    for (const { ok, reason, remedy } of reports) if (!ok) expect(reason && remedy).toMatch(/\.$/);
  });
});
