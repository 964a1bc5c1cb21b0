import { key, normal, uniform } from "@normflow/core";

/**
 * Two moons: half circles of radius 1 that reach into each other, with normal noise of deviation .1, all times 2.
 *
 * The entropy is that of the density by quadrature, in nats.
 */
export const moons = {
  entropy: 2.394,

  /** n points, `[row][2]`, the even ones of the upper moon. */
  sample(n: number, seed: number): number[][] {
    const [turn, noise] = [uniform(key(seed), n), normal(key(seed + 1), 2 * n)];
    return Array.from({ length: n }, (_, i) => {
      const angle = Math.PI * turn[i]!;
      const [x, y] = i % 2 === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
      return [2 * (x + 0.1 * noise[2 * i]!) - 1, 2 * (y + 0.1 * noise[2 * i + 1]!) - 0.2];
    });
  },
};
