/**
 * What is known of a table's columns before training.
 *
 * @module
 */
import type { HostArray } from "@normflow/core";
import type { TableColumns } from "@normflow/layers";
import { shrunkCovariance } from "./covariance.ts";
import { latticeOf } from "./lattice.ts";

/** Mean and deviation of each column. */
export function moments({ data, shape }: HostArray): Pick<TableColumns, "shift" | "scale"> {
  const [rows, columns] = shape as readonly [number, number];
  const [shift, scale] = [new Array<number>(columns).fill(0), new Array<number>(columns).fill(0)];
  for (let i = 0; i < data.length; i++) shift[i % columns]! += data[i]! / rows;
  for (let i = 0; i < data.length; i++) scale[i % columns]! += (data[i]! - shift[i % columns]!) ** 2 / rows;
  return { shift, scale: scale.map(Math.sqrt) };
}

/** Whether a column of a mean and a deviation varies by more than rounding. */
export const varies = (shift: number, scale: number): boolean => scale > 1e-12 * Math.max(1, Math.abs(shift));

/** Measures the columns of training rows [n, D], all of which vary. */
export function measureColumns(x: HostArray): TableColumns {
  const [rows, columns] = x.shape as readonly [number, number];
  const { shift, scale } = moments(x);
  const standard = Float64Array.from(x.data, (v, i) => (v - shift[i % columns]!) / scale[i % columns]!);
  const lattices = shift.map((_, c) =>
    latticeOf(Float64Array.from({ length: rows }, (__, r) => x.data[r * columns + c]!)),
  );
  return {
    rows,
    shift,
    scale,
    covariance: shrunkCovariance(standard, columns),
    step: lattices.map((l) => l.step),
    origin: lattices.map((l) => l.origin),
  };
}
