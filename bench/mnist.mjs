// Glow on the 10,000 test images of MNIST (rows 0–8,999 train, 9,000–9,999 test): bits per pixel of the 28 × 28, which a border
// of zeros makes 32 × 32. Needs the folder that NORMFLOW_DATA names, with data/images/ in it.
//
//   NORMFLOW_DATA=… node bench/mnist.mjs [--train 5000] [--batch 32] [--levels 3] [--steps 4] [--hidden 64]
//     [--rate 1e-3] [--coupling affine|gated|additive] [--conv plu|free] [--no-prior] [--minutes 25] [--draws 4] [--seed 0] [--output glow.safetensors] [--json]
//
// Trains for `train` steps or `minutes`, whichever ends first, on the running average of the weights; no image of the last
// thousand is looked at before the end. Bits are −log₂ p(x)/784, dequantization noise drawn `draws` times and averaged over: an
// upper bound of the true code length.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { onnx } from "@normflow/backend-onnx";
import { hostArray, Model, negativeLogLikelihood, save, Trainer } from "@normflow/core";
import { glow } from "@normflow/layers";

const { values: args } = parseArgs({
  options: {
    train: { type: "string", default: "5000" },
    batch: { type: "string", default: "32" },
    levels: { type: "string", default: "3" },
    steps: { type: "string", default: "4" },
    hidden: { type: "string", default: "64" },
    rate: { type: "string", default: "1e-3" },
    coupling: { type: "string", default: "affine" },
    conv: { type: "string", default: "plu" },
    "no-prior": { type: "boolean", default: false },
    minutes: { type: "string", default: "25" },
    draws: { type: "string", default: "4" },
    seed: { type: "string", default: "0" },
    output: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const number = (name) => Number(args[name]);
const folder = process.env.NORMFLOW_DATA;
if (!folder) throw new Error("Set NORMFLOW_DATA to the folder that holds data/images/t10k-images-idx3-ubyte.gz.");

const pixels = gunzipSync(readFileSync(join(folder, "data/images/t10k-images-idx3-ubyte.gz"))).subarray(16);
const images = (from, to) =>
  hostArray(Float32Array.from(pixels.subarray(from * 784, to * 784)), [to - from, 1, 28, 28]);
const [train, test] = [images(0, 9000), images(9000, 10_000)];
const bits = (nats) => nats / (784 * Math.LN2);

const flow = glow({
  event: [1, 28, 28],
  levels: number("levels"),
  steps: number("steps"),
  hidden: number("hidden"),
  coupling: args.coupling,
  conv: args.conv,
  prior: !args["no-prior"],
});
const backend = await onnx();
const start = performance.now();
const seconds = () => (performance.now() - start) / 1000;
const trainer = await Trainer.create(
  flow,
  { x: train },
  {
    backend,
    batch: number("batch"),
    seed: number("seed"),
    steps: number("train"),
    learningRate: number("rate"),
    schedule: { warmup: 200, shape: "cosine", floor: 0.02 },
    optimiser: { betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, clip: 50 },
    loss: negativeLogLikelihood,
    average: 0.997,
  },
);
let recent = 0;
let done = 0;
while (done < number("train") && seconds() < 60 * number("minutes") - 20) {
  const { loss } = await trainer.advance();
  done = trainer.step;
  recent = recent === 0 ? loss : 0.98 * recent + 0.02 * loss;
  if (done % 200 === 0)
    process.stderr.write(`step ${done}  ${bits(recent).toFixed(3)} bits  ${seconds().toFixed(0)} s\n`);
}
const model = new Model(flow, await trainer.weights(), backend, { steps: done });
const nats = [];
for (let draw = 0; draw < number("draws"); draw++) {
  const { data } = await model.logProb(test, { seed: 100 + draw });
  nats.push(-data.reduce((a, b) => a + b, 0) / data.length);
}
const mean = nats.reduce((a, b) => a + b, 0) / nats.length;
if (args.output) writeFileSync(args.output, save(model));
const result = {
  "bits per pixel": Number(bits(mean).toFixed(4)),
  "training bits": Number(bits(recent).toFixed(4)),
  parameters: model.parameters,
  steps: done,
  seconds: Math.round(seconds()),
  "ms a step": Math.round((1000 * seconds()) / done),
  backend: backend.describe(),
};
console.log(
  args.json
    ? JSON.stringify(result)
    : Object.entries(result)
        .map(([k, v]) => `${k}: ${v}`)
        .join("\n"),
);
await model.dispose();
await trainer.dispose();
await backend.dispose();
