/**
 * The devices that automatic choice tries, best first, and on what condition it takes each.
 *
 * @module
 */
import type { Device, Engine } from "./device.ts";
import { usesGpu } from "./native.ts";
import { drawsInSoftware } from "./webgl.ts";

interface Candidate {
  readonly device: Device;
  accepts(engine: Engine): boolean;
}

const always = (device: Device): Candidate => ({ device, accepts: () => true });

const inNode: readonly Candidate[] = [
  { device: "node-gpu", accepts: ({ tf, backend }) => usesGpu(tf, backend) },
  always("node"),
  // Without CUDA it still is TensorFlow's own code on the CPU, and says so.
  always("node-gpu"),
  always("wasm"),
  always("cpu"),
];

const inPage: readonly Candidate[] = [
  { device: "webgl", accepts: ({ label }) => !drawsInSoftware(label) },
  always("wasm"),
  always("webgl"),
  always("cpu"),
];

/** Candidates where this runs. */
export function candidates(): readonly Candidate[] {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  return process?.versions?.node === undefined ? inPage : inNode;
}
