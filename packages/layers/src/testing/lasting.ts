/**
 * What must hold beyond one evaluation: in deep stacks in float32, after training, and through a file.
 *
 * @module
 */
import {
  type Bijector,
  chain,
  fit,
  flow,
  fromJSON,
  type HostArray,
  type Kind,
  layoutOf,
  load,
  Model,
  reference,
  save,
  standardNormal,
  toJSON,
} from "@normflow/core";
import { expect } from "vitest";
import { all } from "../all.ts";
import { array, count, mapValues } from "./evaluate.ts";
import { expectNear } from "./expectations.ts";
import { parametersOf, valuesOf } from "./numbers.ts";
import { integrable, integral, oneContext } from "./quadrature.ts";

/** Layers in the stack whose float32 errors are looked at. */
const DEPTH = 32;

/** Whether layers of a kind can follow each other, and need no state that fits their parameters. */
export const stackable = ({ facts, state }: Bijector): boolean =>
  layoutOf(state).size === 0 &&
  facts.domain === "real" &&
  facts.codomain === "real" &&
  facts.base.join() === facts.data.join();

/** Sends values through a stack and back in float32, and compares with float64. */
export async function expectLittleDrift(layer: Bijector, deviation: number, tolerance: number): Promise<void> {
  const inside = (layer.options as { layers?: readonly unknown[] }).layers?.length ?? 1;
  const deep = chain(Array.from({ length: Math.ceil(DEPTH / inside) }, () => layer));
  const batch = 4;
  const setting = { params: parametersOf(deep, 31, deviation), context: oneContext(layer, batch) };
  const z = array(valuesOf("real", batch * count(layer.facts.base), 32), [batch, ...layer.facts.base]);
  const rounded = { ...setting, precision: "float32" } as const;
  const x = await mapValues(deep, "forward", z, rounded);
  const back = await mapValues(deep, "inverse", array(x.value!, z.shape), rounded);
  expectNear(back.value!, z.data, tolerance, `z through ${DEPTH} layers and back in float32`);
  const exact = await mapValues(deep, "inverse", array(x.value!, z.shape), setting);
  expectNear(back.logDet!, exact.logDet!, tolerance, `log-det of ${DEPTH} layers in float32`);
}

/** Trains a few large steps on data that the layer does not have yet. */
async function trained(layer: Bijector): Promise<{ readonly model: Model; readonly x: Float64Array }> {
  const [rows, { facts }] = [96, layer];
  const drawn = (context: HostArray | undefined): Promise<Float64Array> | Float64Array => {
    const z = array(valuesOf(facts.domain, rows * count(facts.base), 41), [rows, ...facts.base]);
    if (facts.codomain === "real")
      return valuesOf("real", rows * count(facts.data), 41).map((v, i) => 1.5 * v + Math.sin(i));
    return mapValues(layer, "forward", z, { params: parametersOf(layer, 43), context }).then((m) => m.value!);
  };
  const context = facts.context && array(valuesOf("real", rows * count(facts.context), 42), [rows, ...facts.context]);
  const x = await drawn(context);
  const described = flow({ base: standardNormal({ event: [...layer.facts.base] }), bijector: layer });
  const some = x.slice(0, 8 * count(layer.facts.data));
  // What has nothing to learn goes into files as it is.
  if (layoutOf(layer.params).size === 0)
    return {
      model: new Model(
        described,
        { params: new Float64Array(0), state: new Float64Array(layoutOf(layer.state).size) },
        reference(),
      ),
      x: some,
    };
  const model = await fit(
    described,
    { x: array(x, [rows, ...facts.data]), ...(context && { context }) },
    { backend: reference(), steps: 12, batch: 32, learningRate: 0.05, validation: 0, seed: 1 },
  );
  return { model, x: some };
}

/**
 * Trains a layer, and looks whether it is invertible and normalised then, and the same from a file and as a copy.
 */
export async function expectToLast(layer: Bijector, tolerance: number, kinds: readonly Kind[]): Promise<void> {
  const { model, x } = await trained(layer);
  const shape = [8, ...layer.facts.data];
  const weights = model.weights;
  const setting = { params: Float64Array.from(weights.params), state: Float64Array.from(weights.state) };
  const context = oneContext(layer, 8);
  const z = await mapValues(layer, "inverse", array(x, shape), { ...setting, context });
  const back = await mapValues(layer, "forward", array(z.value!, [8, ...layer.facts.base]), { ...setting, context });
  expectNear(back.value!, x, tolerance, "forward(inverse(x)) after training");
  expectNear(
    back.logDet!,
    z.logDet!.map((v) => -v),
    tolerance,
    "log-det after training",
  );
  if (integrable(layer) && count(layer.facts.data) === 1)
    expectNear([await integral(layer, setting, { points: 4000 })], [1], 1e-3, "the integral after training");

  const row = context && { context };
  const density = await model.logProb(array(x, shape), row);
  const description = toJSON(model.flow);
  const copies = [
    await load(save(model), { backend: reference(), layers: [...all, ...kinds] }),
    new Model(
      fromJSON(JSON.parse(JSON.stringify(description)), [...all, ...kinds]) as Model["flow"],
      { params: weights.params.slice(), state: weights.state.slice() },
      reference(),
    ),
  ];
  for (const copy of copies) {
    expect(JSON.stringify(toJSON(copy.flow))).toBe(JSON.stringify(description));
    expectNear((await copy.logProb(array(x, shape), row)).data, density.data, 0, "ln p of a copy");
  }
}
