// Trains RealNVP on the two moons, with ONNX Runtime on the CPU unless told: held-out nats beside the exact entropy, and seconds.
//
//   node bench/two-moons.mjs [--seed 0] [--steps 2000] [--backend onnx|js|reference|tfjs:wasm|tfjs:cpu]
import { parseArgs } from "node:util";
import { js } from "@normflow/backend-js";
import { onnx } from "@normflow/backend-onnx";
import { tfjs } from "@normflow/backend-tfjs";
import { fit, hostArray, key, normal, reference, uniform } from "@normflow/core";
import { realNVP } from "@normflow/layers";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "0" },
    steps: { type: "string", default: "2000" },
    backend: { type: "string", default: "onnx" },
  },
});

/** Differential entropy of this density by quadrature. */
const ENTROPY = 2.394;

/** Two half circles with normal noise of deviation .1, times 2, moved by (−1, −.2). */
export function twoMoons(n, seed) {
  const angle = uniform(key(seed), n);
  const noise = normal(key(seed + 1_000_003), 2 * n);
  const data = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const t = Math.PI * angle[i];
    const [x, y] = i % 2 === 0 ? [Math.cos(t), Math.sin(t)] : [1 - Math.cos(t), 0.5 - Math.sin(t)];
    data[2 * i] = 2 * (x + 0.1 * noise[2 * i]) - 1;
    data[2 * i + 1] = 2 * (y + 0.1 * noise[2 * i + 1]) - 0.2;
  }
  return hostArray(data, [n, 2]);
}

const backends = {
  onnx,
  js,
  reference,
  "tfjs:wasm": () => tfjs({ device: "wasm" }),
  "tfjs:cpu": () => tfjs({ device: "cpu" }),
};
const backend = await backends[values.backend]();
const start = performance.now();
const model = await fit(
  realNVP({ features: 2, layers: 8, hidden: [64, 64] }),
  { x: twoMoons(20_000, 100) },
  {
    backend,
    seed: Number(values.seed),
    steps: Number(values.steps),
    batch: 256,
    learningRate: 2e-3,
    average: 0.995,
    validation: 0.1,
  },
);
const seconds = (performance.now() - start) / 1000;
const { data } = await model.logProb(twoMoons(50_000, 200));
const nats = -data.reduce((a, b) => a + b, 0) / data.length;
console.log(
  JSON.stringify({
    backend: backend.describe(),
    steps: Number(values.steps),
    parameters: model.parameters,
    heldOutNats: nats,
    entropy: ENTROPY,
    bar: 2.5,
    seconds,
  }),
);
await model.dispose();
await backend.dispose();
