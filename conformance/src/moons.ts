/**
 * Two moons: half circles, one upside down beside the other, with noise.
 *
 * @module
 */
import { key, normal, uniform } from "@normflow/core";

/** `n` points, from the one moon and the other in turn. */
export function moons(n: number): number[][] {
  const [t, noise] = [uniform(key(1), n), normal(key(2), 2 * n)];
  return Array.from({ length: n }, (_, i) => {
    const [sign, shift] = i % 2 === 0 ? [1, 0] : [-1, 1];
    const angle = Math.PI * t[i]!;
    return [
      sign * Math.cos(angle) + shift + 0.1 * noise[2 * i]!,
      sign * Math.sin(angle) + 0.5 * shift + 0.1 * noise[2 * i + 1]!,
    ];
  });
}
