/**
 * Loops. What a body reads from outside is captured, not copied in at every step.
 *
 * @module
 */
import type { Rule } from "./rule.ts";
import type { Scope } from "./scope.ts";
import type { Value } from "./value.ts";

const declared = (scope: Scope, shape: readonly number[]): Value => {
  const name = scope.writer.input(scope.writer.names.fresh(), "float", shape);
  return scope.written("float", name, shape);
};

const output = (scope: Scope, v: Value) => ({ value: scope.float(v), type: "float" as const, shape: v.shape });

export const scan: Rule<"scan"> = ({ params, inputs, shapes, scope, lower }) => {
  const { body, constants, carry, length, reverse } = params;
  const captured = inputs.slice(0, constants);
  const first = inputs.slice(constants, constants + carry);
  const sequences = inputs.slice(constants + carry);
  if (length === 0)
    return [
      ...first,
      ...shapes.slice(carry).map((shape) => scope.later(shape, { kind: "literal", data: new Float64Array(0) })),
    ];
  const inner = scope.inner();
  const state = first.map((v) => declared(inner, v.shape));
  const entries = sequences.map((v) => declared(inner, v.shape.slice(1)));
  const results = lower(body, [...captured, ...state, ...entries], inner);
  const graph = inner.writer.finish(
    "step",
    results.map((v) => output(inner, v)),
  );
  const direction = { ints: sequences.map(() => (reverse ? 1 : 0)) };
  const directions = reverse
    ? {
        ...(sequences.length > 0 ? { scan_input_directions: direction } : {}),
        ...(shapes.length > carry ? { scan_output_directions: { ints: shapes.slice(carry).map(() => 1) } } : {}),
      }
    : {};
  const names = scope.writer.node(
    "Scan",
    [...first, ...sequences].map((v) => scope.float(v)),
    { body: { graph }, num_scan_inputs: { int: sequences.length }, ...directions },
    { outputs: shapes.length },
  );
  return names.map((name, i) => scope.written("float", name, shapes[i]!));
};

export const loop: Rule<"loop"> = ({ params, inputs, shapes, scope, lower }) => {
  const { condition, body, constants, limit } = params;
  const captured = inputs.slice(0, constants);
  const first = inputs.slice(constants);
  const [holds] = lower(condition, inputs, scope) as readonly [Value];
  const inner = scope.inner();
  inner.writer.input(inner.writer.names.fresh(), "int64", []);
  inner.writer.input(inner.writer.names.fresh(), "bool", []);
  const state = first.map((v) => declared(inner, v.shape));
  const next = lower(body, [...captured, ...state], inner);
  const [again] = lower(condition, [...captured, ...next], inner) as readonly [Value];
  const graph = inner.writer.finish("step", [
    { value: inner.bool(again), type: "bool", shape: [] },
    ...next.map((v) => output(inner, v)),
  ]);
  const names = scope.writer.node(
    "Loop",
    [scope.writer.literal("int64", [limit], []), scope.bool(holds), ...first.map((v) => scope.float(v))],
    { body: { graph } },
    { outputs: shapes.length },
  );
  return names.map((name, i) => scope.written("float", name, shapes[i]!));
};
