import { encode } from "fast-png";
import { writeImage } from "./images.ts";

/** Grey or coloured tiles, all of one size, row after row. */
export interface Picture {
  /** Brightness from 0 to 1, `[tile][row × width + column]`. */
  readonly tiles: readonly ArrayLike<number>[];
  /** Pixels of a tile. */
  readonly width: number;
  readonly height: number;
  /** Tiles of a row. By default all in one. */
  readonly columns?: number;
  /** Screen pixels of a pixel. */
  readonly zoom?: number;
}

/**
 * Draws tiles of pixels into `images/NAME.png`: digits, or densities over a square.
 *
 * Values outside [0, 1] are clipped.
 */
export function picture(name: string, { tiles, width, height, columns = tiles.length, zoom = 1 }: Picture): void {
  const gap = zoom > 1 ? 2 : 4;
  const [right, down] = [width * zoom + gap, height * zoom + gap];
  const total = { width: columns * right - gap, height: Math.ceil(tiles.length / columns) * down - gap };
  const data = new Uint8Array(total.width * total.height).fill(255);
  tiles.forEach((tile, i) => {
    const [left, top] = [(i % columns) * right, Math.floor(i / columns) * down];
    for (let y = 0; y < height * zoom; y++)
      for (let x = 0; x < width * zoom; x++) {
        const value = tile[Math.floor(y / zoom) * width + Math.floor(x / zoom)]!;
        data[(top + y) * total.width + left + x] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
  });
  writeImage(`${name}.png`, encode({ ...total, data, channels: 1 }));
}
