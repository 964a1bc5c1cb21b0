// Class-conditional Glow on the 1,797 8 × 8 digits: how many of its samples a separately trained classifier takes for the class
// that was asked for. Needs the folder that NORMFLOW_DATA names, with data/images/digits.csv.gz in it.
//
//   NORMFLOW_DATA=… node bench/digits-glow.mjs [--train 3000] [--samples 100] [--temperature .8] [--steps 4] [--hidden 48] [--seed 0] [--output digits.safetensors] [--json]
//
// Rows with index mod 5 = 4 are held out. The classifier, a perceptron 64-64-10, is trained on the same training rows and never sees
// a sample; its share of right answers on the held-out rows is printed beside.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { onnx } from "@normflow/backend-onnx";
import { hostArray, Model, negativeLogLikelihood, save, Trainer, takeRows } from "@normflow/core";
import { glow } from "@normflow/layers";
import { digitRows } from "./targets/digits.mjs";
import { digitsClassifier } from "./targets/digits-classifier.mjs";

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

const share = (given, wanted) => given.filter(({ best }, i) => best === wanted[i]).length / given.length;

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
const classifier = await digitsClassifier(
  takeRows(images, trainRows),
  trainRows.map((i) => labels[i]),
  backend,
);
const asked = classes.flatMap((label) => Array(number("samples")).fill(label));
const result = {
  "samples right": share(await classifier.judge(drawn), asked),
  "held-out digits right": share(
    await classifier.judge(takeRows(images, testRows)),
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
await classifier.dispose();
await model.dispose();
await trainer.dispose();
await backend.dispose();
