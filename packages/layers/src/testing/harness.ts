/**
 * What every layer must do, in one line a layer: `behaves("planar", (features, context) => planar({ features, context }))`.
 *
 * @module
 */
import { add, type Bijector, gradients, type HostArray, type Kind, mul, sum } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { difference, expectGradients, expectOneSidedGradients, scalarGradients } from "./differences.ts";
import {
  array,
  count,
  eventOf,
  jacobian,
  logAbsDet,
  mapValues,
  prepare,
  type Setting,
  settledState,
  type Way,
} from "./evaluate.ts";
import { expectFinite, expectNear } from "./expectations.ts";
import { expectLittleDrift, expectToLast, stackable } from "./lasting.ts";
import { parametersOf, valuesOf } from "./numbers.ts";
import { integrable, integral } from "./quadrature.ts";

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
  /** Places where pieces of the map meet, on both sides: gradients are looked at there and next to them. */
  readonly boundaries?: readonly number[];
  /** How far out gradients are looked at, where both sides are the real line; 40 unless told. */
  readonly far?: number;
  /** Entries that the Jacobian of `inverse` must not have; the diagonal alone for monotone layers, unless told. */
  readonly mask?: "lower" | "diagonal" | ((output: number, input: number) => boolean);
  /**
   * Largest error, relative to 1 + size, of 32 layers in float32 at a tenth of the usual parameters; 1e-3 unless told,
   * false where 32 of them leave the range of float32, or its accuracy is not the layer's; then float32 is left out.
   */
  readonly drift?: number | false;
  /** False where the density of two features is too jagged for a grid of 100 × 100; it is looked at at a third of the usual parameters. */
  readonly smooth?: boolean;
  /** Whether values wrap around: what asks for the whole real line is left out. */
  readonly circular?: boolean;
  /** Kinds besides those of this package that its files name. */
  readonly kinds?: readonly Kind[];
}

/** Makes a layer for so many features, with a context where it can have one. */
export type Make = (features: number, context?: number) => Bijector;

const BATCH = 5;

/** Parameters of float32 runs, as flows.md has them: what a badly started or badly trained network gives. */
const LARGE = 4;

const contextOf = (layer: Bijector, batch: number, seed: number): HostArray | undefined => {
  const event = layer.facts.context;
  return event && array(valuesOf("real", batch * count(event), seed), [batch, ...event]);
};

/** Whether input `j` may matter to output `i`. */
function dependence(mask: NonNullable<Behaviour["mask"]>): (i: number, j: number) => boolean {
  if (typeof mask === "function") return mask;
  return mask === "lower" ? (i, j) => j <= i : (i, j) => i === j;
}

/**
 * Tests a layer against what holds for all; given as a function of features and context, with three features, with one,
 * and with two and a context.
 */
export function behaves(name: string, subject: Bijector | Make, behaviour: Behaviour = {}): void {
  if (typeof subject === "function") {
    behavesOnce(`${name} of three features`, subject(3), behaviour);
    behavesOnce(`${name} of one feature`, subject(1), behaviour);
    behavesOnce(`${name} of two features with a context`, subject(2, 2), behaviour);
  } else behavesOnce(name, subject, behaviour);
}

