// Fits a flow to the posterior of the eight schools (Rubin 1981) by the evidence bound and weighs its samples: means and
// deviations beside those by quadrature, effective sample size, evidence.
//
//   node bench/eight-schools.mjs [realNVP|iaf|…] [--steps 3000] [--samples 256] [--lr 0.003] [--draws 100000] [--seed 0]
//     [--options '{"layers":6}'] [--backend onnx|js] [--json]
//
// Effects yᵢ ~ N(θᵢ, σᵢ), θᵢ = µ + τ ηᵢ, ηᵢ ~ N(0, 1), µ ~ N(0, 5), τ ~ half-Cauchy(5). The flow's coordinates are µ / 5,
// t and η, where τ = 5 tan(π/2 · Φ(t)) has its prior for t ~ N(0, 1): in these every prior is standard normal, so that the
// posterior's tails are no heavier than the base's. In ln τ its left tail would be exponential.
import { parseArgs } from "node:util";
import { js } from "@normflow/backend-js";
import { onnx } from "@normflow/backend-onnx";
import * as c from "@normflow/core";
import { recipes } from "@normflow/layers";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: "string", default: "3000" },
    samples: { type: "string", default: "256" },
    lr: { type: "string", default: "0.003" },
    draws: { type: "string", default: "100000" },
    seed: { type: "string", default: "0" },
    options: { type: "string", default: "{}" },
    backend: { type: "string", default: "onnx" },
    json: { type: "boolean", default: false },
  },
});

const effects = [28, 8, -3, 7, -1, 1, 18, 12];
const deviations = [15, 10, 16, 11, 9, 11, 10, 18];
/** Mean and deviation of the posterior by quadrature. */
const exact = [
  ["mu", 4.397, 3.318],
  ["tau", 3.598, 3.22],
  ["theta 1", 6.21, 5.59],
  ["theta 2", 4.94, 4.67],
  ["theta 3", 3.93, 5.26],
  ["theta 4", 4.76, 4.78],
  ["theta 5", 3.62, 4.66],
  ["theta 6", 4.04, 4.83],
  ["theta 7", 6.3, 5.08],
  ["theta 8", 4.85, 5.29],
];

const vector = (list) =>
  c.stack(
    list.map((v) => c.constant(v)),
    0,
  );
/** τ = 5 tan(π/2 · Φ(t)), by the tangent of the complement where Φ(t) is near 1. */
function scaleOf(t) {
  const angle = c.mul(Math.PI / 4, c.add(1, c.erf(c.mul(t, Math.SQRT1_2))));
  return c.mul(5, c.div(c.sin(angle), c.cos(angle)));
}
/** µ, τ and θ of the flow's coordinates, [..., 10]. */
function schools(x) {
  const mu = c.mul(5, c.slice(x, -1, 0, 1));
  const tau = scaleOf(c.slice(x, -1, 1, 1));
  return c.concat([mu, tau, c.add(mu, c.mul(tau, c.slice(x, -1, 2, 8)))], -1);
}
const logJoint = (x) => {
  const theta = c.slice(schools(x), -1, 2, 8);
  const misfit = c.standardNormalLogProb(c.div(c.sub(vector(effects), theta), vector(deviations)), 1);
  return c.add(c.standardNormalLogProb(x, 1), c.sub(misfit, Math.log(deviations.reduce((a, b) => a * b, 1))));
};

const name = positionals[0] ?? "realNVP";
const recipe = recipes[name];
if (!recipe) throw new Error(`There is no recipe ${name}; known are ${Object.keys(recipes).join(", ")}.`);
const backend = await { onnx, js }[values.backend]();
const start = performance.now();
const flow = recipe.make({ features: 10, layers: 6, ...JSON.parse(values.options) });
const model = await c.fit(flow, undefined, {
  backend,
  steps: Number(values.steps),
  learningRate: Number(values.lr),
  average: 0.995,
  seed: Number(values.seed),
  loss: c.elbo(logJoint, { samples: Number(values.samples) }),
});
const seconds = (performance.now() - start) / 1000;
const draws = await c.importanceSample(model, logJoint, Number(values.draws), { seed: 1234, chunk: 4096 });
const { data: quantities } = await model.compute("schools", draws.x, ({ inputs }) => schools(inputs.x), {
  chunk: 4096,
});
await model.dispose();

const rows = exact.map(([quantity, mean, deviation], k) => {
  let [first, second] = [0, 0];
  draws.weights.forEach((w, i) => {
    const v = quantities[10 * i + k];
    first += w * v;
    second += w * v * v;
  });
  const found = Math.sqrt(second - first * first);
  return {
    quantity,
    mean: first,
    deviation: found,
    meanError: Math.abs(first - mean) / deviation,
    deviationError: Math.abs(found - deviation) / deviation,
  };
});
const summary = {
  flow: name,
  parameters: model.parameters,
  seconds,
  effectiveShare: draws.effectiveSampleSize / draws.weights.length,
  largestWeight: draws.weights.reduce((a, b) => Math.max(a, b), 0),
  logEvidence: draws.logEvidence,
  worstError: Math.max(...rows.flatMap((r) => [r.meanError, r.deviationError])),
  backend: backend.describe(),
};
if (values.json) console.log(JSON.stringify({ ...summary, rows }));
else {
  const number = (v, digits = 3) => v.toFixed(digits).padStart(digits + 5);
  console.log("quantity      mean  (exact)  error   deviation  (exact)  error");
  rows.forEach((r, i) => {
    const [, mean, deviation] = exact[i];
    console.log(
      `${r.quantity.padEnd(8)} ${number(r.mean)} ${number(mean)} ${number(100 * r.meanError, 1)} % ${number(r.deviation)} ${number(deviation)} ${number(100 * r.deviationError, 1)} %`,
    );
  });
  console.log(
    `${name}, ${model.parameters} parameters, ${seconds.toFixed(0)} s: effective sample size ${(100 * summary.effectiveShare).toFixed(1)} % of ${values.draws}, largest weight ${summary.largestWeight.toExponential(1)}, ln evidence ${summary.logEvidence.toFixed(4)}`,
  );
}
await backend.dispose();
