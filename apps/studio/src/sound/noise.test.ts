import { expect, test } from "vitest";
import { roomResponse, whiteNoise } from "./noise.ts";

test("noise is the same for a seed, without a mean, within −1 to 1", () => {
  const noise = whiteNoise(48000, 7);
  expect(whiteNoise(48000, 7)).toEqual(noise);
  expect(whiteNoise(100, 8)).not.toEqual(whiteNoise(100, 7));
  expect(Math.abs(noise.reduce((a, b) => a + b, 0) / noise.length)).toBeLessThan(0.01);
  expect(noise.every((v) => Math.abs(v) <= 1)).toBe(true);
});

test.each([44100, 48000])("the room at %i Hz has energy 1, is wide, and falls to nothing", (rate) => {
  const [left, right] = roomResponse(rate);
  const energy = (x: Float32Array) => x.reduce((a, b) => a + b * b, 0);
  expect(energy(left)).toBeCloseTo(1, 4);
  expect(energy(right)).toBeCloseTo(1, 4);
  expect(Math.abs(left.reduce((a, b, i) => a + b * right[i]!, 0))).toBeLessThan(0.3);
  expect(energy(left.subarray(Math.round(0.16 * rate)))).toBeLessThan(1e-4);
  expect(Math.abs(left.at(-1)!)).toBeLessThan(1e-5);
});
