// Memory over time, engine by engine: training steps on one model, and models loaded, used and disposed of.
//
//   node --expose-gc bench/memory.mjs [--engines js,onnx,reference,tfjs:cpu,tfjs:wasm] [--steps 10000] [--cycles 1000]
//
// After each tenth, garbage is collected and what stays is noted: the resident memory of the process and its heaps with
// their buffers, in MiB; for TensorFlow.js also its tensors. Flat means that the last half adds less than 5 MiB of heap, less than
// 16 MiB of resident memory and no tensor. Prints one JSON line an engine and part, and exits with 1 where one grows.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { js } from "@normflow/backend-js";
import { onnx } from "@normflow/backend-onnx";
import { tfjs } from "@normflow/backend-tfjs";
import { fit, open, reference } from "@normflow/core";
import { realNVP } from "@normflow/layers";
import { all } from "@normflow/layers/all";
import { MelodyModel } from "@normflow/music";
import * as tf from "@tensorflow/tfjs-core";

const { values: args } = parseArgs({
  options: {
    engines: { type: "string", default: "js,onnx,reference,tfjs:cpu,tfjs:wasm" },
    steps: { type: "string", default: "10000" },
    cycles: { type: "string", default: "1000" },
  },
});
if (!globalThis.gc)
  throw new Error("Start it as node --expose-gc bench/memory.mjs: garbage has to be collected to see what stays.");

const engines = {
  js: async () => js(),
  onnx: () => onnx({ threads: 1 }),
  reference: async () => reference(),
  "tfjs:cpu": () => tfjs({ device: "cpu" }),
  "tfjs:wasm": () => tfjs({ device: "wasm" }),
};
const file = readFileSync(new URL("../apps/cli/models/melody.safetensors", import.meta.url));
const round = (bytes) => Math.round((bytes / 2 ** 20) * 10) / 10;
let grown = false;

/** Notes what stays ten times on the way through `n` rounds. */
async function watch(engine, part, n, each) {
  const [resident, heaps, tensors] = [[], [], []];
  const note = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    resident.push(round(rss));
    heaps.push(round(heapUsed + external));
    if (engine.startsWith("tfjs")) tensors.push(tf.memory().numTensors);
  };
  await each(n, async (i) => {
    if (i % Math.max(1, Math.floor(n / 10)) === 0) await note();
  });
  const added = (list) => (list.length === 0 ? 0 : list.at(-1) - list[list.length >> 1]);
  const flat = added(heaps) < 5 && added(resident) < 16 && added(tensors) === 0;
  grown ||= !flat;
  console.log(JSON.stringify({ engine, part, rounds: n, flat, "resident MiB": resident, "heaps MiB": heaps, tensors }));
}

const x = Array.from({ length: 512 }, (_, i) => [Math.sin(i), Math.cos(1.7 * i)]);

for (const name of args.engines.split(",")) {
  const backend = await engines[name]();
  await watch(name, "training steps", Number(args.steps), async (steps, at) => {
    // A part at a time, so that garbage is collected between steps.
    const part = Math.max(1, Math.floor(steps / 10));
    let weights;
    for (let done = 0; done <= steps; done += part) {
      await at(done);
      if (done === steps) break;
      const model = await fit(
        realNVP({ features: 2, layers: 2, hidden: [16] }),
        { x },
        {
          backend,
          steps: part,
          batch: 64,
          validation: 0,
          ...(weights ? { from: weights } : {}),
        },
      );
      weights = model.weights;
      await model.dispose();
    }
  });
  await watch(name, "models loaded, used and disposed of", Number(args.cycles), async (cycles, at) => {
    for (let i = 0; i <= cycles; i++) {
      await at(i);
      const model = MelodyModel.from(open(file, all), backend);
      await model.sample(1, { seed: i });
      await model.dispose();
    }
  });
  await backend.dispose();
}
process.exit(grown ? 1 : 0);
