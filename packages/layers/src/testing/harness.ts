/**
 * What every layer must do, in one line a layer: `behaves("planar", planar({ features: 3 }))`.
 *
 * @module
 */
import { add, type Bijector, constant, gradients, type HostArray, layoutOf, mul, sum } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { array, count, evaluate, eventOf, jacobian, logAbsDet, mapValues, type Setting, type Way } from "./evaluate.ts";
import { normals, parametersOf, valuesOf } from "./numbers.ts";

/** How one layer differs from the others. */
export interface Behaviour {
  /** Base-side values; drawn from the domain unless given. */
  readonly base?: (size: number, seed: number) => ArrayLike<number>;
  /** Largest error of a round trip, absolute; 1e-9 unless told. */
  readonly tolerance?: number;
  /** Size of the random parameters; 0.5 unless told. */
  readonly deviation?: number;
  /** False where the map has kinks or cells that finite differences would step over. */
  readonly differences?: boolean;
  /** Size of the extreme parameters that must give finite results; 30 unless told. */
  readonly extreme?: number;
}

const BATCH = 5;

const contextOf = (layer: Bijector, batch: number, seed: number): HostArray | undefined => {
  const event = layer.facts.context;
  return event && array(valuesOf("real", batch * count(event), seed), [batch, ...event]);
};

function expectNear(actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, what).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    const error = Math.abs(actual[i]! - wanted[i]!) / (1 + Math.abs(wanted[i]!));
    if (!(error <= tolerance)) expect.fail(`${what}: entry ${i} is ${actual[i]} where ${wanted[i]} was due (${error})`);
  }
}

const expectFinite = (values: ArrayLike<number>, what: string): void => {
  expect(Array.from(values).every(Number.isFinite), `${what} is finite: ${Array.from(values).slice(0, 8)}`).toBe(true);
};

/** The state in which a layer comes to rest at given parameters; undefined where it has none. */
async function settledState(layer: Bijector, z: HostArray, setting: Setting): Promise<Float64Array | undefined> {
  if (layoutOf(layer.state).size === 0) return undefined;
  const { state } = await evaluate(layer, "forward", z, { ...setting, mode: "init" }, ({ value, logDet }) => ({
    value,
    logDet,
  }));
  return state;
}

/** A scalar of value and log-det with distinct weights, so that no two errors cancel. */
const scalarOf = (layer: Bijector, way: Way, input: HostArray, setting: Setting, withGradient: boolean) =>
  evaluate(layer, way, input, setting, ({ value, logDet, input: x, flat }) => {
    const normal = normals(99);
    const weights = constant(
      Float64Array.from({ length: count(value.shape as number[]) }, normal),
      value.shape as number[],
    );
    const tilt = constant(
      Float64Array.from({ length: count(logDet.shape as number[]) }, normal),
      logDet.shape as number[],
    );
    const scalar = add(sum(mul(weights, value)), sum(mul(tilt, logDet)));
    if (!withGradient) return { scalar };
    const [params, inputs] = gradients(scalar, [flat, x]);
    return { scalar, params: params!, inputs: inputs! };
  });

/** Central difference of fourth order, at entry `i` of a vector. */
async function difference(
  at: (vector: Float64Array) => Promise<number>,
  vector: Float64Array,
  i: number,
): Promise<number> {
  const h = 1e-5;
  const moved = (step: number): Promise<number> => {
    const v = Float64Array.from(vector);
    v[i]! += step;
    return at(v);
  };
  const [a, b, c, d] = await Promise.all([moved(-2 * h), moved(-h), moved(h), moved(2 * h)]);
  return (a! - 8 * b! + 8 * c! - d!) / (12 * h);
}

/** A few entries of a vector, spread over its length. */
const some = (length: number): number[] => [
  ...new Set(Array.from({ length: Math.min(12, length) }, (_, i) => Math.floor((i * length) / Math.min(12, length)))),
];

