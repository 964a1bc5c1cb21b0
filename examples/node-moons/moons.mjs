// Trains RealNVP on two moons, scores what it has not seen, draws from it, and keeps it as one file.
import { readFile, writeFile } from "node:fs/promises";
import { js } from "@normflow/backend-js";
import { fit, load, save } from "@normflow/core";
import { realNVP } from "@normflow/layers";
import { all } from "@normflow/layers/all";

const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const moon = (_, i) => {
  const [angle, sign] = [Math.PI * Math.random(), i % 2 === 0 ? 1 : -1];
  const [x, y] = [sign * Math.cos(angle) + (1 - sign) / 2, sign * Math.sin(angle) + (1 - sign) / 4];
  return [x + 0.1 * normal(), y + 0.1 * normal()];
};
const [train, unseen] = [2000, 500].map((n) => Array.from({ length: n }, moon));

const steps = Number(process.argv[2] ?? 1500);
const backend = js();
const model = await fit(realNVP({ features: 2 }), { x: train }, { backend, steps, seed: 1 });

const { data } = await model.logProb(unseen);
console.log(`held out: ${(-data.reduce((a, b) => a + b, 0) / data.length).toFixed(3)} nats`);

await writeFile("moons.safetensors", save(model));
const again = await load(await readFile("moons.safetensors"), { backend, layers: all });
const draw = await again.sample(5, { seed: 1 });
for (let i = 0; i < 5; i++) console.log(Array.from(draw.data.slice(2 * i, 2 * i + 2), (v) => v.toFixed(3)).join("  "));
