/**
 * Surprise: how many bits each part of a melody costs.
 *
 * @module
 */
import { iota, neg } from "@normflow/core";
import { type Grid, toEvent } from "../grid/grid.ts";
import { eventRows, rowsOf } from "./event-rows.ts";
import { autoregressiveOf, BEATS, conditionerPath } from "./melody-flow.ts";
import type { MelodyCallOptions, MelodyModel } from "./melody-model.ts";
import type { MelodyEvent } from "./tilt.ts";

/** The bits of a melody, part by part. */
export interface Surprise {
  /** −log₂ p of the melody: the sum of all parts. */
  readonly bits: number;
  /** For each note in order, −log₂ p of its pitch given the rhythm and the notes before it. */
  readonly notes: readonly number[];
  /** For each beat, −log₂ p of its rhythm given the beats before it. */
  readonly beats: readonly number[];
}

/**
 * −log₂ P(tokenᵢ | tokens before) of every coordinate of each melody, 0 where a coordinate is unused.
 *
 * The log slopes of the flow's own transformation before they are summed to its log-det: within a cell the slope of the
 * histogram's CDF is the cell's probability.
 */
export async function coordinateBits(
  model: MelodyModel,
  melodies: readonly MelodyEvent[],
  options: MelodyCallOptions = {},
): Promise<number[][]> {
  const { conditioner, transformation } = autoregressiveOf(model.plain.flow);
  const nats = await model.plain.compute(
    "coordinate-nats",
    eventRows(melodies),
    ({ scope, inputs: { x } }) => {
      const theta = conditioner.parallel(scope.at(...conditionerPath), x!);
      const [, logSlope] = transformation.inverse(theta, x!, iota(conditioner.features));
      return neg(logSlope);
    },
    options,
  );
  return rowsOf(nats).map((row) => Array.from(row, (v) => v / Math.LN2));
}

/** The surprise of each melody. */
export async function surprise(
  model: MelodyModel,
  grids: readonly Grid[],
  options: MelodyCallOptions = {},
): Promise<Surprise[]> {
  const rows = await coordinateBits(model, grids.map(toEvent), options);
  return rows.map((row, i) => ({
    bits: row.reduce((a, b) => a + b, 0),
    beats: row.slice(0, BEATS),
    notes: grids[i]!.flatMap((step, t) => (step > 0 ? [row[BEATS + t]!] : [])),
  }));
}
