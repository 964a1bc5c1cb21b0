// The engines side by side on the melody model that ships: js, reference, onnx and tfjs, warm medians and ratios.
//
//   node bench/engines.mjs [--model FILE] [--repeats 40] [--engines js,reference,onnx,tfjs:wasm,tfjs:cpu]
//
// Prints one JSON line an engine and task, in milliseconds, then the ratios to js. "first" is the first call of a fresh model on a fresh
// engine: trace, compile and run. One thread each.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { js } from "@normflow/backend-js";
import { onnx } from "@normflow/backend-onnx";
import { tfjs } from "@normflow/backend-tfjs";
import { open, reference } from "@normflow/core";
import { all } from "@normflow/layers/all";
import { MelodyModel } from "@normflow/music";

const { values: args } = parseArgs({
  options: {
    model: { type: "string", default: "apps/cli/models/melody.safetensors" },
    repeats: { type: "string", default: "40" },
    engines: { type: "string", default: "js,reference,onnx,tfjs:wasm,tfjs:cpu" },
  },
});
const makers = {
  js: async () => js(),
  reference: async () => reference(),
  onnx: () => onnx({ threads: 1 }),
  "tfjs:wasm": () => tfjs({ device: "wasm" }),
  "tfjs:cpu": () => tfjs({ device: "cpu" }),
  "tfjs:node": () => tfjs({ device: "node" }),
  "tfjs:node-gpu": () => tfjs({ device: "node-gpu" }),
};
const opened = open(readFileSync(args.model), all);
const repeats = Number(args.repeats);
const round = (ms) => Number(ms.toFixed(2));

async function timed(action) {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** Median and best of warm runs, fewer of them for what is slow. */
async function warm(action) {
  const once = await timed(action);
  const count = Math.max(3, Math.min(repeats, Math.ceil(4000 / once)));
  const times = [];
  for (let i = 0; i < count; i++) times.push(await timed(action));
  times.sort((a, b) => a - b);
  return { median: times[count >> 1], best: times[0] };
}

const table = {};
for (const engine of args.engines.split(",")) {
  const backend = await makers[engine]();
  const model = MelodyModel.from(opened, backend);
  let seed = 0;
  const opening = await timed(() => model.sample(1, { seed }));
  const melodies = await model.sample(16, { seed: 3 });
  const [a, b] = melodies;
  const [z] = await model.encode([a]);
  table[engine] = {
    "first sample(1)": { median: opening, best: opening },
    "sample(1)": await warm(() => model.sample(1, { seed: seed++ })),
    "sample(16)": await warm(() => model.sample(16, { seed: seed++ })),
    "bits of one": await warm(() => model.bits([a])),
    "encode of one": await warm(() => model.encode([a])),
    "decode of one": await warm(() => model.decode([z])),
    "morph of nine": await warm(() => model.morph(a, b, 9)),
    "four variations": await warm(() => model.vary(a, 4, { seed: seed++ })),
  };
  for (const [task, { median, best }] of Object.entries(table[engine]))
    console.log(JSON.stringify({ engine, task, median: round(median), best: round(best) }));
  await model.dispose();
  await backend.dispose();
}
for (const [engine, tasks] of Object.entries(table)) {
  if (engine === "js" || !table.js) continue;
  for (const [task, { median, best }] of Object.entries(tasks)) {
    const [m, b] = [median / table.js[task].median, best / table.js[task].best];
    console.log(JSON.stringify({ task, over: `${engine}/js`, medians: round(m), bests: round(b) }));
  }
}
