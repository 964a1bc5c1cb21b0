/**
 * Elementwise primitives.
 *
 * They work on operands before repetition: where every operand repeats along an axis, so does the result.
 *
 * @module
 */
import type { Primitive } from "@normflow/core";
import { type Product, takesBias, writeProduct } from "./product.ts";
import type { PlainStep, Rule } from "./rule.ts";
import type { Scope } from "./scope.ts";
import { lean, sameDims, sharedShape, uniform, type Value } from "./value.ts";
import * as webgpu from "./webgpu-functions.ts";

/** A rule that does not depend on parameters. */
type PlainRule = (step: PlainStep) => readonly Value[];

/** Applies `write` to the operands as they are before repetition, and repeats the result. */
function pointwise(
  step: PlainStep,
  write: (operands: readonly Value[], shape: readonly number[]) => Value,
): readonly Value[] {
  const operands = step.inputs.map(lean);
  const shape = sharedShape(operands.map((v) => v.shape));
  const value = write(operands, shape);
  const [wanted] = step.shapes as readonly [readonly number[]];
  return [sameDims(shape, wanted) ? value : step.scope.later(wanted, { kind: "repeated", of: value })];
}

/** Floats in, floats out. */
const floats =
  (write: (scope: Scope, ...names: string[]) => string): PlainRule =>
  (step) =>
    pointwise(step, (operands, shape) => {
      const { scope } = step;
      return scope.written("float", write(scope, ...operands.map((v) => scope.float(v))), shape);
    });

const direct = (op: string): PlainRule => floats((scope, ...names) => scope.apply(op, names));

/** An operator, but written out on WebGPU. */
const onWebgpu = (write: (scope: Scope, x: string) => string, op: string): PlainRule =>
  floats((scope, x) => (scope.provider === "webgpu" ? write(scope, x!) : scope.apply(op, [x!])));

/** Floats in, a boolean out. */
const compare =
  (op: string): PlainRule =>
  (step) =>
    pointwise(step, (operands, shape) => {
      const { scope } = step;
      return scope.written(
        "bool",
        scope.apply(
          op,
          operands.map((v) => scope.float(v)),
        ),
        shape,
      );
    });

/** Whether a value stands in the model as a boolean and nothing else. */
const isBoolean = (v: Value): boolean => {
  const { forms } = lean(v);
  return forms.has("bool") && !forms.has("float");
};

/** Booleans in, a boolean out, where all operands are booleans already; else floats. */
const logical =
  (op: string, otherwise: PlainRule): PlainRule =>
  (step) =>
    step.inputs.every(isBoolean)
      ? pointwise(step, (operands, shape) => {
          const { scope } = step;
          return scope.written(
            "bool",
            scope.apply(
              op,
              operands.map((v) => scope.bool(v)),
            ),
            shape,
          );
        })
      : otherwise(step);

/** eˣ − 1 = tanh(x/2) (eˣ + 1): no difference of near numbers, and right at both infinities. */
const expm1 = floats((scope, x) => {
  const half = scope.apply("Tanh", [scope.apply("Mul", [x, scope.number(0.5)])]);
  return scope.apply("Mul", [half, scope.apply("Add", [scope.apply("Exp", [x]), scope.number(1)])]);
});

/** Where x is clipped for the correction of `log1p`: the nearest float above −1, and where 1 + x is x. */
const LOWEST = -1 + 2 ** -24;
const HIGHEST = 1e30;

/**
 * ln(1 + x) as ln u + (x − (u − 1)) / u with u = 1 + x rounded: the second term gives back what the rounding took.
 * It is computed of x clipped, so that −1 gives −∞ and ∞ gives ∞.
 */
const log1p = floats((scope, x) => {
  const one = scope.number(1);
  const clipped = scope.apply("Clip", [x, scope.number(LOWEST), scope.number(HIGHEST)]);
  const u = scope.apply("Add", [clipped, one]);
  const lost = scope.apply("Sub", [clipped, scope.apply("Sub", [u, one])]);
  const main = scope.apply("Log", [scope.apply("Add", [x, one])]);
  return scope.apply("Add", [main, scope.apply("Div", [lost, u])]);
});

/** A product that nothing has written yet, in the graph that wants to take it up. */
function pending(step: PlainStep, i: number): Product | undefined {
  const v = step.inputs[i]!;
  const free = v.origin.kind === "product" && v.forms.size === 0 && v.scope === step.scope && step.only(i);
  return free && v.origin.kind === "product" ? v.origin.product : undefined;
}

const sum = direct("Add");

/** A product takes up what is added to it. */
const add: PlainRule = (step) => {
  const [wanted] = step.shapes as readonly [readonly number[]];
  for (const [i, j] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const product = pending(step, i);
    const other = step.inputs[j]!;
    if (product && sameDims(product.shape, wanted) && takesBias(product, other))
      return [step.scope.written("float", writeProduct(step.scope, product, other), wanted)];
  }
  return sum(step);
};

const times = logical("And", direct("Mul"));

/** A product takes up a factor. */
const mul: PlainRule = (step) => {
  for (const [i, j] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const product = pending(step, i);
    const factor = uniform(step.inputs[j]!);
    if (product && factor !== undefined && sameDims(product.shape, step.shapes[0]!))
      return [
        step.scope.later(product.shape, { kind: "product", product: { ...product, alpha: product.alpha * factor } }),
      ];
  }
  return times(step);
};

const difference = direct("Sub");

/** 1 − c of a condition is its negation. */
const sub: PlainRule = (step) => {
  const [a, b] = step.inputs as readonly [Value, Value];
  if (uniform(a) !== 1 || !isBoolean(b) || !sameDims(b.shape, step.shapes[0]!)) return difference(step);
  const { scope } = step;
  const source = lean(b);
  const negated = scope.written("bool", scope.apply("Not", [scope.bool(source)]), source.shape);
  return [source === b ? negated : scope.later(b.shape, { kind: "repeated", of: negated })];
};

const select: PlainRule = (step) =>
  pointwise(step, ([condition, yes, no], shape) => {
    const { scope } = step;
    return scope.written(
      "float",
      scope.apply("Where", [scope.bool(condition!), scope.float(yes!), scope.float(no!)]),
      shape,
    );
  });

/** −1, 0, 1 or NaN by two choices: `Sign` has no kernel on WebGPU. */
const sign = floats((scope, x) => {
  const zero = scope.number(0);
  const below = scope.apply("Where", [scope.apply("Less", [x, zero]), scope.number(-1), x]);
  return scope.apply("Where", [scope.apply("Greater", [x, zero]), scope.number(1), below]);
});

export const elementwise = {
  neg: direct("Neg"),
  abs: direct("Abs"),
  sign,
  floor: direct("Floor"),
  exp: direct("Exp"),
  expm1,
  log: onWebgpu(webgpu.log, "Log"),
  log1p,
  sqrt: direct("Sqrt"),
  sin: onWebgpu(webgpu.sin, "Sin"),
  cos: onWebgpu(webgpu.cos, "Cos"),
  tanh: direct("Tanh"),
  sigmoid: direct("Sigmoid"),
  relu: direct("Relu"),
  erf: direct("Erf"),
  add,
  sub,
  mul,
  div: direct("Div"),
  max: logical("Or", direct("Max")),
  min: logical("And", direct("Min")),
  greater: compare("Greater"),
  greaterEqual: compare("GreaterOrEqual"),
  equal: compare("Equal"),
  select,
} satisfies Partial<{ readonly [P in Primitive]: Rule<P> }>;
