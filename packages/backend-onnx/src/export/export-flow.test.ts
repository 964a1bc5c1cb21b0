import { readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { js } from "@normflow/backend-js";
import {
  batchSize,
  chain,
  type Flow,
  flow,
  key,
  layoutOf,
  Model,
  NoiseMaker,
  open,
  standardNormal,
  startValues,
  traceProgram,
  uniform,
  type Weights,
} from "@normflow/core";
import { actNorm, affine, coupling, iaf, maf, mlp, realNVP, reversible } from "@normflow/layers";
import { all } from "@normflow/layers/all";
import { ModelProtoSchema } from "onnx-buf";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { directions, type ExportedGraph, exportFlow } from "./export-flow.ts";

const shipped = open(readFileSync(new URL("../../../../apps/cli/models/melody.safetensors", import.meta.url)), all);

/** Weights away from the identity that flows start as. */
function rough(flow: Flow): Weights {
  const [params, state] = [layoutOf(flow.params), layoutOf(flow.state)].map((layout, i) => {
    const start = startValues(layout, key(i));
    const noise = uniform(key(10 + i), layout.size, { min: -0.2, max: 0.2 });
    return start.map((v, k) => v + noise[k]!);
  });
  return { params: params!, state: startValues(layoutOf(flow.state), key(3)).length ? state! : new Float64Array(0) };
}

/** Couplings whose repetitions run as a loop. */
const stack = flow({
  base: standardNormal({ event: [3] }),
  bijector: chain([
    reversible({
      layers: [1, 2, 3].flatMap(() => [
        coupling({
          features: 3,
          kept: "first",
          transformation: affine(),
          network: mlp({ in: 2, out: 2, hidden: [32] }),
        }),
        coupling({
          features: 3,
          kept: "second",
          transformation: affine(),
          network: mlp({ in: 1, out: 4, hidden: [32] }),
        }),
      ]),
    }),
    actNorm({ event: [3] }),
  ]),
});

type Values = Readonly<Record<string, { readonly data: ArrayLike<number>; readonly shape: readonly number[] }>>;

/** Runs a file in ONNX Runtime, of which it needs nothing else. */
async function run({ bytes }: ExportedGraph, inputs: Values): Promise<Values> {
  const session = await ort.InferenceSession.create(bytes);
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, { data, shape }]) => [
      name,
      new ort.Tensor("float32", Float32Array.from(data), shape),
    ]),
  );
  const results = await session.run(feeds);
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as Float32Array, shape: dims }]),
  );
}

/** The noise that `Model.sample` draws from a seed. */
function noiseOf(flow: Flow, n: number, seed: number): Values {
  const context = flow.context && [batchSize, ...flow.context];
  const { noises } = traceProgram(flow, { mode: "eval", inputs: {}, context }, ({ scope }) => ({
    x: flow.sample(scope, [batchSize])[0],
  }));
  return new NoiseMaker(key(0)).draw(noises, new Map([["N", n]]), { key: key(seed) });
}

function expectClose(actual: Values[string], expected: Values[string], tolerance = 1e-4): void {
  expect(actual.shape).toEqual(expected.shape);
  Array.from(expected.data).forEach((e, i) => {
    expect(Math.abs(actual.data[i]! - e), `entry ${i}: ${actual.data[i]} against ${e}`).toBeLessThanOrEqual(
      tolerance * (1 + Math.abs(e)),
    );
  });
}

async function agree(flow: Flow, weights: Weights, tolerance: number): Promise<void> {
  const model = new Model(flow, weights, js());
  const files = Object.fromEntries(exportFlow(flow, weights).map((g) => [g.direction, g]));
  for (const n of [5, 1]) {
    const contexts = flow.context && { data: uniform(key(4), n * flow.context[0]!), shape: [n, ...flow.context] };
    const context = contexts && { context: contexts };
    const call = context ?? {};
    const noise = noiseOf(flow, n, 7);
    const { x } = await run(files["sample"]!, { ...noise, ...context });
    const drawn = await model.sample(flow.context ? 1 : n, { seed: 7, ...call });
    expectClose(x!, { data: drawn.data, shape: [n, ...flow.event] }, tolerance);
    const events = { data: Float32Array.from(drawn.data), shape: [n, ...flow.event] };
    const { log_density: density } = await run(files["log_density"]!, { x: events, ...context });
    expectClose(density!, await model.logProb(events, call));
    const { z } = await run(files["encode"]!, { x: events, ...context });
    const latents = await model.encode(events, call);
    expectClose(z!, latents);
    const { x: back } = await run(files["decode"]!, { z: latents, ...context });
    expectClose(back!, await model.decode(latents, call), tolerance);
  }
  await model.dispose();
}

