// Fits flows to the energies U1–U4 of Rezende & Mohamed (2015, table 1) by reverse KL, with ONNX Runtime on the CPU:
// E[ln q + U] over fresh samples beside its lower bound −ln Z, and the integral of q by quadrature, which must be 1.
// U2–U4 repeat along z1, so that they have a Z on a box only, |z1| ≤ 4: there the flow ends in a sigmoid.
//
//   node bench/energies.mjs [planarFlow|sylvester|nsf|…] [--energy U1,U2,U3,U4] [--steps 6000] [--samples 512] [--lr 0.005]
//     [--path] [--seed 0] [--options '{"layers":8}'] [--backend onnx|js] [--json]
//
// --path takes the path gradient. Every recipe can be named; recipes that sample feature by feature take long, so nsf is made
// of couplings unless the options say otherwise: on U1 it comes within .002 nats of the bound in a minute.
import { parseArgs } from "node:util";
import { js } from "@normflow/backend-js";
import { onnx } from "@normflow/backend-onnx";
import * as c from "@normflow/core";
import { recipes, rescale, sigmoid } from "@normflow/layers";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    energy: { type: "string", default: "U1,U2,U3,U4" },
    steps: { type: "string", default: "6000" },
    samples: { type: "string", default: "512" },
    lr: { type: "string", default: "0.005" },
    path: { type: "boolean", default: false },
    seed: { type: "string", default: "0" },
    options: { type: "string", default: "{}" },
    backend: { type: "string", default: "onnx" },
    json: { type: "boolean", default: false },
  },
});

/** −½ ((a)/s)² */
const bell = (a, s) => c.mul(-0.5, c.square(c.div(a, s)));
/** ln(eᵃ + eᵇ) */
const logAddExp = (a, b) => c.add(c.max(a, b), c.softplus(c.neg(c.abs(c.sub(a, b)))));
const wave = (z1) => c.sin(c.mul(Math.PI / 2, z1));
const bump = (z1) => c.mul(3, c.exp(bell(c.sub(z1, 1), 0.6)));
const step = (z1) => c.mul(3, c.sigmoid(c.div(c.sub(z1, 1), 0.3)));

/** −U, and ln Z: over the plane for U1, over |z1| ≤ 4 for the others. */
const energies = {
  U1: {
    logZ: 1.878,
    box: false,
    logDensity: (z1, z2) =>
      c.add(
        bell(c.sub(c.sqrt(c.add(c.square(z1), c.square(z2))), 2), 0.4),
        logAddExp(bell(c.sub(z1, 2), 0.6), bell(c.add(z1, 2), 0.6)),
      ),
  },
  U2: { logZ: 2.082, box: true, logDensity: (z1, z2) => bell(c.sub(z2, wave(z1)), 0.4) },
  U3: {
    logZ: 2.642,
    box: true,
    logDensity: (z1, z2) => {
      const away = c.sub(z2, wave(z1));
      return logAddExp(bell(away, 0.35), bell(c.add(away, bump(z1)), 0.35));
    },
  },
  U4: {
    logZ: 2.711,
    box: true,
    logDensity: (z1, z2) => {
      const away = c.sub(z2, wave(z1));
      return logAddExp(bell(away, 0.4), bell(c.add(away, step(z1)), 0.35));
    },
  },
};

/** The recipe's settings that suit this, where the caller gives none. */
const settings = { planarFlow: { layers: 32 }, sylvester: { layers: 16 }, nsf: { coupling: true, layers: 4 } };

/** ln of the integral of e^{−U} by the midpoint rule, to hold the figures above to account. */
async function quadrature({ logDensity, box }) {
  const n = 1200;
  const [wide, high] = [box ? 4 : 8, 8];
  const graph = c.trace({}, () => {
    const place = (size) => c.mul(size / n, c.add(c.mul(2, c.iota(n)), 1 - n));
    return { total: c.sum(c.exp(logDensity(c.expandDims(place(wide), 1), place(high)))) };
  });
  const { total } = await (await c.reference().compile(graph)).run({});
  return Math.log((total.data[0] * 4 * wide * high) / n ** 2);
}

const name = positionals[0] ?? "planarFlow";
const recipe = recipes[name];
if (!recipe) throw new Error(`There is no recipe ${name}; known are ${Object.keys(recipes).join(", ")}.`);
const backend = await { onnx, js }[values.backend]();

for (const which of values.energy.split(",")) {
  const energy = energies[which];
  const logZ = await quadrature(energy);
  if (Math.abs(logZ - energy.logZ) > 1e-3) throw new Error(`ln Z of ${which} is ${logZ}, not ${energy.logZ}`);
  const logDensity = (x) => energy.logDensity(c.at(x, -1, 0), c.at(x, -1, 1));
  const inner = recipe.make({ features: 2, ...settings[name], ...JSON.parse(values.options) });
  const flow = energy.box
    ? c.flow({
        base: inner.base,
        bijector: c.chain([inner.bijector, sigmoid({ event: [2] }), rescale({ shift: [-4, -8], scale: [8, 16] })]),
      })
    : inner;
  const start = performance.now();
  const model = await c.fit(flow, undefined, {
    backend,
    steps: Number(values.steps),
    learningRate: Number(values.lr),
    average: 0.995,
    seed: Number(values.seed),
    loss: c.reverseKL(logDensity, Number(values.samples), { pathGradient: values.path }),
  });
  const seconds = (performance.now() - start) / 1000;

  const n = 100_000;
  const base = c.hostArray(c.normal(c.key(77), 2 * n), [n, 2]);
  const { data } = await model.compute(
    "excess",
    base,
    ({ scope, inputs }) => {
      const [x, logDet] = flow.bijector.forward(scope.at("bijector"), inputs.x);
      return c.sub(c.sub(c.standardNormalLogProb(inputs.x, 1), logDet), logDensity(x));
    },
    { batch: 5000 },
  );
  const mean = data.reduce((a, b) => a + b, 0) / n;
  const error = Math.sqrt(data.reduce((a, b) => a + (b - mean) ** 2, 0) / n / n);

  const side = 400;
  const [wide, high] = energy.box ? [4, 8] : [6, 6];
  const grid = new Float32Array(2 * side * side);
  for (let i = 0; i < side; i++)
    for (let j = 0; j < side; j++)
      grid.set([wide * ((2 * i + 1) / side - 1), high * ((2 * j + 1) / side - 1)], 2 * (i * side + j));
  const density = await model.logProb(c.hostArray(grid, [side * side, 2]), { batch: 4000 });
  const integral = density.data.reduce((a, b) => a + Math.exp(b), 0) * ((4 * wide * high) / side ** 2);
  await model.dispose();

  const result = {
    flow: name,
    energy: which,
    excess: mean,
    bound: -logZ,
    gap: mean + logZ,
    standardError: error,
    integral,
    parameters: model.parameters,
    steps: Number(values.steps),
    samples: Number(values.samples),
    path: values.path,
    seconds,
    backend: backend.describe(),
  };
  console.log(
    values.json
      ? JSON.stringify(result)
      : `${name} on ${which}: E[ln q + U] ${mean.toFixed(4)} ± ${error.toFixed(4)}, −ln Z ${(-logZ).toFixed(4)}, gap ${result.gap.toFixed(4)}, integral ${integral.toFixed(4)}, ${model.parameters} parameters, ${seconds.toFixed(0)} s`,
  );
}
await backend.dispose();
