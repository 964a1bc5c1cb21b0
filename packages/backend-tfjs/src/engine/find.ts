/**
 * Finds TensorFlow.js for a device and asks what it really computes on.
 *
 * @module
 */
import { BackendError, FlowError } from "@normflow/core";
import type { TensorFlow, TensorFlowModule } from "../tensorflow.ts";
import { type Device, type Engine, packages, registered, remedies, traits } from "./device.ts";
import { nativeLabel } from "./native.ts";
import { probe } from "./probe.ts";
import { webglLabel } from "./webgl.ts";

/** Imports a package by name; tests put bindings of their own in its place. */
export type Import = (name: string) => Promise<unknown>;

/** The name is no literal, so that a bundler leaves packages alone that may not be there. */
export const importByName: Import = (name) => import(/* webpackIgnore: true */ /* @vite-ignore */ name);

/** The error of a device that does not run, with its remedy. */
export const unavailable = (device: Device, why: string, cause?: unknown): BackendError =>
  new BackendError("device-unavailable", `tfjs: ${device} does not run here: ${why}`, {
    hint: remedies[device],
    cause,
  });

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What an import of a CommonJS or an ES module gives. */
const operatorsOf = (module: unknown): TensorFlow => {
  const { default: whole } = module as { readonly default?: unknown };
  return (whole !== undefined && whole !== null && "add" in (whole as object) ? whole : module) as TensorFlow;
};

/** The operators with the device's backend registered. */
async function importFor(device: Device, load: Import): Promise<TensorFlow> {
  const failures: unknown[] = [];
  for (const names of packages[device]) {
    try {
      const [first, ...others] = names as readonly [string, ...string[]];
      const tf = operatorsOf(await load(first));
      for (const name of others) await load(name);
      return tf;
    } catch (error) {
      failures.push(error);
    }
  }
  const cause = failures[0];
  const missing = (cause as { readonly code?: unknown }).code === "ERR_MODULE_NOT_FOUND";
  const wanted = packages[device][0]!.join(" and ");
  throw unavailable(device, missing ? `${wanted} cannot be found.` : reasonOf(cause), cause);
}

/** What the device is, in words; throws where it is not what its name says. */
async function labelOf(tf: TensorFlow, device: Device): Promise<string> {
  switch (device) {
    case "node":
    case "node-gpu":
      return nativeLabel(tf, device);
    case "wasm": {
      const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
      const threads = await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT");
      return `wasm, ${simd ? "SIMD" : "no SIMD"}, ${threads ? "threads" : "1 thread"}`;
    }
    case "cpu":
      return "cpu, plain JavaScript, 1 thread";
    case "webgl":
      return webglLabel(tf);
    case "webgpu":
      return "webgpu";
    default:
      return device satisfies never;
  }
}

/**
 * Starts a device and runs a small graph on it.
 * @param given the operators, where the caller has them; else they are imported
 * @throws {BackendError} `device-unavailable` where it does not run, or is not what its name says
 */
export async function startEngine(
  device: Device,
  given: TensorFlowModule | undefined,
  load: Import = importByName,
): Promise<Engine> {
  const tf = given === undefined ? await importFor(device, load) : operatorsOf(given);
  const backend = registered[device];
  if (tf.findBackendFactory(backend) === null)
    throw unavailable(device, `the module that was given has no backend "${backend}" registered.`);
  const before = tf.getBackend();
  const silent = tf.env().getBool("PROD");
  // TensorFlow.js advises on its first use to install other packages; what runs is said by `describe`.
  tf.env().set("PROD", true);
  try {
    if (!(await tf.setBackend(backend))) throw unavailable(device, "TensorFlow.js could not start it.");
    const engine: Engine = { tf, device, backend, label: await labelOf(tf, device), traits: traits[device] };
    await probe(engine);
    return engine;
  } catch (error) {
    if (error instanceof FlowError) throw error;
    throw unavailable(device, reasonOf(error), error);
  } finally {
    tf.env().set("PROD", silent);
    if (before && before !== tf.getBackend()) await tf.setBackend(before);
  }
}