describe("exported flows give the model's numbers in plain ONNX Runtime, whatever the batch", () => {
  const described: [string, Flow][] = [
    ["realNVP", realNVP({ features: 2, layers: 4 })],
    ["maf", maf({ features: 3, layers: 2 })],
    ["iaf", iaf({ features: 3, layers: 2 })],
    ["a reversible stack", stack],
    ["maf with a context", maf({ features: 2, context: 1, layers: 2 })],
  ];
  it.each(described)("%s: to 1e-4", async (_, described) => {
    await agree(described, rough(described), 1e-4);
  });

  it("holds what a loop reads together as one array", () => {
    const [file] = exportFlow(stack, rough(stack), { directions: ["encode"] });
    const { initializer } = fromBinary(ModelProtoSchema, file!.bytes).graph!;
    expect(initializer.map((t) => t.name)).toContain("bijector/layers/0/layers");
    expect(file!.bytes.length).toBeLessThan(4 * layoutOf(stack.params).size + 10_000);
  });

  it("the melody model: tokens equal, numbers to 1e-4", async () => {
    await agree(shipped.flow, shipped.weights, 0);
  });
});

describe("an exported file", () => {
  const files = exportFlow(shipped.flow, shipped.weights, {
    event: "40 tokens",
    facts: { unit: "bits", license: "MIT", data: { windows: 7910 } },
  });
  const [sample, density] = files as [ExportedGraph, ExportedGraph];
  const read = ({ bytes }: ExportedGraph) => fromBinary(ModelProtoSchema, bytes);

  it("names inputs and outputs, leaves the batch open and says what each is", () => {
    expect(files.map((f) => f.file)).toEqual(directions.map((d) => `${d}.onnx`));
    expect(sample.inputs).toEqual([
      expect.objectContaining({ name: "noise/base/base", shape: ["N", 40], noise: "normal" }),
    ]);
    expect(density).toMatchObject({
      inputs: [{ name: "x", shape: ["N", 40], meaning: "40 tokens" }],
      outputs: [{ name: "log_density", shape: ["N"] }],
    });
    const { graph, docString } = read(density);
    const [axis] = (graph!.input[0]!.type!.value.value as { shape: { dim: { value: unknown }[] } }).shape.dim;
    expect(axis!.value).toEqual({ case: "dimParam", value: "N" });
    expect(docString).toContain("log_density: ln p(x), in nats");
  });

  it("holds the weights under their paths and uses the operators of the standard only", () => {
    for (const file of files) {
      const { graph, opsetImport } = read(file);
      expect(opsetImport.map((o) => [o.domain, o.version])).toEqual([["", 21n]]);
      expect(graph!.initializer.map((t) => t.name)).toContain("bijector/layers/1/conditioner/head/weight");
      expect(file.bytes.length).toBeLessThan(700_000);
    }
  });

  it("carries its facts and its flow as metadata", () => {
    const metadata = new Map(read(sample).metadataProps.map(({ key: name, value }) => [name, value]));
    expect(metadata.get("normflow.license")).toBe("MIT");
    expect(JSON.parse(metadata.get("normflow.data")!)).toEqual({ windows: 7910 });
    expect(JSON.parse(metadata.get("normflow.flow")!)).toMatchObject({ kind: "flow" });
    expect(JSON.parse(metadata.get("normflow.inputs")!)).toEqual(sample.inputs);
  });

  it("is the same bytes each time", () => {
    expect(exportFlow(shipped.flow, shipped.weights, { directions: ["encode"] })[0]!.bytes).toEqual(
      exportFlow(shipped.flow, shipped.weights, { directions: ["encode"] })[0]!.bytes,
    );
    expect(() => exportFlow(shipped.flow, shipped.weights, { directions: ["up" as never] })).toThrow(
      'onnx: a flow has no direction "up".',
    );
  });
});
