// Trains a flow on two-dimensional targets whose entropy is known: how near it comes, and that it never seems better.
//
//   node bench/targets-2d.mjs --flow nsf [--target 8gaussians|moons|circles|rings|2spirals|checkerboard|all]
//     [--minutes 3] [--options '{"coupling": true}'] [--steps N] [--batch N] [--rate R] [--average A] [--seed 0]
//     [--backend onnx|js|reference] [--json]
//
// A flow is any recipe, or nsf-coupling, with one setting for all targets. Prints for each target: held-out nats above
// the exact entropy (1e5 points), KL = E[log p − log q] on the same points with its standard error, which must not lie
// more than 3 of them below 0, and the integral of q over a grid. Steps are at most --steps and as many as fit into
// --minutes of training.
import { parseArgs } from "node:util";
import { js } from "@normflow/backend-js";
import { onnx } from "@normflow/backend-onnx";
import { fit, hostArray, reference } from "@normflow/core";
import { recipes } from "@normflow/layers";
import { targets } from "./targets/plane.mjs";

const { values } = parseArgs({
  options: {
    flow: { type: "string", default: "nsf" },
    target: { type: "string", default: "all" },
    minutes: { type: "string", default: "3" },
    options: { type: "string", default: "{}" },
    steps: { type: "string" },
    batch: { type: "string" },
    rate: { type: "string" },
    average: { type: "string" },
    seed: { type: "string", default: "0" },
    backend: { type: "string", default: "onnx" },
    json: { type: "boolean", default: false },
  },
});

/**
 * Training that suits each flow on the plane; `options` are the recipe's, and an entry may give a variant of a recipe a name of its own. Where each density is an equation to solve, the
 * grid is coarser, more events go at once, and no rows are held out to choose among steps by.
 */
const settings = {
  nsf: { options: { layers: 2, bins: 32, hidden: [64, 64, 64] }, steps: 5000, rate: 3e-3 },
  "nsf-coupling": {
    recipe: "nsf",
    options: { coupling: true, layers: 4, bins: 32, hidden: [128, 128] },
    steps: 4000,
    rate: 3e-3,
  },
  flowPlusPlus: { options: { layers: 6, components: 16, hidden: [96, 96] }, steps: 5000, rate: 3e-3 },
  residualFlow: { options: { layers: 10, logDet: "exact" }, steps: 9000, batch: 256, rate: 1e-2 },
  ffjord: {
    options: { hidden: [64, 64, 64, 64], tolerance: 1e-6, late: 2 },
    steps: 60_000,
    batch: 512,
    rate: 6e-3,
    average: 0.9995,
    grid: 200,
    validation: 0,
    chunk: 2000,
  },
};
const standard = {
  options: {},
  steps: 6000,
  batch: 512,
  rate: 2e-3,
  average: 0.998,
  grid: 600,
  validation: 0.02,
  chunk: 512,
};

const TRAINING_ROWS = 400_000;
const HELD_OUT = 100_000;

const recipe = recipes[settings[values.flow]?.recipe ?? values.flow];
const names = values.target === "all" ? Object.keys(targets) : values.target.split(",");
const unknown = names.find((name) => !targets[name]);
if (!recipe || unknown) {
  const [given, known] = recipe
    ? [unknown, Object.keys(targets)]
    : [values.flow, [...new Set([...Object.keys(recipes), ...Object.keys(settings)])]];
  console.error(`There is no ${recipe ? "target" : "flow"} "${given}"; there are ${known.join(", ")}.`);
  process.exit(2);
}
const tuned = { ...standard, ...settings[values.flow] };
for (const name of ["steps", "batch", "rate", "average"]) if (values[name]) tuned[name] = Number(values[name]);
const options = { features: 2, ...tuned.options, ...JSON.parse(values.options) };
const { grid, chunk } = tuned;
const loss = recipe.loss?.(options);
const backend = await { onnx, js, reference }[values.backend]();

const mean = (v) => v.reduce((a, b) => a + b, 0) / v.length;

/** The number of steps that fit into the time, by the pace of some. */
async function stepsWithin(minutes, x) {
  const marks = [];
  const onProgress = () => void marks.push(performance.now());
  const trial = {
    backend,
    steps: 60,
    batch: tuned.batch,
    validation: 0,
    average: tuned.average,
    onProgress,
    ...(loss ? { loss } : {}),
  };
  await (await fit(recipe.make(options), { x }, trial)).dispose();
  const pace = (marks[59] - marks[19]) / 40;
  return Math.max(1, Math.min(tuned.steps, Math.floor((0.95 * 60_000 * minutes) / pace)));
}

/** ∫ q over the square of a half side, by midpoints. */
async function integral(model, box) {
  const width = (2 * box) / grid;
  const points = new Float32Array(2 * grid * grid);
  for (let i = 0; i < grid * grid; i++) {
    points[2 * i] = -box + width * (Math.floor(i / grid) + 0.5);
    points[2 * i + 1] = -box + width * ((i % grid) + 0.5);
  }
  const { data } = await model.logProb(hostArray(points, [grid * grid, 2]), { chunk });
  return data.reduce((total, v) => total + Math.exp(v), 0) * width * width;
}

for (const name of names) {
  const target = targets[name];
  const x = hostArray(target.sample(TRAINING_ROWS, 1000), [TRAINING_ROWS, 2]);
  const steps = await stepsWithin(Number(values.minutes), x);
  const start = performance.now();
  const model = await fit(
    recipe.make(options),
    { x },
    {
      backend,
      seed: Number(values.seed),
      steps,
      batch: tuned.batch,
      learningRate: tuned.rate,
      average: tuned.average,
      validation: tuned.validation,
      ...(loss ? { loss } : {}),
    },
  );
  const seconds = (performance.now() - start) / 1000;
  const asked = performance.now();
  const points = target.sample(HELD_OUT, 2000);
  const { data: logQ } = await model.logProb(hostArray(points, [HELD_OUT, 2]), { chunk });
  const differences = Float64Array.from(logQ, (v, i) => target.logDensity(points[2 * i], points[2 * i + 1]) - v);
  const kl = mean(differences);
  const error = Math.sqrt(mean(differences.map((v) => (v - kl) ** 2)) / HELD_OUT);
  const figures = {
    flow: values.flow,
    target: name,
    gap: -mean(logQ) - target.entropy,
    kl,
    standardErrors: kl / error,
    integral: await integral(model, target.box),
    seconds,
    densitySeconds: (performance.now() - asked) / 1000,
    steps,
    parameters: model.parameters,
  };
  const number = (v, digits) => v.toFixed(digits).padStart(digits + 4);
  console.log(
    values.json
      ? JSON.stringify(figures)
      : `${name.padEnd(13)} ${number(figures.gap, 4)} nats above the entropy, KL ${number(kl, 4)} (${number(figures.standardErrors, 1)} s.e.), integral ${number(figures.integral, 4)}, ${number(seconds, 0)} s for ${steps} steps`,
  );
  await model.dispose();
}
await backend.dispose();
