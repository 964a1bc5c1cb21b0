// Trains a neural spline flow of a fixed size (3 layers, 64 × 64, 8 bins) on tables of normal rows and anomalies: nats a
// row on held-out normal rows, and AUROC of the anomalies, means of three seeds.
//
//   node bench/tabular-nsf.mjs FOLDER [--set 40_vowels,22_magic.gamma] [--options '{…}'] [--fit '{…}'] [--seeds 3] [--json]
//
// FOLDER holds .npz files with X (rows × columns) and y (1 = anomaly). Normal rows of even index train, each tenth of them
// validates; the others and all anomalies test. Columns are standardised by the training rows, constant ones dropped.
// At most 2,000 steps of 256 rows, the best state on the validation rows, looked at every 100 steps, kept; nothing is
// chosen by the test rows.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { onnx } from "@normflow/backend-onnx";
import { fit, hostArray } from "@normflow/core";
import { nsf } from "@normflow/layers";
import { unzipSync } from "fflate";
import { readNpy } from "../apps/cli/dist/data/npy.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    set: { type: "string" },
    options: { type: "string", default: "{}" },
    fit: { type: "string", default: "{}" },
    seeds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
if (!folder) {
  console.error("Usage: node bench/tabular-nsf.mjs FOLDER [--set NAME,…] [--json]");
  process.exit(2);
}
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".npz"))
  .map((file) => file.slice(0, -4))
  .filter((name) => !values.set || values.set.split(",").includes(name));

/** Training that suits a few hundred to some thousand rows; `fit` of the command line goes over it. */
const training = {
  steps: 2000,
  batch: 256,
  learningRate: 3e-3,
  average: 0.99,
  weightDecay: 0.01,
  clip: 5,
  evaluateEvery: 100,
  patience: 5,
};

const pick = ({ data, columns }, rows) => rows.map((r) => Array.from(data.subarray(r * columns, (r + 1) * columns)));

/** The parts of a set, standardised by its training rows. */
function readSet(name) {
  const files = unzipSync(readFileSync(join(folder, `${name}.npz`)));
  const [x, y] = ["X.npy", "y.npy"].map((file) => readNpy(files[file]));
  const all = Array.from({ length: x.rows }, (_, r) => r);
  const normal = all.filter((r) => y.data[r] === 0);
  const known = normal.filter((_, i) => i % 2 === 0);
  const train = pick(
    x,
    known.filter((_, i) => i % 10 !== 9),
  );
  const mean = train[0].map((_, c) => train.reduce((s, row) => s + row[c], 0) / train.length);
  const deviation = mean.map((m, c) => Math.sqrt(train.reduce((s, row) => s + (row[c] - m) ** 2, 0) / train.length));
  const kept = deviation.flatMap((v, c) => (v > 1e-12 ? [c] : []));
  const standard = (rows) => {
    const flat = rows.flatMap((row) => kept.map((c) => (row[c] - mean[c]) / deviation[c]));
    return hostArray(Float64Array.from(flat), [rows.length, kept.length]);
  };
  return {
    features: kept.length,
    train: standard(train),
    valid: standard(
      pick(
        x,
        known.filter((_, i) => i % 10 === 9),
      ),
    ),
    test: standard(
      pick(
        x,
        normal.filter((_, i) => i % 2 === 1),
      ),
    ),
    anomalies: standard(
      pick(
        x,
        all.filter((r) => y.data[r] !== 0),
      ),
    ),
  };
}

/** The chance that an anomaly scores above a normal row, ties counted half. */
function auroc(normal, anomalous) {
  const sorted = Float64Array.from(normal).sort();
  const below = (v, orEqual) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (orEqual ? sorted[middle] <= v : sorted[middle] < v) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return mean(anomalous.map((v) => (below(v, false) + below(v, true)) / 2)) / sorted.length;
}
const mean = (v) => v.reduce((a, b) => a + b, 0) / v.length;

const backend = await onnx();
for (const name of names) {
  const { features, train, valid, test, anomalies } = readSet(name);
  const runs = [];
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const flow = nsf({ features, layers: 3, hidden: [64, 64], bins: 8, ...JSON.parse(values.options) });
    const options = { ...training, ...JSON.parse(values.fit) };
    const start = performance.now();
    const model = await fit(flow, { x: train }, { backend, seed, ...options, validation: { x: valid } });
    const seconds = (performance.now() - start) / 1000;
    const [normal, anomalous] = [(await model.logProb(test)).data, (await model.logProb(anomalies)).data];
    const scores = [normal, anomalous].map((v) => Array.from(v, (l) => -l));
    runs.push({
      nats: mean(Array.from(normal)),
      auroc: auroc(...scores),
      valid: -model.facts.valid,
      best: model.facts.bestStep,
      seconds,
    });
    await model.dispose();
  }
  const of = (figure) => mean(runs.map((run) => run[figure]));
  const figures = { set: name, auroc: of("auroc"), nats: of("nats") };
  if (values.json) console.log(JSON.stringify(figures));
  else {
    const each = runs.map(
      (r) => `${r.nats.toFixed(3)} (step ${r.best}, valid ${r.valid.toFixed(3)}, ${r.seconds.toFixed(0)} s)`,
    );
    console.log(
      `${name}  ${figures.nats.toFixed(3)} nats a row, AUROC ${figures.auroc.toFixed(4)}; ${each.join(", ")}`,
    );
  }
}
await backend.dispose();
