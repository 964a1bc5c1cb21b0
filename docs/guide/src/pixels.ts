/** A part of the plane, and how many pixels it is wide and high. */
export interface Window {
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
  readonly side: number;
}

/** The middles of a window's pixels as points, `[side²][2]`, in the order of `picture`: row by row from the top left. */
export function pixels({ x, y, side }: Window): number[][] {
  const middle = ([from, to]: readonly [number, number], i: number) => from + ((to - from) * (i + 0.5)) / side;
  return Array.from({ length: side ** 2 }, (_, i) => [middle(x, i % side), middle(y, side - 1 - Math.floor(i / side))]);
}
