import { key, normal } from "@normflow/core";

const NOISE = 0.2;

/**
 * A bent density of the plane: y₁ ~ N(0, 1) and y₂ = y₁²/2 − 1 + .2 ε with ε ~ N(0, 1).
 *
 * Its entropy is ln 2πe + ln .2, that of the normal distribution with its covariance ln 2πe + ½ ln(½ + .2²).
 */
export const banana = {
  entropy: Math.log(2 * Math.PI * Math.E) + Math.log(NOISE),
  entropyOfBestNormal: Math.log(2 * Math.PI * Math.E) + Math.log(1 / 2 + NOISE ** 2) / 2,

  /** n points, `[row][2]`. */
  sample(n: number, seed: number): number[][] {
    const e = normal(key(seed), 2 * n);
    return Array.from({ length: n }, (_, i) => [e[2 * i]!, e[2 * i]! ** 2 / 2 - 1 + NOISE * e[2 * i + 1]!]);
  },

  /** ln p(y) in nats. */
  logDensity([y1, y2]: readonly number[]): number {
    const noise = (y2! - y1! ** 2 / 2 + 1) / NOISE;
    return -(y1! ** 2 + noise ** 2) / 2 - Math.log(2 * Math.PI * NOISE);
  },
};
