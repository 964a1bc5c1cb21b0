/**
 * Gradients of a layer against finite differences: at random points, far out, and at the boundaries of its pieces.
 *
 * @module
 */
import { add, type Bijector, constant, gradients, type HostArray, mul, sum } from "@normflow/core";
import { expect } from "vitest";
import { array, count, type MappedWay, prepare, type Results, type Setting, type Way } from "./evaluate.ts";
import { expectFinite, expectNear } from "./expectations.ts";
import { normals } from "./numbers.ts";

/** Largest error of a gradient, relative to 1 + its size. */
const TOLERANCE = 1e-6;

/** A scalar of value and log-det with distinct weights, so that no two errors cancel. */
function weighted({ value, logDet }: MappedWay) {
  const normal = normals(99);
  const weights = (shape: readonly number[]) =>
    constant(
      Float64Array.from({ length: count(shape) }, () => normal()),
      shape,
    );
  return add(sum(mul(weights(value.shape as number[]), value)), sum(mul(weights(logDet.shape as number[]), logDet)));
}

const shapesOf = (input: HostArray, setting: Setting) => ({ input: input.shape, context: setting.context?.shape });

/** The scalar and its gradients by the parameters and the input. */
export async function scalarGradients(layer: Bijector, way: Way, input: HostArray, setting: Setting): Promise<Results> {
  const run = await prepare(layer, way, shapesOf(input, setting), setting, (mapped) => {
    const scalar = weighted(mapped);
    const [params, inputs] = gradients(scalar, [mapped.flat, mapped.input]);
    return { scalar, params: params!, inputs: inputs! };
  });
  return run(input, setting);
}

/** Moves one entry of a vector. */
const moved = (vector: ArrayLike<number>, i: number, step: number): Float64Array => {
  const v = Float64Array.from(vector);
  v[i]! += step;
  return v;
};

/** Central difference of fourth order, at entry `i` of a vector. */
export async function difference(
  at: (vector: Float64Array) => Promise<number>,
  vector: ArrayLike<number>,
  i: number,
): Promise<number> {
  const h = 1e-5;
  const value = (step: number): Promise<number> => at(moved(vector, i, step));
  const [a, b, c, d] = [await value(-2 * h), await value(-h), await value(h), await value(2 * h)];
  return (a - 8 * b + 8 * c - d) / (12 * h);
}

/** A few entries of a vector, spread over its length. */
const some = (length: number, most = 10): number[] => [
  ...new Set(
    Array.from({ length: Math.min(most, length) }, (_, i) => Math.floor((i * length) / Math.min(most, length))),
  ),
];

/** The scalar as functions of the parameters and of the input, compiled once. */
async function scalarOf(layer: Bijector, way: Way, input: HostArray, setting: Setting) {
  const run = await prepare(layer, way, shapesOf(input, setting), setting, (mapped) => ({ scalar: weighted(mapped) }));
  return {
    ofParams: async (params: Float64Array) => (await run(input, { ...setting, params })).scalar![0]!,
    ofInput: async (data: Float64Array) => (await run(array(data, input.shape), setting)).scalar![0]!,
  };
}

/** Compares gradients by some parameters and some inputs with differences. */
export async function expectGradients(layer: Bijector, way: Way, input: HostArray, setting: Setting): Promise<void> {
  const given = await scalarGradients(layer, way, input, setting);
  const scalar = await scalarOf(layer, way, input, setting);
  for (const i of some(setting.params.length)) {
    const due = await difference(scalar.ofParams, setting.params, i);
    expectNear([given.params![i]!], [due], TOLERANCE, `${way}: gradient of parameter ${i}`);
  }
  for (const i of some(input.data.length)) {
    const due = await difference(scalar.ofInput, input.data, i);
    expectNear([given.inputs![i]!], [due], TOLERANCE, `${way}: gradient of input ${i}, which is ${input.data[i]}`);
  }
}

/** Where pieces meet: gradients are finite, and lie between the slopes of the two sides. */
export async function expectOneSidedGradients(
  layer: Bijector,
  way: Way,
  input: HostArray,
  setting: Setting,
): Promise<void> {
  const given = await scalarGradients(layer, way, input, setting);
  for (const [what, values] of Object.entries(given)) expectFinite(values, `${way} at a boundary: ${what}`);
  const scalar = await scalarOf(layer, way, input, setting);
  const h = 1e-6;
  const here = given.scalar![0]!;
  for (const i of some(input.data.length)) {
    const left = (here - (await scalar.ofInput(moved(input.data, i, -h)))) / h;
    const right = ((await scalar.ofInput(moved(input.data, i, h))) - here) / h;
    const slack = 1e-4 * (1 + Math.abs(left) + Math.abs(right));
    const slope = given.inputs![i]!;
    if (slope < Math.min(left, right) - slack || slope > Math.max(left, right) + slack)
      expect.fail(`${way} at ${input.data[i]}: gradient ${slope} where ${left} and ${right} are its sides`);
  }
}
