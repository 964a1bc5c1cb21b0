// Class-conditional Glow on the 1,797 8 × 8 digits: how many of its samples a separately trained classifier takes for the class
// that was asked for. Needs the folder that NORMFLOW_DATA names, with data/images/digits.csv.gz in it.
//
//   NORMFLOW_DATA=… node bench/digits-glow.mjs [--train 3000] [--samples 100] [--temperature .8] [--steps 4] [--hidden 48] [--seed 0] [--output digits.safetensors] [--json]
//
// Rows with index mod 5 = 4 are held out. The classifier, a perceptron 64-64-10, is trained on the same training rows and never sees
// a sample; its share of right answers on the held-out rows is printed beside.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { js } from "@normflow/backend-js";
import { onnx } from "@normflow/backend-onnx";
import {
  gradients,
  hostArray,
  key,
  logSoftmax,
  Model,
  mean,
  mul,
  neg,
  negativeLogLikelihood,
  save,
  startValues,
  sum,
  Trainer,
  takeRows,
  traceProgram,
} from "@normflow/core";
import { glow, mlp } from "@normflow/layers";
import { digitRows } from "./targets/digits.mjs";

const { values: args } = parseArgs({
  options: {
    train: { type: "string", default: "3000" },
    samples: { type: "string", default: "100" },
    temperature: { type: "string", default: ".8" },
    steps: { type: "string", default: "4" },
    hidden: { type: "string", default: "48" },
    seed: { type: "string", default: "0" },
    output: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const number = (name) => Number(args[name]);
const folder = process.env.NORMFLOW_DATA;
if (!folder) throw new Error("Set NORMFLOW_DATA to the folder that holds data/images/digits.csv.gz.");
const rows = digitRows(folder);
const images = hostArray(Float32Array.from(rows.flatMap((r) => r.slice(0, 64))), [rows.length, 1, 8, 8]);
const labels = rows.map((r) => r[64]);
const oneHot = (list) => {
  const data = new Float32Array(list.length * 10);
  list.forEach((label, i) => {
    data[10 * i + label] = 1;
  });
  return hostArray(data, [list.length, 10]);
};
const places = [...rows.keys()];
const [trainRows, testRows] = [places.filter((i) => i % 5 !== 4), places.filter((i) => i % 5 === 4)];

/** Trains the classifier by Adam and returns a function from [N, 64] to classes. */
async function classifier() {
  const net = mlp({ in: 64, out: 10, hidden: [64], zeroLast: false });
  const backend = js();
  const subject = { params: net.params, state: {} };
  const logits = (scope, x) => net.apply(scope, mul(x, 1 / 16), undefined);
  const step = traceProgram(
    subject,
    { mode: "train", inputs: { x: [64, 64], y: [64, 10] } },
    ({ scope, inputs, flat }) => {
      const loss = neg(mean(sum(mul(inputs.y, logSoftmax(logits(scope, inputs.x), -1)), -1)));
      return { gradient: gradients(loss, [flat])[0] };
    },
  );
  const run = await backend.compile(step.graph);
  const params = Float32Array.from(startValues(step.layout, key(77)));
  const [m, v] = [new Float32Array(params.length), new Float32Array(params.length)];
  for (let t = 1; t <= 1500; t++) {
    const batch = Array.from({ length: 64 }, (_, i) => trainRows[(t * 64 * 7 + i * 131) % trainRows.length]);
    const { gradient } = await run.run({
      params: hostArray(params, [params.length]),
      x: hostArray(takeRows(images, batch).data, [64, 64]),
      y: oneHot(batch.map((i) => labels[i])),
    });
    gradient.data.forEach((g, i) => {
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.999 * v[i] + 0.001 * g * g;
      params[i] -= (2e-3 * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
    });
  }
  return async (pixels) => {
    const n = pixels.length / 64;
    const program = traceProgram(subject, { mode: "eval", inputs: { x: [n, 64] } }, ({ scope, inputs }) => ({
      scores: logits(scope, inputs.x),
    }));
    const executable = await backend.compile(program.graph);
    const { scores } = await executable.run({
      params: hostArray(params, [params.length]),
      x: hostArray(pixels, [n, 64]),
    });
    return Array.from({ length: n }, (_, i) => {
      const own = scores.data.subarray(10 * i, 10 * i + 10);
      return own.indexOf(Math.max(...own));
    });
  };
}
const share = (given, wanted) => given.filter((label, i) => label === wanted[i]).length / given.length;

const flow = glow({
  event: [1, 8, 8],
  values: 17,
  context: 10,
  levels: 2,
  steps: number("steps"),
  hidden: number("hidden"),
});
const backend = await onnx();
const start = performance.now();
const trainer = await Trainer.create(
  flow,
  { x: takeRows(images, trainRows), context: oneHot(trainRows.map((i) => labels[i])) },
  {
    backend,
    batch: 64,
    seed: number("seed"),
    steps: number("train"),
    learningRate: 1e-3,
    schedule: { warmup: 100, shape: "cosine", floor: 0.02 },
    optimiser: { betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, clip: 50 },
    loss: negativeLogLikelihood,
    average: 0.995,
  },
);
while (trainer.step < number("train")) {
  const { loss } = await trainer.advance();
  if (trainer.step % 500 === 0)
    process.stderr.write(`step ${trainer.step}  ${(loss / 64 / Math.LN2).toFixed(3)} bits a pixel\n`);
}
const seconds = (performance.now() - start) / 1000;
const model = new Model(flow, await trainer.weights(), backend, { steps: number("train") });
const { data } = await model.logProb(takeRows(images, testRows), {
  context: oneHot(testRows.map((i) => labels[i])),
  seed: 5,
});
const classes = [...Array(10).keys()];
const drawn = await model.sample(number("samples"), {
  context: oneHot(classes),
  seed: number("seed") + 1,
  temperature: number("temperature"),
});
const classify = await classifier();
const pixels = Float32Array.from(drawn.data, (value) => Math.max(0, Math.min(16, value)));
const asked = classes.flatMap((label) => Array(number("samples")).fill(label));
const result = {
  "samples right": share(await classify(pixels), asked),
  "held-out digits right": share(
    await classify(takeRows(images, testRows).data),
    testRows.map((i) => labels[i]),
  ),
  "held-out bits per pixel": -data.reduce((a, b) => a + b, 0) / data.length / 64 / Math.LN2,
  temperature: number("temperature"),
  parameters: model.parameters,
  seconds: Math.round(seconds),
};
if (args.output) writeFileSync(args.output, save(model));
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
