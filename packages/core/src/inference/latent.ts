/**
 * Ways through a latent space: the same for vectors, images and melodies, since all of them are arrays once encoded.
 *
 * @module
 */
import { type HostArray, hostArray } from "../backend.ts";
import { OptionError, ShapeError } from "../error.ts";

/** Latents as `encode` gives them: an array [rows, …event], or a list of rows, as melodies have them. */
export type Latents = HostArray | readonly ArrayLike<number>[];

const isArray = (latents: Latents): latents is HostArray => "data" in latents;

/** The latents one by one. */
function rowsOf(latents: Latents): ArrayLike<number>[] {
  if (!isArray(latents)) return [...latents];
  const { data, shape } = latents;
  const width = shape.slice(1).reduce((a, b) => a * b, 1);
  return Array.from({ length: shape[0]! }, (_, row) => data.subarray(row * width, (row + 1) * width));
}

/** Each latent changed, in the form that they came in. */
function mapRows<L extends Latents>(latents: L, change: (row: Float64Array, index: number) => Float64Array): L {
  const rows = rowsOf(latents).map((row, i) => change(Float64Array.from(row), i));
  if (!isArray(latents)) return rows as unknown as L;
  const data = new Float64Array(latents.data.length);
  let at = 0;
  for (const row of rows) {
    data.set(row, at);
    at += row.length;
  }
  return hostArray(data, latents.shape) as L;
}

/** Mean of the rows of a class. */
function classMean(rows: readonly ArrayLike<number>[], labels: ArrayLike<unknown>, label: unknown): Float64Array {
  const chosen = rows.filter((_, i) => labels[i] === label);
  if (chosen.length === 0)
    throw new OptionError("attribute-label", `No latent has the label ${String(label)}.`, {
      hint: "Labels are compared as they are: the number 3 is not the text 3.",
    });
  const mean = new Float64Array(chosen[0]!.length);
  for (const row of chosen) for (let k = 0; k < mean.length; k++) mean[k]! += row[k]! / chosen.length;
  return mean;
}

/**
 * Finds the direction of an attribute: mean latent with the label `to` less that with the label `from`.
 *
 * @param latents as `encode` gives them
 * @param labels one a row, of any kind
 * @returns an array of the event's size, flat
 * @throws {ShapeError} `attribute-rows` where there are not as many labels as rows
 * @throws {OptionError} `attribute-label` where no row has a label
 * @see Kingma & Dhariwal 2018, Glow, section 6
 * @example
 * const z = await model.encode(x);
 * const direction = attributeDirection(z, x.map(([a]) => a! > 0), false, true);
 * const moved = await model.decode(moveAlong(z, direction, 0.5));
 */
export function attributeDirection<L>(latents: Latents, labels: ArrayLike<L>, from: L, to: L): Float64Array {
  const rows = rowsOf(latents);
  if (labels.length !== rows.length)
    throw new ShapeError("attribute-rows", `There are ${labels.length} labels for ${rows.length} latents.`, {
      hint: "Give each row its label.",
    });
  const start = classMean(rows, labels, from);
  return classMean(rows, labels, to).map((v, k) => v - start[k]!);
}

/**
 * Moves each latent along a direction: z + t d.
 *
 * @param latents one or more, as `encode` gives them
 * @throws {ShapeError} `direction` where the direction is not of the event's size
 * @example moveAlong({ data: Float64Array.of(0, 1), shape: [1, 2] }, [1, 0], 0.5)
 */
export function moveAlong<L extends Latents>(latents: L, direction: ArrayLike<number>, amount: number): L {
  return mapRows(latents, (row) => {
    if (direction.length !== row.length)
      throw new ShapeError("direction", `The direction has ${direction.length} entries, a latent ${row.length}.`, {
        hint: "Take it from latents of the same flow.",
      });
    return row.map((v, k) => v + amount * direction[k]!);
  });
}

/** Mean and deviation of |z| for z standard normal, to the fourth digit from three dimensions on. */
const shell = (width: number): { readonly radius: number; readonly deviation: number } => {
  const radius = Math.sqrt(width - 0.5 + 1 / (8 * width));
  return { radius, deviation: Math.sqrt(Math.max(0, width - radius ** 2)) };
};

/**
 * Finds the nearest typical latent: z along its own ray, |z| brought within some deviations of what it is for a standard
 * normal, about √(D − ½) ± 1/√2. Means of latents lie far inside that shell and decode to the blandest of events.
 *
 * @param latents of a flow with a standard normal base
 * @throws {OptionError} `typical-deviations`; `typical-zero` where a latent is 0, which has no ray
 * @example nearestTypical({ data: new Float64Array(64).fill(0.1), shape: [1, 64] })
 */
export function nearestTypical<L extends Latents>(
  latents: L,
  { deviations = 1 }: { readonly deviations?: number } = {},
): L {
  if (!(deviations >= 0))
    throw new OptionError("typical-deviations", `deviations is a number from 0, not ${deviations}.`, {
      hint: "1 keeps two thirds of what the base draws as they are.",
    });
  return mapRows(latents, (row, i) => {
    const { radius, deviation } = shell(row.length);
    const length = Math.hypot(...row);
    const wanted = Math.min(Math.max(length, radius - deviations * deviation), radius + deviations * deviation);
    if (length === wanted) return row;
    if (length === 0)
      throw new OptionError("typical-zero", `Latent ${i} is 0 and has no nearest typical one.`, {
        hint: "Move it a little in any direction first.",
      });
    return row.map((v) => (v * wanted) / length);
  });
}

/**
 * Points on the way from a to b, ends included: (1 − t) a + t b, or along the great circle through both, which keeps |z|
 * typical all the way.
 *
 * @throws {ShapeError} `interpolate` where a and b differ in size
 * @see White 2016, Sampling Generative Networks
 * @example interpolateLatents([1, 0], [0, 1], 3, "spherical")
 */
export function interpolateLatents(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  points: number,
  path: "linear" | "spherical",
): Float64Array {
  const size = a.length;
  if (b.length !== size)
    throw new ShapeError("interpolate", `The ends have ${size} and ${b.length} entries.`, {
      hint: "Encode both with one flow.",
    });
  const out = new Float64Array(points * size);
  let [dot, na, nb] = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    dot += a[i]! * b[i]!;
    na += a[i]! ** 2;
    nb += b[i]! ** 2;
  }
  const angle = Math.acos(Math.max(-1, Math.min(1, dot / Math.sqrt(na * nb || 1))));
  const straight = path === "linear" || Math.sin(angle) < 1e-6;
  for (let p = 0; p < points; p++) {
    const t = p / (points - 1);
    const [wa, wb] = straight
      ? [1 - t, t]
      : [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
    for (let i = 0; i < size; i++)
      out[p * size + i] = p === 0 ? a[i]! : p === points - 1 ? b[i]! : wa * a[i]! + wb * b[i]!;
  }
  return out;
}
