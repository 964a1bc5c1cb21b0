import { type Bijector, reference, traceProgram } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { all } from "./all.ts";
import { array, mapValues } from "./testing/evaluate.ts";
import {
  bijectorKinds,
  densityKinds,
  flatten,
  type MadeFlow,
  readCases,
  type VectorCase,
  vectorFolder,
  vectorOf,
} from "./testing/vectors.ts";

/** Built-in bijectors for which no library has vectors here; their own tests prove them. */
const WITHOUT_VECTORS = [
  "act-norm", // elementwise-affine with a start from data
  "argmax",
  "channel-coupling",
  "context-affine",
  "coupling",
  "crop",
  "jitter",
  "lattice-dequantize",
  "levels",
  "patches",
  "rescale-context",
  "reshape-event",
  "residual",
  "reversible",
  "slice-channels",
  "sylvester", // of rank 1 it is planar
  "token-autoregressive",
  "uniform-dequantize",
  "unwhiten",
  "variational-dequantize",
];

const folder = vectorFolder();
const cases = folder === undefined ? [] : readCases(folder);
const met = new Set<string>();
const variants: string[] = [];

function near(actual: ArrayLike<number>, wanted: ArrayLike<number>, what: string, tolerance = 1e-9): void {
  expect(actual.length, what).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++)
    expect(Math.abs(actual[i]! - wanted[i]!), `${what}, entry ${i}: ${actual[i]} for ${wanted[i]}`).toBeLessThanOrEqual(
      tolerance + tolerance * Math.abs(wanted[i]!),
    );
}

/** The kinds in a composition. */
function note(layer: Bijector): void {
  met.add(layer.kind);
  for (const part of Object.values(layer.options).flat() as unknown[])
    if (typeof part === "object" && part !== null && "role" in part && part.role === "bijector") note(part as Bijector);
}

/** Events of scalars become events [1] where the layer has no scalar form. */
const shaped = (event: readonly number[], shape: readonly number[], events: number): number[] => [
  ...shape.slice(0, shape.length - events),
  ...event,
];

async function checkBijector(given: VectorCase): Promise<void> {
  const [x, y] = [flatten(given.x), flatten(given.y!)];
  const made = bijectorKinds[given.bijector!]!(given.params, x.shape);
  if (!made) return void variants.push(given.id);
  note(made.layer);
  const [base, data] = (["base", "data"] as const).map((side) =>
    shaped(made.layer.facts[side], x.shape, given.event_ndims!),
  );
  const params = vectorOf(made.layer, made.params);
  const there = await mapValues(made.layer, "forward", array(x.data, base!), { params });
  near(there["value"]!, y.data, "y", made.tolerance);
  near(there["logDet"]!, flatten(given.log_det!).data, "log_det", made.tolerance);
  const back = await mapValues(made.layer, "inverse", array(y.data, data!), { params });
  near(back["value"]!, x.data, "x", made.tolerance);
  near(
    back["logDet"]!,
    flatten(given.log_det!).data.map((v) => -v),
    "log_det of the inverse",
    made.tolerance,
  );
}

async function logProb({ flow, params }: MadeFlow, data: readonly number[]): Promise<ArrayLike<number>> {
  const shape = [data.length / flow.event.reduce((a, b) => a * b, 1), ...flow.event];
  const { graph } = traceProgram(flow, { mode: "eval", inputs: { x: shape } }, ({ scope, inputs }) => ({
    logProb: flow.logProb(scope, inputs["x"]!),
  }));
  const executable = await reference().compile(graph);
  const flat = vectorOf(flow, params);
  const given = flat.length > 0 ? { params: array(flat, [flat.length]) } : {};
  return (await executable.run({ x: array(data, shape), ...given }))["logProb"]!.data;
}

async function checkDensity(given: VectorCase): Promise<void> {
  const made = densityKinds[given.distribution!]!(given.params);
  note(made.flow.bijector);
  near(await logProb(made, flatten(given.x).data), flatten(given.log_prob!).data, "log_prob");
  if (!made.cdf) return;
  note(made.cdf);
  const none = { params: new Float64Array(0) };
  const { data } = flatten(given.x);
  const cdf = await mapValues(made.cdf, "forward", array(data, [data.length, 1]), none);
  near(cdf["value"]!, given.cdf!, "cdf");
  const quantile = await mapValues(made.cdf, "inverse", array(given.q!, [given.q!.length, 1]), none);
  near(quantile["value"]!, given.quantile!, "quantile");
}

describe.skipIf(folder === undefined)("golden vectors (NORMFLOW_VECTORS, or vectors in NORMFLOW_DATA)", () => {
  for (const given of cases) {
    if (given.bijector !== undefined && given.bijector in bijectorKinds) test(given.id, () => checkBijector(given));
    if (given.distribution !== undefined && given.distribution in densityKinds)
      test(given.id, () => checkDensity(given));
  }

  test("every kind that we claim is among them", () => {
    const names = new Set(cases.flatMap((c) => [c.bijector ?? c.distribution!]));
    const claimed = [...Object.keys(bijectorKinds), ...Object.keys(densityKinds)];
    expect(claimed.filter((name) => !names.has(name))).toEqual([]);

    const missing = [...names].filter((name) => !claimed.includes(name)).sort();
    console.info(`Vectors without a bijector of ours (${missing.length} kinds): ${missing.join(", ")}.`);
    console.info(`Variants that ours do not have: ${variants.join(", ")}.`);
  });

  test("every built-in bijector is tested by them, or named as having none", () => {
    const described = bijectorsOfAll();
    expect(described.filter((kind) => !met.has(kind)).sort()).toEqual(WITHOUT_VECTORS);
  });
});

/** Kinds of `all` that are bijectors, told by what they are not. */
function bijectorsOfAll(): string[] {
  const parts = [
    "additive",
    "affine",
    "by-feature",
    "conv-net",
    "cubic-spline",
    "deep-sigmoid",
    "gated-affine",
    "histogram-cdf",
    "invert-transformation",
    "logistic-mixture",
    "masked-mlp",
    "mixture-cdf",
    "mlp",
    "quadratic-spline",
    "rational-quadratic",
    "token-transformer",
  ];
  const bases = [
    "conditional-normal",
    "diagonal-normal",
    "mixture-of-normals",
    "normal-and-circular",
    "standard-cauchy",
    "standard-gumbel",
    "standard-laplace",
    "standard-logistic",
    "standard-normal",
    "standard-uniform",
    "student-t",
  ];
  const flows = ["flow", ...bases];
  return all.map((k) => k.kind).filter((kind) => ![...parts, ...flows].includes(kind));
}

test.runIf(folder === undefined)("golden vectors are skipped: set NORMFLOW_VECTORS to their folder", () => {
  console.warn("The golden vectors were not run: NORMFLOW_VECTORS and NORMFLOW_DATA name no folder that holds them.");
  expect(folder).toBeUndefined();
});
