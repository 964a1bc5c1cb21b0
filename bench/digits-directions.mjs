// Moves 8×8 digits through the latent space of a flow that never saw a label: along the difference of two class means,
// until a classifier that was trained apart takes each for a digit of the other class.
//
//   NORMFLOW_DATA=… node bench/digits-directions.mjs [--steps 2000] [--layers 8] [--hidden 128] [--lr 0.001] [--seed 0]
//     [--backend onnx|js] [--json]
//
// Of each five rows the last tests, the others train. All 90 ordered pairs (a, b): of the test digits a that the
// classifier takes for an a, the share that it takes for a b somewhere on z + t (mean of b − mean of a), 0 < t ≤ 1.5, and
// at the end of that way. As a check that the flow is a model of digits and no table, it prints the nats of held-out
// digits and of those that were moved (t = 1), and how many of the flow's own samples look like the digit that they are
// taken for: what the classifier is sure of (p ≥ 0.5). A classifier is a flow too: one of labels, given pixels.
import { parseArgs } from "node:util";
import { js } from "@normflow/backend-js";
import { onnx } from "@normflow/backend-onnx";
import * as c from "@normflow/core";
import { actNorm, affine, coupling, mlp, sigmoid, uniformDequantize } from "@normflow/layers";
import { digitRows } from "./targets/digits.mjs";
import { digitsClassifier, shown } from "./targets/digits-classifier.mjs";

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "2000" },
    layers: { type: "string", default: "8" },
    hidden: { type: "string", default: "128" },
    lr: { type: "string", default: "0.001" },
    seed: { type: "string", default: "0" },
    backend: { type: "string", default: "onnx" },
    json: { type: "boolean", default: false },
  },
});
const folder = process.env.NORMFLOW_DATA;
if (!folder) {
  console.error("NORMFLOW_DATA names no folder; the digits are in its data/images/digits.csv.gz.");
  process.exit(2);
}

const PIXELS = 64;
const LEVELS = 17;
const table = digitRows(folder);
const side = (test) => {
  const rows = table.filter((_, i) => (i % 5 === 4) === test);
  return {
    x: c.hostArray(Float32Array.from(rows.flatMap((r) => r.slice(0, PIXELS))), [rows.length, PIXELS]),
    labels: rows.map((r) => r[PIXELS]),
  };
};
const [train, test] = [side(false), side(true)];

/** The flow of pixels: couplings that keep every other pixel or a half in turn, on the logits of dequantized pixels. */
function digitsFlow(layers, hidden) {
  const network = mlp({ in: PIXELS / 2, out: PIXELS, hidden: [hidden, hidden] });
  const block = (_, i) => [
    coupling({
      features: PIXELS,
      kept: ["even", "odd", "first", "second"][i % 4],
      transformation: affine({ bound: 2 }),
      network,
    }),
    actNorm({ event: [PIXELS] }),
  ];
  return c.flow({
    base: c.standardNormal({ event: [PIXELS] }),
    bijector: c.chain([
      ...Array.from({ length: layers }, block).flat(),
      sigmoid({ event: [PIXELS], low: 0, high: LEVELS }),
      uniformDequantize({ event: [PIXELS] }),
    ]),
  });
}

const backend = await { onnx, js }[values.backend]();
const start = performance.now();
const classifier = await digitsClassifier(train.x, train.labels, backend);
const model = await c.fit(
  digitsFlow(Number(values.layers), Number(values.hidden)),
  { x: train.x },
  {
    backend,
    steps: Number(values.steps),
    batch: 256,
    learningRate: Number(values.lr),
    average: 0.998,
    seed: Number(values.seed),
    validation: 0.1,
  },
);
const seconds = (performance.now() - start) / 1000;

const mean = (v) => v.reduce((a, b) => a + b, 0) / v.length;

const verdict = await classifier.judge(test.x);
const accuracy = mean(verdict.map(({ best }, i) => Number(best === test.labels[i])));
const [zTrain, zTest] = [await model.encode(train.x), await model.encode(test.x)];
const WAY = Array.from({ length: 15 }, (_, i) => (i + 1) / 10);
const pairs = [];
const ways = [];
for (let a = 0; a < 10; a++)
  for (let b = 0; b < 10; b++) {
    if (a === b) continue;
    const direction = c.attributeDirection(zTrain, train.labels, a, b);
    const from = test.labels.flatMap((label, i) => (label === a && verdict[i].best === a ? [i] : []));
    const z = c.takeRows(zTest, from);
    for (const t of WAY) ways.push(...c.moveAlong(z, direction, t).data);
    pairs.push({ a, b, count: from.length });
  }
// All of them in one call, so that a backend plans for one size of batch.
const moved = await model.decode(c.hostArray(Float32Array.from(ways), [ways.length / PIXELS, PIXELS]));
const seen = await classifier.judge(moved);
const atOne = [];
let next = 0;
for (const pair of pairs) {
  const turned = new Array(pair.count).fill(false);
  for (const t of WAY)
    for (let i = 0; i < pair.count; i++, next++) {
      if (seen[next].best === pair.b) turned[i] = true;
      if (t === 1) atOne.push(next);
      if (t === WAY.at(-1)) pair.end = (pair.end ?? 0) + Number(seen[next].best === pair.b) / pair.count;
    }
  pair.turned = turned.filter(Boolean).length;
}
const natsMoved = (await model.logProb(shown(c.takeRows(moved, atOne)))).data;
const shares = pairs.map((p) => p.turned / p.count);
const total = pairs.reduce((n, p) => n + p.turned, 0) / pairs.reduce((n, p) => n + p.count, 0);
const worst = pairs[shares.indexOf(Math.min(...shares))];
const own = await classifier.judge(await model.sample(500, { seed: 5 }));
const figures = {
  turned: total,
  turnedAtEnd: mean(pairs.map((p) => p.end)),
  pairsAt80: shares.filter((s) => s >= 0.8).length,
  worst: { ...worst, share: Math.min(...shares) },
  classifierAccuracy: accuracy,
  nats: mean((await model.logProb(test.x)).data),
  natsMoved: mean(natsMoved),
  sureOfSamples: mean(own.map(({ p }) => Number(p >= 0.5))),
  parameters: model.parameters,
  seconds,
  backend: backend.describe(),
};
await model.dispose();
await classifier.dispose();
await backend.dispose();
const percent = (v) => `${(100 * v).toFixed(1)} %`;
console.log(
  values.json
    ? JSON.stringify({ ...figures, pairs })
    : `${percent(figures.turned)} of test digits turn into the other class within 1.5 times the difference, ${percent(figures.turnedAtEnd)} are of it at the end
${figures.pairsAt80} of 90 pairs reach 80 %; the worst is ${worst.a} to ${worst.b}, ${percent(figures.worst.share)} of ${worst.count}
classifier right on ${percent(accuracy)} of test digits, sure of ${percent(figures.sureOfSamples)} of the flow's own samples
${figures.nats.toFixed(1)} nats a test digit, ${figures.natsMoved.toFixed(1)} a moved one; ${figures.parameters} parameters, ${seconds.toFixed(0)} s`,
);