function behavesOnce(name: string, layer: Bijector, behaviour: Behaviour): void {
  const { tolerance = 1e-9, deviation = 0.5, differences = true, extreme = 30, drift = 1e-3 } = behaviour;
  const { boundaries = [], far = 40, smooth = true } = behaviour;
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
  const onReals = facts.domain === "real" && facts.codomain === "real";
  const ways = ["forward", "inverse"] as const;

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
          // Where a way draws noise, the latent that it drew is the one to compare.
          (isPlain ? x : again).logDet!.map((v) => -v),
          tolerance,
          "log-det of the inverse",
        );
      }
      if (!isPlain || facts.codomain !== "real") return;
      const x = array(valuesOf("real", BATCH * count(facts.data), 9), [BATCH, ...facts.data]);
      const z = await mapValues(layer, "inverse", x, await setting(BATCH));
      const there = await mapValues(layer, "forward", array(z.value!, [BATCH, ...facts.base]), await setting(BATCH));
      expectNear(there.value!, x.data, tolerance, "forward(inverse(x)) of any x");
    });

    if (isPlain)
      test("has the log-det of its Jacobian, and its zeros", async () => {
        const size = count(facts.base);
        const z = baseValues(BATCH, 4);
        const x = await mapValues(layer, "forward", z, await setting(BATCH));
        const mask = behaviour.mask ?? (facts.monotone === undefined ? undefined : "diagonal");
        for (const way of ways) {
          const input = way === "forward" ? z : array(x.value!, [BATCH, ...facts.data]);
          const { logDet } = await mapValues(layer, way, input, await setting(BATCH));
          const rows = await jacobian(layer, way, input, await setting(BATCH));
          const wanted = Array.from({ length: BATCH }, (_, i) =>
            logAbsDet(rows.subarray(i * size * size, (i + 1) * size * size), size),
          );
          expectNear(logDet!, wanted, 100 * tolerance, `log-det of ${way}`);
          if (way !== "inverse" || !mask) continue;
          const depends = dependence(mask);
          rows.forEach((v, k) => {
            const [i, j] = [Math.floor(k / size) % size, k % size];
            if (!depends(i, j) && v !== 0) expect.fail(`entry ${i}, ${j} of the Jacobian is ${v}, not exactly 0`);
          });
        }
      });

    if (isPlain && differences)
      test("has the gradients of finite differences, far out and at its boundaries too", async () => {
        const z = baseValues(2, 6);
        const x = await mapValues(layer, "forward", z, await setting(2));
        const next = boundaries.flatMap((b) => [b - 1e-3, b + 1e-3]);
        const places = onReals ? [-far, far, ...next] : next;
        for (const way of ways) {
          const event = eventOf(layer, way);
          await expectGradients(
            layer,
            way,
            way === "forward" ? z : array(x.value!, [2, ...facts.data]),
            await setting(2),
          );
          const filled = (at: readonly number[]): HostArray =>
            array(
              at.flatMap((v) => new Array<number>(count(event)).fill(v)),
              [at.length, ...event],
            );
          if (places.length > 0) await expectGradients(layer, way, filled(places), await setting(places.length));
          if (boundaries.length > 0)
            await expectOneSidedGradients(layer, way, filled(boundaries), await setting(boundaries.length));
        }
      });

    if (isPlain && facts.context)
      test("listens to its context, one for all or one each", async () => {
        const z = baseValues(1, 7);
        const one = await mapValues(layer, "forward", z, { params, context: contextOf(layer, 1, 1) });
        const other = await mapValues(layer, "forward", z, { params, context: contextOf(layer, 1, 2) });
        expect(Array.from(one.value!), "another context gave the same value").not.toEqual(Array.from(other.value!));
        const row = contextOf(layer, 1, 1)!;
        const many = baseValues(BATCH, 7);
        const repeated = array(Array.from({ length: BATCH }, () => [...row.data]).flat(), [BATCH, ...facts.context!]);
        const shared = await mapValues(layer, "forward", many, { params, context: row });
        expect(shared).toEqual(await mapValues(layer, "forward", many, { params, context: repeated }));
      });

    test("stays finite at extreme parameters, and at large ones in float32", async () => {
      for (const [size, precision] of [
        [extreme, "float64"],
        ...(drift === false ? [] : [[Math.min(extreme, LARGE), "float32"] as const]),
      ] as const)
        for (const way of ways) {
          const side = way === "forward" ? facts.domain : facts.codomain;
          const drawn = behaviour.base && way === "forward" ? behaviour.base(3 * count(facts.base), 8) : undefined;
          const input = array(drawn ?? valuesOf(side, 3 * count(eventOf(layer, way)), 8), [3, ...eventOf(layer, way)]);
          const wild = { params: parametersOf(layer, 13, size), context: contextOf(layer, 3, 5), precision };
          const state = await settledState(layer, baseValues(3, 2), wild);
          const results = await scalarGradients(layer, way, input, { ...wild, state });
          for (const [what, values] of Object.entries(results)) expectFinite(values, `${way} in ${precision}: ${what}`);
        }
    });

    if (isPlain && !behaviour.circular && drift !== false && stackable(layer))
      test("drifts little through 32 layers in float32", () => expectLittleDrift(layer, deviation / 10, drift));

    if (isPlain && !behaviour.circular && integrable(layer))
      test("integrates to 1", async () => {
        const line = count(facts.data) === 1;
        const at = { params: line ? params : parametersOf(layer, 11, deviation / 3) };
        if (!line && !smooth) return;
        const total = await integral(
          layer,
          {
            ...at,
            state: await settledState(layer, baseValues(BATCH, 2), { ...at, context: contextOf(layer, BATCH, 5) }),
          },
          { points: line ? 4000 : 100 },
        );
        expectNear([total], [1], line ? 1e-3 : 5e-3, "the integral");
      });

    if (isPlain && !behaviour.circular && facts.domain === "real")
      test("is invertible after training, and the same from a file and as a copy", () =>
        expectToLast(layer, 100 * tolerance, behaviour.kinds ?? []));
  });
}

/** Tests that ∫ p = 1 for a standard normal pushed through a layer on ℝ or ℝ², by quadrature over a box. */
export function normalises(name: string, layer: Bijector, { box = 12, points = 400, deviation = 0.5 } = {}): void {
  test(`${name} integrates to 1`, async () => {
    const params = parametersOf(layer, 11, deviation);
    const sides = Array.from({ length: count(layer.facts.data) }, () => [-box, box] as const);
    const state = await settledState(
      layer,
      array(new Float64Array(2 * count(layer.facts.base)), [2, ...layer.facts.base]),
      {
        params,
        context: contextOf(layer, 2, 5),
      },
    );
    const total = await integral(layer, { params, state }, { points, box: sides });
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
    const slopes = await prepare(layer, way, { input: shape }, {}, ({ value, logDet, input }) => {
      const [slope] = gradients(add(sum(mul(value, value)), sum(logDet)), [input]);
      const total = sum(slope!);
      return { total, second: gradients(total, [input])[0]! };
    });
    const size = count(layer.facts.base);
    const state = await settledState(layer, array(new Float64Array(2 * size), [2, ...layer.facts.base]), { params });
    const { second } = await slopes(array(points, shape), { params, state });
    for (let i = 0; i < points.length; i++) {
      const due = await difference(
        async (at) => (await slopes(array(at, shape), { params, state })).total![0]!,
        points,
        i,
      );
      expectNear([second![i]!], [due], 1e-6, `second derivative at ${points[i]}`);
    }
  });
}
