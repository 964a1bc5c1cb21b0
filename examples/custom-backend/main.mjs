// Checks the backend on the cases of its primitives, then evaluates flows on it.
import { fit, Model, reference } from "@normflow/core";
import { conformanceCases, runCase } from "@normflow/core/conformance";
import { maf, realNVP } from "@normflow/layers";
import { tiny } from "./tiny-backend.mjs";

const backend = tiny();
let [right, without] = [0, 0];
for (const subject of conformanceCases) {
  try {
    const { ok, name, error } = await runCase(subject, backend);
    if (!ok) throw new Error(`${name}: off by ${error}`);
    right++;
  } catch (error) {
    if (error.code !== "not-lowered") throw error;
    without++;
  }
}
console.log(`${right} cases agree with the reference, ${without} use primitives that are not here`);

const x = Array.from({ length: 256 }, (_, i) => [Math.cos(i), Math.sin(2 * i) + 0.1 * Math.cos(7 * i)]);
const flows = { RealNVP: realNVP({ features: 2, layers: 2 }), MAF: maf({ features: 2, layers: 2 }) };
for (const [name, flow] of Object.entries(flows)) {
  const oracle = await fit(flow, { x }, { backend: reference(), steps: 5, batch: 64, seed: 1 });
  const here = new Model(flow, oracle.weights, backend);
  const [ours, theirs] = await Promise.all([here, oracle].map((model) => model.logProb([[0.5, 0.5]])));
  console.log(`${name}: ln p = ${ours.data[0].toFixed(6)} here, ${theirs.data[0].toFixed(6)} on the reference`);
}
