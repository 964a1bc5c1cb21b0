// Uses a model that flowctl trained on a table.
import { readFile } from "node:fs/promises";
import { js } from "@normflow/backend-js";
import { load } from "@normflow/core";
import { all } from "@normflow/layers/all";

const model = await load(await readFile(process.argv[2] ?? "run/model.safetensors"), { backend: js(), layers: all });
const { columns } = model.facts.data;
console.log(`columns: ${columns.join(", ")}`);

const people = [
  [172, 66],
  [172, 95],
];
const { data } = await model.logProb(people);
people.forEach((row, i) => void console.log(`${row.join(", ")}: ${data[i].toFixed(2)} nats`));

const draw = await model.sample(3, { seed: 1 });
for (let i = 0; i < 3; i++) console.log(Array.from(draw.data.slice(2 * i, 2 * i + 2), (v) => v.toFixed(1)).join(", "));
await model.dispose();
