import { chain, type Flow, flow, reference, standardNormal, traceProgram } from "@normflow/core";
import { describe, expect, test } from "vitest";
import {
  autoregressive,
  histogramCdf,
  invertTransformation,
  normalCdf,
  normalQuantile,
  tokenTransformer,
  uniformDequantize,
} from "./index.ts";
import { array, mapValues, type Setting } from "./testing/evaluate.ts";
import { parametersOf, uniforms } from "./testing/numbers.ts";

const [FEATURES, CLASSES, FLOOR, BATCH] = [5, 7, 2e-3, 30];

const conditioner = tokenTransformer({
  groups: [{ count: FEATURES, classes: CLASSES }],
  width: 8,
  blocks: 1,
  heads: 2,
  hidden: 16,
  dropout: 0,
  bias: false,
});
const cells = autoregressive({
  transformation: invertTransformation(histogramCdf({ bins: CLASSES, floor: FLOOR })),
  conditioner,
});
const event = [FEATURES];
const melodies: Flow = flow({
  base: standardNormal({ event }),
  bijector: chain([normalCdf({ event }), cells, uniformDequantize({ event, exact: true })]),
});

const params = parametersOf(melodies.bijector, 3, 0.4);
const next = uniforms(5);
const tokens = Float64Array.from({ length: BATCH * FEATURES }, () => Math.floor(CLASSES * next()));

/** −Σ log of the mixed softmax, written out from the logits with plain loops. */
function crossEntropy(logits: Float64Array): number[] {
  return Array.from({ length: BATCH }, (_, b) => {
    let nats = 0;
    for (let i = 0; i < FEATURES; i++) {
      const row = logits.subarray((b * FEATURES + i) * CLASSES, (b * FEATURES + i + 1) * CLASSES);
      const top = Math.max(...row);
      const total = row.reduce((s, v) => s + Math.exp(v - top), 0);
      const chosen = Math.exp(row[tokens[b * FEATURES + i]!]! - top) / total;
      nats -= Math.log((1 - FLOOR) * chosen + FLOOR / CLASSES);
    }
    return nats;
  });
}

async function run(noise: (size: number) => Float64Array): Promise<{ logProb: Float64Array; logits: Float64Array }> {
  const { graph, noises } = traceProgram(
    melodies,
    { mode: "eval", inputs: { x: [BATCH, FEATURES] } },
    ({ scope, inputs }) => ({
      logProb: melodies.logProb(scope, inputs["x"]!),
      logits: conditioner.parallel(scope.at("bijector", "layers", 1, "conditioner"), inputs["x"]!),
    }),
  );
  const executable = await reference().compile(graph);
  const outputs = await executable.run({
    params: array(params, [params.length]),
    x: array(tokens, [BATCH, FEATURES]),
    ...Object.fromEntries(noises.map(({ name }) => [name, array(noise(tokens.length), [BATCH, FEATURES])])),
  });
  return { logProb: outputs["logProb"]!.data as Float64Array, logits: outputs["logits"]!.data as Float64Array };
}

describe("the melody flow", () => {
  test("has the likelihood of the categorical model, whatever the noise in the cells", async () => {
    const draw = uniforms(9);
    for (const noise of [
      (n: number) => new Float64Array(n).fill(0.5),
      (n: number) => Float64Array.from({ length: n }, draw),
    ]) {
      const { logProb, logits } = await run(noise);
      crossEntropy(logits).forEach((nats, b) => void expect(Math.abs(logProb[b]! + nats)).toBeLessThan(1e-9));
    }
  });

  test("decodes what it encodes, from the middle of the cells and from anywhere in them", async () => {
    const draw = uniforms(2);
    for (const fill of [() => 0.5, draw]) {
      const setting: Setting = { params, noise: () => Float64Array.from({ length: tokens.length }, fill) };
      const z = await mapValues(melodies.bijector, "inverse", array(tokens, [BATCH, FEATURES]), setting);
      const x = await mapValues(melodies.bijector, "forward", array(z["value"]!, [BATCH, FEATURES]), setting);
      expect(x["value"]).toEqual(tokens);
      // What float32 keeps of the latent is enough.
      const rounded = array(z["value"]!.map(Math.fround), [BATCH, FEATURES]);
      expect((await mapValues(melodies.bijector, "forward", rounded, setting))["value"]).toEqual(tokens);
    }
  });

  test("is made of parts that say what they are", () => {
    expect(melodies.bijector.facts).toMatchObject({
      domain: "real",
      codomain: "integer",
      exact: true,
      stochastic: { forward: false, inverse: true },
      cost: { forward: { passes: FEATURES }, inverse: { passes: 1 } },
    });
    expect(() => chain([uniformDequantize({ event }), cells])).toThrow("takes unit values and cannot follow layer 1");
    expect(normalQuantile({ event }).facts).toMatchObject({ domain: "unit", codomain: "real" });
  });
});
