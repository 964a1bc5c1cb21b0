/**
 * The melody model once more, written independently of the library: plain loops over the tokens that a melody uses, one
 * after another, with ordinary causal attention. No graph, no masks, no positions that are skipped.
 *
 * @module
 */
import { type Flow, layoutOf } from "@normflow/core";
import { BEATS, PATTERNS, PITCHES, STEPS } from "../flow/melody-flow.ts";
import { startsNote } from "../flow/tilt.ts";

const FLOOR = 2e-3;

type Vector = Float64Array;
/** A row-major matrix. */
type Matrix = { readonly data: ArrayLike<number>; readonly columns: number };

const row = (m: Matrix, i: number): Vector =>
  Float64Array.from({ length: m.columns }, (_, k) => m.data[i * m.columns + k]!);
const plus = (...vs: Vector[]): Vector => vs[0]!.map((_, i) => vs.reduce((s, v) => s + v[i]!, 0));

function times(x: Vector, w: Matrix, bias: Matrix): Vector {
  return Float64Array.from({ length: w.columns }, (_, j) =>
    x.reduce((s, v, i) => s + v * w.data[i * w.columns + j]!, bias.data[j]!),
  );
}

function normed(x: Vector, gain: Matrix, offset: Matrix): Vector {
  const mean = x.reduce((s, v) => s + v, 0) / x.length;
  const variance = x.reduce((s, v) => s + (v - mean) ** 2, 0) / x.length;
  return x.map((v, i) => ((v - mean) / Math.sqrt(variance + 1e-5)) * gain.data[i]! + offset.data[i]!);
}

/** −Σ ln P(token) of a melody, in nats. */
export function plainNats(flow: Flow, params: ArrayLike<number>, event: ArrayLike<number>, heads: number): number {
  const named = new Map(
    layoutOf(flow.params).entries.map(({ path, parameter: { shape, size }, offset }) => [
      path.replace(/^.*conditioner\//, ""),
      { data: Array.from({ length: size }, (_, i) => params[offset + i]!), columns: shape.at(-1)! } as Matrix,
    ]),
  );
  const p = (name: string): Matrix => named.get(name)!;
  const blocks = [...named.keys()].filter((k) => k.endsWith("norm1/gain")).length;
  const used = Array.from({ length: BEATS + STEPS }, (_, i) => i).filter(
    (i) => i < BEATS || startsNote(event, i - BEATS),
  );
  const token = (i: number): number => (i < BEATS ? event[i]! : PATTERNS + event[i]!);
  const keys: Vector[][] = Array.from({ length: blocks }, () => []);
  const values: Vector[][] = Array.from({ length: blocks }, () => []);
  let nats = 0;
  used.forEach((place, n) => {
    const before =
      n === 0 ? row(p("begin"), 0) : plus(row(p("value"), token(used[n - 1]!)), row(p("place"), used[n - 1]!));
    let x = plus(before, row(p("target"), place));
    for (let b = 0; b < blocks; b++) {
      const at = (name: string): Matrix => p(`blocks/${b}/${name}`);
      const qkv = times(normed(x, at("norm1/gain"), at("norm1/offset")), at("attention/weight"), at("attention/bias"));
      const width = x.length;
      keys[b]!.push(qkv.slice(width, 2 * width));
      values[b]!.push(qkv.slice(2 * width));
      const attended = new Float64Array(width);
      const depth = width / heads;
      for (let h = 0; h < heads; h++) {
        const scores = keys[b]!.map((k) => {
          let s = 0;
          for (let i = h * depth; i < (h + 1) * depth; i++) s += qkv[i]! * k[i]!;
          return Math.exp(s / Math.sqrt(depth));
        });
        const total = scores.reduce((s, v) => s + v, 0);
        for (let i = h * depth; i < (h + 1) * depth; i++)
          attended[i] = values[b]!.reduce((s, v, j) => s + (scores[j]! / total) * v[i]!, 0);
      }
      x = plus(x, times(attended, at("project/weight"), at("project/bias")));
      const inner = times(normed(x, at("norm2/gain"), at("norm2/offset")), at("expand/weight"), at("expand/bias"));
      x = plus(
        x,
        times(
          inner.map((v) => Math.max(0, v)),
          at("contract/weight"),
          at("contract/bias"),
        ),
      );
    }
    const [first, count] = place < BEATS ? [0, PATTERNS] : [PATTERNS, PITCHES];
    const logits = times(normed(x, p("norm/gain"), p("norm/offset")), p("head/weight"), p("head/bias")).subarray(
      first,
      first + count,
    );
    const total = logits.reduce((s, v) => s + Math.exp(v), 0);
    nats -= Math.log(((1 - FLOOR) * Math.exp(logits[event[place]!]!)) / total + FLOOR / count);
  });
  return nats;
}