/** Tests one layer against what holds for all. */
export function behaves(name: string, layer: Bijector, behaviour: Behaviour = {}): void {
  const { tolerance = 1e-9, deviation = 0.5, differences = true, extreme = 30 } = behaviour;
  const { facts } = layer;
  const params = parametersOf(layer, 11, deviation);
  const baseValues = (batch: number, seed: number): HostArray => {
    const size = batch * count(facts.base);
    return array(behaviour.base?.(size, seed) ?? valuesOf(facts.domain, size, seed), [batch, ...facts.base]);
  };
  const start = settledState(layer, baseValues(BATCH, 2), { params, context: contextOf(layer, BATCH, 5) });
  const setting = async (batch: number): Promise<Setting> => ({
    params,
    state: await start,
    context: contextOf(layer, batch, 5),
  });
  const isPlain = !facts.stochastic.forward && !facts.stochastic.inverse;

  describe(name, () => {
    test("comes back, with log-dets that cancel", async () => {
      for (const batch of [BATCH, 1, 0]) {
        const z = baseValues(batch, 3);
        const x = await mapValues(layer, "forward", z, await setting(batch));
        const back = await mapValues(layer, "inverse", array(x.value!, [batch, ...facts.data]), await setting(batch));
        if (isPlain) expectNear(back.value!, z.data, tolerance, "inverse(forward(z))");
        const again = await mapValues(
          layer,
          "forward",
          array(back.value!, [batch, ...facts.base]),
          await setting(batch),
        );
        expectNear(again.value!, x.value!, tolerance, "forward(inverse(x))");
        expect(x.logDet!.length, "log-det has the batch's shape").toBe(batch);
        expectNear(
          back.logDet!,
          x.logDet!.map((v) => -v),
          tolerance,
          "log-det of the inverse",
        );
      }
    });

    if (isPlain)
      test("has the log-det of its Jacobian", async () => {
        const size = count(facts.base);
        const z = baseValues(BATCH, 4);
        const x = await mapValues(layer, "forward", z, await setting(BATCH));
        for (const way of ["forward", "inverse"] as const) {
          const input = way === "forward" ? z : array(x.value!, [BATCH, ...facts.data]);
          const { logDet } = await mapValues(layer, way, input, await setting(BATCH));
          const rows = await jacobian(layer, way, input, await setting(BATCH));
          const wanted = Array.from({ length: BATCH }, (_, i) =>
            logAbsDet(rows.subarray(i * size * size, (i + 1) * size * size), size),
          );
          expectNear(logDet!, wanted, 100 * tolerance, `log-det of ${way}`);
        }
      });

    if (isPlain && differences)
      test("has the gradients of finite differences", async () => {
        const z = baseValues(2, 6);
        const x = await mapValues(layer, "forward", z, await setting(2));
        for (const way of ["forward", "inverse"] as const) {
          const input = way === "forward" ? z : array(x.value!, [2, ...facts.data]);
          const given = await scalarOf(layer, way, input, await setting(2), true);
          const scalar = async (values: Partial<{ params: Float64Array; input: HostArray }>): Promise<number> =>
            (await scalarOf(layer, way, values.input ?? input, { ...(await setting(2)), ...values }, false))
              .scalar![0]!;
          for (const i of some(layoutOf(layer.params).size)) {
            const due = await difference((v) => scalar({ params: v }), params, i);
            expectNear([given.params![i]!], [due], 1e-6, `${way}: gradient of parameter ${i}`);
          }
          for (const i of some(input.data.length)) {
            const due = await difference(
              (v) => scalar({ input: array(v, input.shape) }),
              Float64Array.from(input.data),
              i,
            );
            expectNear([given.inputs![i]!], [due], 1e-6, `${way}: gradient of input ${i}`);
          }
        }
      });

    if (isPlain && facts.context)
      test("listens to its context", async () => {
        const z = baseValues(1, 7);
        const at = await setting(1);
        const one = await mapValues(layer, "forward", z, { ...at, context: contextOf(layer, 1, 1) });
        const other = await mapValues(layer, "forward", z, { ...at, context: contextOf(layer, 1, 2) });
        const event = count(facts.data);
        for (let i = 0; i < event; i++) if (one.value![i] !== other.value![i]) return;
        expect.fail("another context gave the same value");
      });

    test("stays finite at extreme parameters", async () => {
      const wild: Setting = { params: parametersOf(layer, 13, extreme), context: contextOf(layer, 3, 5) };
      const state = await settledState(layer, baseValues(3, 2), wild);
      for (const way of ["forward", "inverse"] as const) {
        const side = way === "forward" ? facts.domain : facts.codomain;
        const drawn = behaviour.base && way === "forward" ? behaviour.base(3 * count(facts.base), 8) : undefined;
        const input = array(drawn ?? valuesOf(side, 3 * count(eventOf(layer, way)), 8), [3, ...eventOf(layer, way)]);
        const results = await scalarOf(layer, way, input, { ...wild, state }, true);
        for (const [what, values] of Object.entries(results)) expectFinite(values, `${way}: ${what}`);
      }
    });
  });
}

