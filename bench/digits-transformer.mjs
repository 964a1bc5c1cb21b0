// tarFlow beside realNVP on the 8 × 8 digits at equal training time: bits per dimension of held-out digits, an upper bound
// by uniform dequantization (17 levels, 8 draws), with parameters, steps and seconds of each. One JSON line a flow.
//
//   NORMFLOW_DATA=FOLDER node bench/digits-transformer.mjs [--seconds 60] [--seed 0] [--samples 64]
//
// FOLDER holds data/images/digits.csv.gz. Every tenth digit from the fifth tests, every tenth from the tenth validates.
import { parseArgs } from "node:util";
import { onnx } from "@normflow/backend-onnx";
import { chain, fit, flow, foldIn, hostArray, key, uniform } from "@normflow/core";
import { realNVP, rescale, reshapeEvent, tarFlow } from "@normflow/layers";
import { digitRows } from "./targets/digits.mjs";

const { values: args } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "0" },
    samples: { type: "string", default: "64" },
  },
});
const [seconds, seed, samples] = [args.seconds, args.seed, args.samples].map(Number);
const PIXELS = 64;
const BATCH = 128;

const rows = digitRows(process.env.NORMFLOW_DATA ?? ".").map((row) => row.slice(0, PIXELS));
const part = (test) => rows.filter((_, i) => test(i % 10)).flat();
const train = part((k) => k !== 4 && k !== 9);
const valid = part((k) => k === 9);
const test = part((k) => k === 4);

/** Levels spread over their cells. */
const spread = (levels, noise) => Float32Array.from(levels, (v, i) => v + noise[i]);
const digits = (data) => hostArray(data, [data.length / PIXELS, PIXELS]);

/** The training digits, with other noise in every pass. */
const source = {
  count: train.length / PIXELS,
  take(chosen, pass) {
    const levels = Array.from(chosen, (row) => train.slice(row * PIXELS, (row + 1) * PIXELS)).flat();
    return { x: digits(spread(levels, uniform(foldIn(pass, chosen[0]), levels.length))) };
  },
};

const mean = (v) => v.reduce((a, b) => a + b, 0) / v.length;
const pixel = (i) => train.filter((_, k) => k % PIXELS === i).map((v) => v + 0.5);
const shift = Array.from({ length: PIXELS }, (_, i) => mean(pixel(i)));
const scale = shift.map((m, i) => Math.sqrt(mean(pixel(i).map((v) => (v - m) ** 2)) + 1 / 12));

/** A flow in the units of the levels. */
const ofLevels = ({ base, bijector }, ...layers) =>
  flow({ base, bijector: chain([bijector, ...layers, rescale({ shift, scale })]) });

const flows = {
  realNVP: ofLevels(realNVP({ features: PIXELS, layers: 8, hidden: [128, 128] })),
  tarFlow: ofLevels(
    tarFlow({ event: [1, 8, 8], patch: 2, layers: 4, width: 64, blocks: 2, dropout: 0.1 }),
    reshapeEvent({ from: [1, 8, 8], to: [PIXELS] }),
  ),
};

const backend = await onnx();
const validation = { x: digits(spread(valid, uniform(key(seed + 1), valid.length))) };
for (const [name, subject] of Object.entries(flows)) {
  const train = (steps, more = {}) =>
    fit(subject, source, {
      backend,
      seed,
      steps,
      batch: BATCH,
      learningRate: 1e-3,
      average: 0.99,
      validation,
      ...more,
    });
  // What a step costs, the compilation left out, gives the number of steps.
  let [from, until] = [0, 0];
  const warm = await train(30, {
    evaluateEvery: 1000,
    onProgress({ step }) {
      if (step === 9) from = performance.now();
      if (step === 29) until = performance.now();
    },
  });
  await warm.dispose();
  const steps = Math.round((seconds * 1000 * 20) / (until - from));
  const start = performance.now();
  const model = await train(steps, { schedule: { warmup: 100 } });
  const trained = (performance.now() - start) / 1000;
  const draws = [];
  for (let k = 0; k < 8; k++) {
    const { data } = await model.logProb(digits(spread(test, uniform(key(100 + k), test.length))));
    draws.push(mean(Array.from(data)));
  }
  await model.sample(samples, { seed });
  const sampling = performance.now();
  await model.sample(samples, { seed });
  console.log(
    JSON.stringify({
      flow: name,
      backend: backend.describe(),
      parameters: model.parameters,
      steps,
      seconds: Math.round(trained),
      bestStep: model.facts.bestStep,
      bitsPerDimension: Number((-mean(draws) / PIXELS / Math.LN2).toFixed(4)),
      millisecondsASample: Number(((performance.now() - sampling) / samples).toFixed(3)),
    }),
  );
  await model.dispose();
}
await backend.dispose();
