/**
 * Primitives that move values, in whatever form these stand in the model.
 *
 * @module
 */
import { padAxes } from "./pads.ts";
import type { PlainStep, Rule } from "./rule.ts";
import { cheapest, count, lean, sameDims, type Value } from "./value.ts";

/** One number repeated stays so whatever is moved. */
function moved(step: PlainStep, write: (name: string) => string): readonly Value[] {
  const { inputs, scope } = step;
  const [x] = inputs as readonly [Value];
  const [shape] = step.shapes as readonly [readonly number[]];
  const source = lean(x);
  if (source !== x && count(source.shape) === 1 && source.shape.length <= 1)
    return [scope.later(shape, { kind: "repeated", of: source })];
  const type = scope.provider === "webgpu" ? "float" : cheapest(x);
  return [scope.written(type, write(scope.form(x, type)), shape)];
}

export const reshape: Rule<"reshape"> = (step) => {
  const { inputs, shapes, scope } = step;
  const [shape] = shapes as readonly [readonly number[]];
  if (sameDims(inputs[0]!.shape, shape)) return inputs;
  return moved(step, (name) =>
    scope.apply("Reshape", [name, scope.ints(shape)], shape.includes(0) ? { allowzero: { int: 1 } } : {}),
  );
};

export const transpose: Rule<"transpose"> = (step) =>
  moved(step, (name) => step.scope.apply("Transpose", [name], { perm: { ints: step.params.perm } }));

export const broadcast: Rule<"broadcast"> = ({ inputs, shapes, scope }) => {
  const [x] = inputs as readonly [Value];
  const [shape] = shapes as readonly [readonly number[]];
  return sameDims(x.shape, shape) ? [x] : [scope.later(shape, { kind: "repeated", of: lean(x) })];
};

export const slice: Rule<"slice"> = (step) => {
  const { params, scope, size } = step;
  const { axis, start } = params;
  return moved(step, (name) =>
    scope.apply("Slice", [name, scope.ints([start]), scope.ints([start + size(params.size)]), scope.ints([axis])]),
  );
};

/** A step of −1 from the last entry to before the first, which counted from the end is −size − 1. */
export const reverse: Rule<"reverse"> = (step) => {
  const { params, inputs, scope } = step;
  const { axes } = params;
  if (axes.length === 0) return inputs;
  return moved(step, (name) =>
    scope.apply("Slice", [
      name,
      scope.ints(axes.map(() => -1)),
      scope.ints(axes.map((axis) => -inputs[0]!.shape[axis]! - 1)),
      scope.ints(axes),
      scope.ints(axes.map(() => -1)),
    ]),
  );
};

export const pad: Rule<"pad"> = ({ params, inputs, shapes, scope, size }) => {
  const [x] = inputs as readonly [Value];
  const margin = [params.axis, size(params.low), size(params.high)] as const;
  return [scope.written("float", padAxes(scope, scope.float(x), x.shape, [margin]), shapes[0]!)];
};

export const concat: Rule<"concat"> = ({ params, inputs, shapes, scope }) => {
  const names = inputs.map((v) => scope.float(v));
  return [scope.written("float", scope.apply("Concat", names, { axis: { int: params.axis } }), shapes[0]!)];
};
