/**
 * Measures sound: levels, onsets, pitches, clicks.
 *
 * @module
 */

/** Decibels of an amplitude; silence is −200. */
export const decibels = (amplitude: number): number => 20 * Math.log10(Math.max(amplitude, 1e-10));

/** The samples between two times, in seconds. */
export const between = (x: Float32Array, rate: number, from: number, to: number): Float32Array =>
  x.subarray(Math.max(0, Math.round(from * rate)), Math.max(0, Math.min(x.length, Math.round(to * rate))));

export function peak(x: Float32Array): number {
  let most = 0;
  for (const v of x) most = Math.max(most, Math.abs(v));
  return most;
}

export function rms(x: Float32Array): number {
  let sum = 0;
  for (const v of x) sum += v * v;
  return Math.sqrt(sum / Math.max(1, x.length));
}

/** The loudest short stretch (10 ms) in decibels: what an ear would notice in a silence. */
export function loudest(x: Float32Array, rate: number): number {
  const window = Math.round(0.01 * rate);
  let most = 0;
  for (let i = 0; i < x.length; i += window) most = Math.max(most, rms(x.subarray(i, i + window)));
  return decibels(most);
}

type Coefficients = readonly [b0: number, b1: number, b2: number, a1: number, a2: number];

export function biquad(x: Float32Array, [b0, b1, b2, a1, a2]: Coefficients): Float32Array {
  const y = new Float32Array(x.length);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const v = b0 * x[i]! + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
    [x2, x1, y2, y1] = [x1, x[i]!, y1, v];
    y[i] = v;
  }
  return y;
}

const highPass = (rate: number, hertz: number, Q: number): Coefficients => {
  const w = (2 * Math.PI * hertz) / rate;
  const alpha = Math.sin(w) / (2 * Q);
  const c = Math.cos(w);
  const a0 = 1 + alpha;
  return [(1 + c) / 2 / a0, -(1 + c) / a0, (1 + c) / 2 / a0, (-2 * c) / a0, (1 - alpha) / a0];
};

/** What is above 7 kHz, where tones have next to nothing and clicks have plenty (Butterworth, fourth order). */
export const treble = (x: Float32Array, rate: number): Float32Array =>
  biquad(biquad(x, highPass(rate, 7000, 0.541)), highPass(rate, 7000, 1.307));

/**
 * How much sharper a stretch of a signal is than another, both given in seconds: the amplitude above 7 kHz that the
 * first has beyond the second, in decibels.
 */
export function clickOver(
  x: Float32Array,
  rate: number,
  at: readonly [number, number],
  elsewhere: readonly [number, number],
): number {
  const sharp = treble(x, rate);
  return decibels(Math.max(0, peak(between(sharp, rate, ...at)) - peak(between(sharp, rate, ...elsewhere))));
}

/** Loudness as ITU-R BS.1770 weighs it, ungated, in LUFS; for 48 kHz. */
export function loudness(channels: readonly Float32Array[]): number {
  let sum = 0;
  for (const x of channels) {
    const shelved = biquad(
      x,
      [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585],
    );
    sum += rms(biquad(shelved, [1, -2, 1, -1.99004745483398, 0.99007225036621])) ** 2;
  }
  return -0.691 + 10 * Math.log10(sum);
}

/**
 * The time at which a sound begins: where its level (5 ms) passes a tenth of what it reaches soon after.
 * @param within seconds in which it has to begin
 */
export function onset(x: Float32Array, rate: number, from: number, within: number): number {
  const hop = Math.round(0.001 * rate);
  const window = between(x, rate, from, from + within);
  const level: number[] = [];
  for (let i = 0; i + hop <= window.length; i += hop) level.push(peak(window.subarray(i, i + hop)));
  const most = Math.max(...level);
  return from + (level.findIndex((v) => v > most / 10) * hop) / rate;
}

/** All beginnings in a signal with silence between its sounds: times after at least 12 ms below the threshold. */
export function onsets(x: Float32Array, rate: number, threshold: number): number[] {
  const quiet = Math.round(0.012 * rate);
  const times: number[] = [];
  let last = -quiet;
  for (let i = 0; i < x.length; i++) {
    if (Math.abs(x[i]!) < threshold) continue;
    if (i - last >= quiet) times.push(i / rate);
    last = i;
  }
  return times;
}

/**
 * The pitch of a stretch in MIDI numbers, by the difference function of YIN.
 * @param near MIDI number around which to look, an octave and more to both sides
 */
export function pitchOf(x: Float32Array, rate: number, near: number): number {
  const hertz = 440 * 2 ** ((near - 69) / 12);
  const [least, most] = [Math.floor(rate / hertz / 2.6), Math.ceil((rate / hertz) * 2.6)];
  const size = x.length - most - 1;
  const d = new Float64Array(most + 2);
  let sum = 0;
  const normal = new Float64Array(most + 2).fill(1);
  for (let lag = 1; lag <= most + 1; lag++) {
    let total = 0;
    for (let i = 0; i < size; i++) total += (x[i]! - x[i + lag]!) ** 2;
    d[lag] = total;
    sum += total;
    normal[lag] = (total * lag) / sum;
  }
  let best = least;
  for (let lag = least; lag <= most; lag++) {
    if (normal[lag]! < normal[best]!) best = lag;
    if (normal[lag]! < 0.1 && normal[lag + 1]! > normal[lag]!) {
      best = lag;
      break;
    }
  }
  const [a, b, c] = [d[best - 1]!, d[best]!, d[best + 1]!];
  const exact = best + (a - c) / (2 * (a - 2 * b + c));
  return 69 + 12 * Math.log2(rate / exact / 440);
}

/** The level of one frequency in a stretch (Goertzel), in decibels. */
export function toneLevel(x: Float32Array, rate: number, hertz: number): number {
  let [re, im] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / x.length);
    re += hann * x[i]! * Math.cos((2 * Math.PI * hertz * i) / rate);
    im += hann * x[i]! * Math.sin((2 * Math.PI * hertz * i) / rate);
  }
  return decibels((4 * Math.hypot(re, im)) / x.length);
}
