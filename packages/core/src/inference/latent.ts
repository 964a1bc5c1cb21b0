/**
 * Ways through a latent space: the same for vectors, images and melodies, since all of them are arrays once encoded.
 *
 * @module
 */
import { type HostArray, hostArray } from "../backend.ts";
import { OptionError, ShapeError } from "../error.ts";

const widthOf = ({ shape }: HostArray): number => shape.slice(1).reduce((a, b) => a * b, 1);

/** Mean of the rows of a class. */
function classMean(latents: HostArray, labels: ArrayLike<unknown>, label: unknown): Float64Array {
  const width = widthOf(latents);
  const mean = new Float64Array(width);
  let count = 0;
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] !== label) continue;
    count++;
    for (let k = 0; k < width; k++) mean[k]! += latents.data[row * width + k]!;
  }
  if (count === 0)
    throw new OptionError("attribute-label", `No latent has the label ${String(label)}.`, {
      hint: "Labels are compared as they are: 3 is not “3”.",
    });
  return mean.map((v) => v / count);
}

/**
 * Finds the direction of an attribute: mean latent with the label `to` less that with the label `from`.
 *
 * @param latents [rows, …event], as `encode` gives them
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
export function attributeDirection<L>(latents: HostArray, labels: ArrayLike<L>, from: L, to: L): Float64Array {
  if (labels.length !== latents.shape[0])
    throw new ShapeError("attribute-rows", `There are ${labels.length} labels for ${latents.shape[0]} latents.`, {
      hint: "Give each row its label.",
    });
  const start = classMean(latents, labels, from);
  return classMean(latents, labels, to).map((v, k) => v - start[k]!);
}

/**
 * Moves each latent along a direction: z + t d.
 *
 * @param latents [rows, …event]
 * @throws {ShapeError} `direction` where the direction is not of the event's size
 * @example moveAlong({ data: Float64Array.of(0, 1), shape: [1, 2] }, [1, 0], 0.5)
 */
export function moveAlong(latents: HostArray, direction: ArrayLike<number>, amount: number): HostArray {
  const width = widthOf(latents);
  if (direction.length !== width)
    throw new ShapeError("direction", `The direction has ${direction.length} entries, a latent ${width}.`, {
      hint: "Take it from latents of the same flow.",
    });
  return hostArray(
    Float64Array.from(latents.data, (v, i) => v + amount * direction[i % width]!),
    latents.shape,
  );
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
 * @param latents [rows, …event] of a flow with a standard normal base
 * @throws {OptionError} `typical-deviations`; `typical-zero` where a latent is 0, which has no ray
 * @example nearestTypical({ data: new Float64Array(64).fill(0.1), shape: [1, 64] })
 */
export function nearestTypical(
  latents: HostArray,
  { deviations = 1 }: { readonly deviations?: number } = {},
): HostArray {
  if (!(deviations >= 0))
    throw new OptionError("typical-deviations", `deviations is a number from 0, not ${deviations}.`, {
      hint: "1 keeps two thirds of what the base draws as they are.",
    });
  const width = widthOf(latents);
  const { radius, deviation } = shell(width);
  const out = Float64Array.from(latents.data);
  for (let from = 0; from < out.length; from += width) {
    const row = out.subarray(from, from + width);
    const length = Math.hypot(...row);
    const wanted = Math.min(Math.max(length, radius - deviations * deviation), radius + deviations * deviation);
    if (length === wanted) continue;
    if (length === 0)
      throw new OptionError("typical-zero", `Latent ${from / width} is 0 and has no nearest typical one.`, {
        hint: "Move it a little in any direction first.",
      });
    for (let k = 0; k < width; k++) row[k]! *= wanted / length;
  }
  return hostArray(out, latents.shape);
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