/** Tests that ∫ p = 1 for a standard normal pushed through a layer on ℝ or ℝ², by quadrature over a box. */
export function normalises(name: string, layer: Bijector, { box = 12, points = 400, deviation = 0.5 } = {}): void {
  test(`${name} integrates to 1`, async () => {
    const params = parametersOf(layer, 11, deviation);
    const axis = Array.from({ length: points }, (_, i) => -box + (2 * box * (i + 0.5)) / points);
    const width = (2 * box) / points;
    const features = count(layer.facts.data);
    const rows = features === 1 ? axis.map((a) => [a]) : axis.flatMap((a) => axis.map((b) => [a, b]));
    const input = array(rows.flat(), [rows.length, ...layer.facts.data]);
    const row = layer.facts.context && valuesOf("real", count(layer.facts.context), 5);
    const context =
      row &&
      array(
        rows.flatMap(() => [...row]),
        [rows.length, ...layer.facts.context!],
      );
    const first = context && array(context.data.slice(0, 2 * row!.length), [2, ...layer.facts.context!]);
    const state = await settledState(layer, array(new Float64Array(2 * features), [2, ...layer.facts.base]), {
      params,
      context: first,
    });
    const { value, logDet } = await mapValues(layer, "inverse", input, { params, state, context });
    let total = 0;
    for (let i = 0; i < rows.length; i++) {
      let logProb = logDet![i]! - (features / 2) * Math.log(2 * Math.PI);
      for (let j = 0; j < features; j++) logProb -= value![i * features + j]! ** 2 / 2;
      total += Math.exp(logProb) * width ** features;
    }
    expect(Math.abs(total - 1), `the integral is ${total}`).toBeLessThan(1e-4);
  });
}

/** Tests the gradient of a gradient of one way, for layers whose gradient is written by hand. */
export function hasSecondDerivative(
  name: string,
  layer: Bijector,
  points: readonly number[],
  way: Way = "forward",
): void {
  test(`${name} has the second derivatives of finite differences`, async () => {
    const params = parametersOf(layer, 11);
    const shape = [points.length / count(eventOf(layer, way)), ...eventOf(layer, way)];
    const size = count(layer.facts.base);
    const state = await settledState(layer, array(new Float64Array(2 * size), [2, ...layer.facts.base]), { params });
    const slopes = (at: Float64Array, withGradient: boolean) =>
      evaluate(layer, way, array(at, shape), { params, state }, ({ value, logDet, input }) => {
        const [slope] = gradients(add(sum(mul(value, value)), sum(logDet)), [input]);
        const total = sum(slope!);
        return withGradient ? { total, second: gradients(total, [input])[0]! } : { total };
      });
    const start = Float64Array.from(points);
    const { second } = await slopes(start, true);
    for (let i = 0; i < points.length; i++) {
      const due = await difference(async (at) => (await slopes(at, false)).total![0]!, start, i);
      expectNear([second![i]!], [due], 1e-6, `second derivative at ${points[i]}`);
    }
  });
}
