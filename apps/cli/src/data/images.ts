/**
 * Images as whole numbers, whatever file they come from.
 *
 * @module
 */
import { FormatError, type HostArray, hostArray } from "@normflow/core";

/** Images of one size, [N, C, H, W] in one array, and a label for each where there are labels. */
export interface Images {
  readonly data: Uint8Array;
  readonly count: number;
  /** Channels, height, width. */
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly labels: readonly number[] | undefined;
}

/** No picture is higher or wider, and no collection holds more bytes. */
export const MOST_PIXELS = 4096;
export const MOST_BYTES = 2 ** 29;

/** Checks sizes before anything of them is allocated. @throws {FormatError} `image-size` */
export function checkSizes(count: number, channels: number, height: number, width: number): void {
  const sizes = [channels, height, width];
  if (
    sizes.some((n) => !Number.isSafeInteger(n) || n < 1 || n > MOST_PIXELS) ||
    count * channels * height * width > MOST_BYTES
  )
    throw new FormatError(
      "image-size",
      `It claims ${count} images of ${height} × ${width} with ${channels} channels.`,
      {
        hint: `Images of up to ${MOST_PIXELS} × ${MOST_PIXELS} are read, 512 MiB in all.`,
      },
    );
}

/** [N, H, W, C] → [N, C, H, W]. */
export function channelsFirst(data: Uint8Array, count: number, [c, h, w]: Images["shape"]): Uint8Array {
  if (c === 1) return data;
  const out = new Uint8Array(data.length);
  const plane = h * w;
  for (let n = 0; n < count; n++)
    for (let p = 0; p < plane; p++)
      for (let k = 0; k < c; k++) out[(n * c + k) * plane + p] = data[(n * plane + p) * c + k]!;
  return out;
}

/** Rows of ones at the labels. */
export function oneHotLabels(labels: readonly number[], classes: number): HostArray {
  const data = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => void (data[i * classes + label] = 1));
  return hostArray(data, [labels.length, classes]);
}
