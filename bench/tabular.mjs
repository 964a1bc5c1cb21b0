// How well the flow that `flowctl train` takes for tables tells anomalies from normal rows that it never saw.
//
//   npm run bench -- tabular FOLDER [--sets 40_vowels,45_wine] [--seeds 3] [--flow NAME] [--option name=value …] [--json]
//
// FOLDER holds .npz files with X (rows × columns) and y (1 = anomaly). Of the normal rows those of even index train, each
// tenth of them validates; the others and all anomalies test. A line a set: AUROC of −ln p, and the mean ln p of normal
// test rows in nats, of columns standardised by the training rows; means over the seeds. Then the means over the sets.
// Settings and steps are those of flowctl; the state kept is the best on the validation rows. Nothing looks at test rows.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { onnx } from "@normflow/backend-onnx";
import { fit, hostArray, takeRows } from "@normflow/core";
import { readLabels } from "../apps/cli/dist/data/labels.js";
import { measureColumns, moments, varies } from "../apps/cli/dist/data/measure.js";
import { readTable } from "../apps/cli/dist/data/table.js";
import { tableFlow, tableSettings } from "../apps/cli/dist/kinds/table-flow.js";
import { rowLogProb } from "../apps/cli/dist/kinds/table-model.js";
import { flowOption } from "../apps/cli/dist/run/options.js";
import { auroc } from "../apps/cli/dist/score/ranking.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sets: { type: "string" },
    seeds: { type: "string", default: "3" },
    flow: { type: "string", default: "tabular" },
    option: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
if (!folder) {
  console.error("Usage: npm run bench -- tabular FOLDER [--sets NAME,…] [--seeds N] [--flow NAME] [--json]");
  process.exit(2);
}
const options = values.option.reduce((all, text) => flowOption(text, all), {});
const wanted = values.sets?.split(",");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".npz"))
  .map((file) => file.slice(0, -4))
  .filter((name) => !wanted || wanted.includes(name));
const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;

/** The parts of a set; columns that do not vary in the training rows are left out. */
async function readSet(name) {
  const path = join(folder, `${name}.npz`);
  const table = await readTable(path);
  const isAnomaly = await readLabels("y", path, table);
  const rows = isAnomaly.map((_, r) => r);
  const normal = rows.filter((r) => !isAnomaly[r]);
  const known = normal.filter((_, i) => i % 2 === 0);
  const train = known.filter((_, i) => i % 10 !== 9);
  const all = hostArray(table.data, [table.rows, table.columns]);
  const { shift, scale } = moments(takeRows(all, Uint32Array.from(train)));
  const kept = shift.flatMap((m, c) => (varies(m, scale[c]) ? [c] : []));
  const pick = (chosen) =>
    hostArray(Float64Array.from(chosen.flatMap((r) => kept.map((c) => table.data[r * table.columns + c]))), [
      chosen.length,
      kept.length,
    ]);
  return {
    train: pick(train),
    valid: pick(known.filter((_, i) => i % 10 === 9)),
    normal: pick(normal.filter((_, i) => i % 2 === 1)),
    anomalies: pick(rows.filter((r) => isAnomaly[r])),
  };
}

const backend = await onnx();
const all = [];
for (const name of names) {
  const { train, valid, normal, anomalies } = await readSet(name);
  const columns = measureColumns(train);
  const volume = columns.scale.reduce((total, s) => total + Math.log(s), 0);
  const settings = tableSettings(columns.rows, values.flow);
  const { epochs, batch, lr, betas, weightDecay, clip, warmup, floor, average } = settings;
  const flow = tableFlow({ ...settings, options }, columns);
  const runs = [];
  const start = performance.now();
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const model = await fit(
      flow,
      { x: train },
      {
        ...{ backend, seed, epochs, batch, learningRate: lr, betas, weightDecay, clip, average },
        schedule: { warmup, floor },
        validation: { x: valid },
        evaluateEvery: Math.max(1, Math.floor(columns.rows / Math.min(batch, columns.rows))),
      },
    );
    const [of, anomalous] = [await rowLogProb(model, normal), await rowLogProb(model, anomalies)];
    const scores = [...of, ...anomalous].map((v) => -v);
    runs.push({
      auroc: auroc(
        scores,
        scores.map((_, i) => i >= of.length),
      ),
      nats: mean(Array.from(of)) + volume,
      valid: volume - model.facts.valid,
    });
    await model.dispose();
  }
  const seconds = (performance.now() - start) / 1000;
  const figures = Object.fromEntries(["auroc", "nats", "valid"].map((key) => [key, mean(runs.map((r) => r[key]))]));
  all.push(figures);
  if (values.json) console.log(JSON.stringify({ set: name, auroc: figures.auroc, nats: figures.nats }));
  else
    console.log(
      `${name.padEnd(20)} AUROC ${figures.auroc.toFixed(4)}  nats ${figures.nats.toFixed(3)}  (valid ${figures.valid.toFixed(3)}; AUROC by seed ${runs.map((r) => r.auroc.toFixed(4)).join(" ")}; ${seconds.toFixed(0)} s)`,
    );
}
const means = { sets: all.length, auroc: mean(all.map((f) => f.auroc)), nats: mean(all.map((f) => f.nats)) };
console.log(
  values.json
    ? JSON.stringify({ set: "mean", auroc: means.auroc, nats: means.nats })
    : `${"mean".padEnd(20)} AUROC ${means.auroc.toFixed(4)}  nats ${means.nats.toFixed(3)}`,
);
await backend.dispose();
