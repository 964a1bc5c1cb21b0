/** What a developer writes who has only installed the packages: everything that the third door promises, once. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { js } from "@normflow/backend-js";
import { onnx } from "@normflow/backend-onnx";
import {
  add,
  type Backend,
  chain,
  constant,
  defineLayer,
  FlowError,
  fit,
  flow,
  load,
  save,
  size,
  standardNormal,
  sub,
  warmStart,
  z,
} from "@normflow/core";
import { conformanceCases, runCase } from "@normflow/core/conformance";
import { nsf, realNVP } from "@normflow/layers";
import { all } from "@normflow/layers/all";
import { MelodyModel, melodyFlow } from "@normflow/music";

/** An own layer: every feature moved by its own index. */
const staircase = defineLayer({
  kind: "staircase",
  options: z.object({ features: size }),
  facts: ({ features }) => ({ event: [features], constantLogDet: true }),
  forward: (_, x, __, { features }) => [add(x, constant(Array.from({ length: features }, (_, i) => i))), constant(0)],
  inverse: (_, x, __, { features }) => [sub(x, constant(Array.from({ length: features }, (_, i) => i))), constant(0)],
});

const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void => {
  assert.equal(a.length, b.length);
  for (let i = 0; i < a.length; i++) assert.ok(Math.abs(a[i]! - b[i]!) < tolerance, `${a[i]} and ${b[i]}`);
};

const context = Array.from({ length: 400 }, (_, i) => [i % 2]);
const x = context.map(([c], i) => [Math.cos(i) + 3 * c!, Math.sin(i) * 0.5]);

async function twentyLines(backend: Backend): Promise<void> {
  for (const described of [
    realNVP({ features: 2, context: 1, layers: 4 }),
    nsf({ features: 2, context: 1, layers: 5 }),
  ]) {
    const controller = new AbortController();
    const losses: number[] = [];
    const model = await fit(
      described,
      { x, context },
      { backend, steps: 40, seed: 7, signal: controller.signal, onProgress: ({ loss }) => void losses.push(loss) },
    );
    assert.equal(losses.length, 40);
    assert.ok(losses.at(-1)! < losses[0]!);

    const y = await model.sample(10, { context: [[0], [1]], seed: 1 });
    assert.deepEqual(y.shape, [2, 10, 2]);
    const logProb = await model.logProb(y, { context: [[0], [1]] });
    assert.deepEqual(logProb.shape, [2, 10]);
    const latent = await model.encode(y, { context: [[0], [1]] });
    close((await model.decode(latent, { context: [[0], [1]] })).data, y.data, 1e-3);
    const path = await model.interpolate(x[0]!, x[2]!, 9, { context: [0] });
    assert.deepEqual(path.shape, [9, 2]);
    close(path.data.subarray(0, 2), x[0]!, 1e-3);
    close(path.data.subarray(16), x[2]!, 1e-3);

    const bytes = save(model);
    await writeFile("model.safetensors", bytes);
    const again = await load(bytes, { backend, layers: all });
    close((await again.sample(10, { context: [[0], [1]], seed: 1 })).data, y.data, 1e-6);
    const server = createServer((_, response) => response.end(bytes)).listen(0);
    const fetched = await load(`http://localhost:${(server.address() as AddressInfo).port}/`, { backend, layers: all });
    close(fetched.weights.params, model.weights.params, 1e-12);
    server.close();

    const frozen = ["bijector/layers/0"];
    const more = await fit(described, { x, context }, { backend, steps: 3, from: model.weights, frozen });
    assert.notDeepEqual(more.weights.params, model.weights.params);
    for (const m of [model, again, fetched, more]) await m.dispose();
    await assert.rejects(model.sample(1, { context: [0] }), (e) => e instanceof FlowError && e.code === "disposed");
    const stop = fit(
      described,
      { x, context },
      { backend, signal: controller.signal, onProgress: () => controller.abort() },
    );
    await assert.rejects(stop, { name: "AbortError" });
  }
}

async function ownLayer(backend: Backend): Promise<void> {
  const described = flow({
    base: standardNormal({ event: [2] }),
    bijector: chain([realNVP({ features: 2, layers: 2 }).bijector, staircase({ features: 2 })]),
  });
  const model = await fit(described, { x }, { backend, steps: 5 });
  const bytes = save(model);
  await assert.rejects(load(bytes, { backend, layers: all }), { code: "unknown-kind" });
  const again = await load(bytes, { backend, layers: [...all, staircase] });
  close((await again.logProb(x)).data, (await model.logProb(x)).data, 1e-6);
  const wider = realNVP({ features: 2, layers: 3 });
  const narrow = await fit(realNVP({ features: 2, layers: 2 }), { x }, { backend, steps: 2 });
  await (await fit(wider, { x }, { backend, steps: 2, from: warmStart(wider, narrow) })).dispose();
}

/** The conformance suite is there for backends of one's own. */
async function conformance(backend: Backend): Promise<void> {
  for (const subject of conformanceCases.slice(0, 30))
    assert.deepEqual(await runCase(subject, backend).then((o) => o.ok), true, subject.name);
}

async function melodies(backend: Backend): Promise<void> {
  const described = melodyFlow({ width: 8, blocks: 1, heads: 1, dropout: 0 });
  assert.deepEqual(described.event, [40]);
  assert.equal(typeof MelodyModel, "function");
  const model = await fit(described, { x: [new Array<number>(40).fill(0)] }, { backend, steps: 1, batch: 1 });
  assert.deepEqual((await model.sample(2, { seed: 3 })).shape, [2, 40]);
  await model.dispose();
}

for (const backend of [await js(), await onnx()]) {
  await twentyLines(backend);
  await ownLayer(backend);
  await conformance(backend);
  await melodies(backend);
  console.log(`${process.version}: ${backend.describe()}: all of it works`);
  await backend.dispose();
}
