/**
 * Primitives that index by values.
 *
 * @module
 */
import { BackendError } from "@normflow/core";
import { isDynamic } from "./dynamic.ts";
import type { Rule } from "./rule.ts";
import type { Scope } from "./scope.ts";
import { count, lean, uniform, type Value } from "./value.ts";

/** The scalar start as an integer that leaves room for `size` entries of an axis of `dim`. */
function clampedStart(scope: Scope, start: Value, size: number, dim: number): string {
  const known = uniform(start);
  const last = dim - size;
  if (isDynamic(last))
    throw new BackendError("open-size", "onnx: an axis of open size is sliced from a place that is computed.", {
      hint: "Fix the batch size: pass a number for it.",
    });
  if (known !== undefined) return scope.writer.literal("int64", [Math.max(0, Math.min(Math.trunc(known), last))], []);
  const clamped = scope.apply("Clip", [scope.float(start), scope.number(0), scope.number(last)]);
  return scope.apply("Cast", [clamped], { to: { int: 7 } });
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** The integers start … start + size − 1 as a list. */
function entriesFrom(scope: Scope, start: string, size: number): string {
  return size === 1
    ? scope.apply("Reshape", [start, scope.ints([1])])
    : scope.apply("Add", [start, scope.ints(range(size))]);
}

export const dynamicSlice: Rule<"dynamicSlice"> = ({ params, inputs, shapes, scope }) => {
  const [x, start] = inputs as readonly [Value, Value];
  const { axis, size } = params;
  const entries = entriesFrom(scope, clampedStart(scope, start, size, x.shape[axis]!), size);
  return [
    scope.written("float", scope.apply("Gather", [scope.float(x), entries], { axis: { int: axis } }), shapes[0]!),
  ];
};

/** One copy of x and one of the update: `ScatterND` at places that are literal but for the start. */
export const dynamicUpdateSlice: Rule<"dynamicUpdateSlice"> = ({ params, inputs, shapes, scope }) => {
  const [x, update, start] = inputs as readonly [Value, Value, Value];
  const { axis } = params;
  const size = update.shape[axis]!;
  const clamped = clampedStart(scope, start, size, x.shape[axis]!);
  const outer = x.shape.slice(0, axis);
  if (outer.some(isDynamic)) {
    const along = update.shape.map((_, i) => (i === axis ? size : 1));
    const index = scope.apply("Reshape", [entriesFrom(scope, clamped, size), scope.ints(along)]);
    const everywhere = scope.apply("Expand", [index, scope.ints(update.shape)]);
    const operands = [scope.float(x), everywhere, scope.float(update)];
    return [scope.written("float", scope.apply("ScatterElements", operands, { axis: { int: axis } }), shapes[0]!)];
  }
  const places = scope.apply("Add", [
    scope.writer.literal("int64", leadingPlaces(outer, size), [...outer, size, axis + 1]),
    scope.apply("Mul", [clamped, scope.ints([...outer.map(() => 0), 1])]),
  ]);
  return [scope.written("float", scope.apply("ScatterND", [scope.float(x), places, scope.float(update)]), shapes[0]!)];
};

/** Row by row, the index in each leading axis and in the one after them, which has `size` entries. */
function leadingPlaces(outer: readonly number[], size: number): Int32Array {
  const dims = [...outer, size];
  const places = new Int32Array(count(dims) * dims.length);
  for (let row = 0; row < count(dims); row++)
    for (let rest = row, i = dims.length - 1; i >= 0; i--) {
      places[row * dims.length + i] = rest % dims[i]!;
      rest = Math.floor(rest / dims[i]!);
    }
  return places;
}

/** The index by rows, where it is the same in all axes but `axis`: whole rows are then moved at once. */
function rowIndex(scope: Scope, index: Value, axis: number): string | undefined {
  const source = lean(index);
  const offset = index.shape.length - source.shape.length;
  const at = axis - offset;
  if (source.origin.kind === "literal" && source.shape.length === 0) return undefined;
  if (at < 0 || source.shape.some((d, i) => d !== 1 && i !== at) || source.shape[at] !== index.shape[axis])
    return undefined;
  if (index.shape.every((d, i) => i === axis || d === 1)) return undefined;
  return scope.apply("Reshape", [scope.index(source), scope.ints([index.shape[axis]!])]);
}

export const gather: Rule<"gather"> = ({ params, inputs, shapes, scope }) => {
  const [x, index] = inputs as readonly [Value, Value];
  const attributes = { axis: { int: params.axis } };
  const rows = rowIndex(scope, index, params.axis);
  const name = rows
    ? scope.apply("Gather", [scope.float(x), rows], attributes)
    : scope.apply("GatherElements", [scope.float(x), scope.index(index)], attributes);
  return [scope.written("float", name, shapes[0]!)];
};

export const scatterAdd: Rule<"scatterAdd"> = ({ params, inputs, shapes, scope }) => {
  const [x, index, update] = inputs as readonly [Value, Value, Value];
  const reduction = { reduction: { text: "add" } };
  const rows = params.axis === 0 ? rowIndex(scope, index, 0) : undefined;
  const name = rows
    ? scope.apply(
        "ScatterND",
        [scope.float(x), scope.apply("Reshape", [rows, scope.ints([index.shape[0]!, 1])]), scope.float(update)],
        reduction,
      )
    : scope.apply("ScatterElements", [scope.float(x), scope.index(index), scope.float(update)], {
        axis: { int: params.axis },
        ...reduction,
      });
  return [scope.written("float", name, shapes[0]!)];
};
