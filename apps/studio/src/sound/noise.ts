/**
 * Noise that is the same on every machine: breath, bow, and the echo of a small room.
 *
 * @module
 */

/** White noise in −1 to 1, the same for the same seed. */
export function whiteNoise(length: number, seed: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(length);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    out[i] = (state | 0) / 2 ** 31;
  }
  return out;
}

/** Seconds in which the room falls by 60 dB: short, so that rests are silent also at fast tempi. */
const DECAY = 0.2;
/** Seconds until the first echo. */
const FIRST_ECHO = 0.007;

/** The answer of a small wooden room, left and right, of energy 1 each. */
export function roomResponse(sampleRate: number): readonly [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>] {
  return [roomSide(sampleRate, 71), roomSide(sampleRate, 4099)];
}

function roomSide(sampleRate: number, seed: number): Float32Array<ArrayBuffer> {
  const out = whiteNoise(Math.ceil((FIRST_ECHO + DECAY) * sampleRate), seed);
  const first = Math.floor(FIRST_ECHO * sampleRate);
  // One pole that closes with time: walls take the treble first.
  let dull = 0;
  let energy = 0;
  for (let i = 0; i < out.length; i++) {
    const t = (i - first) / sampleRate;
    if (t < 0) {
      out[i] = 0;
      continue;
    }
    const open = 1 - Math.exp((-2 * Math.PI * (5200 * Math.exp(-t / 0.08) + 700)) / sampleRate);
    dull += open * (out[i]! - dull);
    // The last hundredth of the curve is taken off, so that it ends at 0 and not in a step.
    const fall = Math.max(0, (10 ** ((-3 * t) / DECAY) - 0.001) / 0.999);
    const onset = Math.min(1, t / 0.002);
    out[i] = dull * fall * onset;
    energy += out[i]! ** 2;
  }
  const scale = 1 / Math.sqrt(energy);
  for (let i = 0; i < out.length; i++) out[i]! *= scale;
  return out;
}
