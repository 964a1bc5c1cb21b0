/**
 * Integrals of densities on the line and on the plane.
 *
 * @module
 */
import { add, type Bijector, standardNormalLogProb } from "@normflow/core";
import { array, count, mapValues, prepare, type Setting } from "./evaluate.ts";
import { valuesOf } from "./numbers.ts";

/** One context row for every entry of a batch. */
export const oneContext = (layer: Bijector, batch: number, seed = 5) => {
  const { context } = layer.facts;
  if (!context) return undefined;
  const row = valuesOf("real", count(context), seed);
  return array(Array.from({ length: batch }, () => [...row]).flat(), [batch, ...context]);
};

/** Whether an integral of the density is to be had: one or two real features from a normal or a uniform base. */
export const integrable = ({ facts }: Bijector): boolean =>
  count(facts.data) <= 2 &&
  count(facts.data) === count(facts.base) &&
  facts.codomain === "real" &&
  (facts.domain === "real" || facts.domain === "unit");

/** Where the images of the base lie along each feature, with a margin. */
async function boxOf(layer: Bijector, setting: Setting): Promise<(readonly [low: number, high: number])[]> {
  const [batch, features] = [500, count(layer.facts.data)];
  const base = array(valuesOf(layer.facts.domain, batch * features, 21), [batch, ...layer.facts.base]);
  const { value } = await mapValues(layer, "forward", base, { ...setting, context: oneContext(layer, batch) });
  return Array.from({ length: features }, (_, j) => {
    const column = Array.from({ length: batch }, (_unused, i) => value![i * features + j]!);
    const [low, high] = [Math.min(...column), Math.max(...column)];
    const margin = 0.4 * (high - low);
    return [low - margin, high + margin] as const;
  });
}

/** ∫ p over a box by the midpoint rule, for the base pushed through a layer with a context of its own. */
export async function integral(
  layer: Bijector,
  setting: Setting,
  { points, box }: { readonly points: number; readonly box?: readonly (readonly [number, number])[] },
): Promise<number> {
  const features = count(layer.facts.data);
  const sides = box ?? (await boxOf(layer, setting));
  const axes = sides.map(([low, high]) =>
    Array.from({ length: points }, (_, i) => low + ((high - low) * (i + 0.5)) / points),
  );
  const cell = sides.reduce((area, [low, high]) => (area * (high - low)) / points, 1);
  // A line at a time, so that arrays stay in the cache.
  const lines = features === 1 ? [axes[0]!] : axes[0]!.map((a) => axes[1]!.flatMap((b) => [a, b]));
  const shape = [lines[0]!.length / features, ...layer.facts.data];
  const context = oneContext(layer, shape[0]!);
  const event = layer.facts.base.length;
  const run = await prepare(
    layer,
    "inverse",
    { input: shape, context: context?.shape },
    setting,
    ({ value, logDet }) => ({
      value,
      logProb: layer.facts.domain === "unit" ? logDet : add(standardNormalLogProb(value, event), logDet),
    }),
  );
  let total = 0;
  for (const line of lines) {
    const { logProb, value } = await run(array(line, shape), { ...setting, context });
    for (let i = 0; i < logProb!.length; i++) {
      const inside =
        layer.facts.domain !== "unit" || value!.subarray(i * features, (i + 1) * features).every((u) => u > 0 && u < 1);
      if (inside) total += Math.exp(logProb![i]!) * cell;
    }
  }
  return total;
}
