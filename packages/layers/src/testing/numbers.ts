/**
 * Numbers for tests: seeded, and drawn from where a layer's values live.
 *
 * @module
 */
import { type Bijector, type Domain, layoutOf } from "@normflow/core";

/** Uniform numbers on (0, 1) by a small generator (mulberry32), enough for tests. */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** Standard normal numbers. */
export function normals(seed: number): () => number {
  const next = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

/** Values of a domain; intervals are [0, 3) and integers below 3 unless the test draws its own. */
export function valuesOf(domain: Domain, size: number, seed: number): Float64Array {
  const [uniform, normal] = [uniforms(seed), normals(seed)];
  const draw = (): number => {
    switch (domain) {
      case "real":
        return normal();
      case "positive":
        return Math.exp(normal());
      case "unit":
        return uniform();
      case "interval":
        return 3 * uniform();
      case "integer":
        return Math.floor(3 * uniform());
      default:
        return domain satisfies never;
    }
  };
  return Float64Array.from({ length: size }, draw);
}

/** A parameter vector about the start of most layers: normal numbers of a deviation. */
export function parametersOf(layer: Bijector, seed: number, deviation = 0.5): Float64Array {
  const normal = normals(seed);
  return Float64Array.from({ length: layoutOf(layer.params).size }, () => deviation * normal());
}
