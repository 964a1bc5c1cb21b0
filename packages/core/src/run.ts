/**
 * What every backend does around a run: pairing arrays with declared inputs, keeping back what is carried.
 *
 * @module
 */
import type { CompileOptions, HostArray } from "./backend.ts";
import { FlowError, ShapeError } from "./error.ts";
import type { Shape } from "./graph/size.ts";

/** The arrays of a graph's inputs in order, resident ones included. */
export function gatherInputs<V extends { readonly data: ArrayLike<number>; readonly shape: readonly number[] }>(
  specs: readonly { readonly name: string; readonly shape: Shape }[],
  given: Readonly<Record<string, HostArray>>,
  resident: ReadonlyMap<string, V>,
  options: CompileOptions,
): (V | HostArray)[] {
  return specs.map(({ name }) => {
    const value = options.resident?.includes(name) ? resident.get(name) : given[name];
    if (value === undefined)
      throw new FlowError("missing-input", `Input ${name} was not given.`, {
        hint: options.resident?.includes(name) ? "It is resident: set it with put." : "Pass it to run.",
      });
    const size = value.shape.reduce((a, b) => a * b, 1);
    if (size !== value.data.length)
      throw new ShapeError("input-size", `Input ${name} has ${value.data.length} values for a shape of ${size}.`, {
        hint: "The shape's sizes multiplied are the number of values.",
      });
    return value;
  });
}

/** Returns outputs by name; carried ones go to `keep` instead. */
export function splitOutputs<V>(
  names: readonly string[],
  values: readonly V[],
  options: CompileOptions,
  keep: (input: string, value: V) => void,
): Record<string, V> {
  const returned: Record<string, V> = {};
  names.forEach((name, i) => {
    const input = options.carry?.[name];
    if (input === undefined) returned[name] = values[i]!;
    else keep(input, values[i]!);
  });
  return returned;
}
