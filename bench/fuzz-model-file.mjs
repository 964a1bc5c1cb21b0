// Damages model files at random, bytes and descriptions, and opens them: each must give a flow or a typed error, and no
// memory beyond a small multiple of the file. Prints what came out; fails at the first that does otherwise.
//
//   node bench/fuzz-model-file.mjs [--count 100000] [--seed 1]
import { parseArgs } from "node:util";
import {
  bits,
  chain,
  FlowError,
  flow,
  key,
  layoutOf,
  open,
  saveWeights,
  standardNormal,
  startValues,
} from "@normflow/core";
import { iaf, luLinear, maf, planar, realNVP, reshapeEvent, reversed } from "@normflow/layers";
import { all } from "@normflow/layers/all";
import { melodyFlow } from "@normflow/music";
import { madeBytes } from "./count-allocations.mjs";

const { values } = parseArgs({
  options: { count: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});

/** Bytes of typed arrays that opening may make: the weights are joined once, and copied before that where they lie askew. */
const allowed = (bytes) => 2 * bytes;

const flows = [
  realNVP({ features: 2, layers: 2, hidden: [4], context: 1 }),
  maf({ features: 3, layers: 2, hidden: [4] }),
  iaf({ features: 2, layers: 1, hidden: [4] }),
  melodyFlow({ width: 4, blocks: 1, heads: 1, hidden: 4 }),
  flow({
    base: standardNormal({ event: [4] }),
    bijector: chain([
      luLinear({ features: 4 }),
      planar({ features: 4 }),
      reversed(4),
      reshapeEvent({ from: [4], to: [2, 2] }),
    ]),
  }),
];
const files = flows.map((f) => {
  const [params, state] = [f.params, f.state].map((p) => startValues(layoutOf(p), key(1)));
  return saveWeights(f, { params, state }, { note: "fuzz" });
});

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const claims = ["0", "-1", "65536", "4294967296", "1e308", "9007199254740993", "null", "[]", "{}", '"x"', "true"];

/** A file with another header. */
function withHeader(file, change) {
  const length = new DataView(file.buffer).getUint32(0, true);
  const header = encoder.encode(change(decoder.decode(file.subarray(8, 8 + length))));
  const out = new Uint8Array(8 + header.length + file.length - 8 - length);
  new DataView(out.buffer).setUint32(0, header.length, true);
  out.set(header, 8);
  out.set(file.subarray(8 + length), 8 + header.length);
  return out;
}

/** One of the ways in which a file may be damaged. */
const damages = [
  (file, [a, b]) => file.map((v, i) => (i === a % file.length ? b : v)),
  (file, [a]) => file.slice(0, a % file.length),
  (file, [a, b, c]) => {
    const out = file.slice();
    out.copyWithin(a % file.length, b % file.length, (b % file.length) + (c % 64));
    return out;
  },
  (file, [a]) => {
    const out = file.slice();
    new DataView(out.buffer).setUint32(4 * (a % 2), a, true);
    return out;
  },
  // A number, a word or a bracket of the header becomes another one: the damage that still parses.
  (file, [a, b]) =>
    withHeader(file, (text) => {
      const found = [...text.matchAll(/-?\d+(\.\d+)?|\btrue\b|\bfalse\b/g)];
      const { 0: old, index } = found[a % found.length];
      return text.slice(0, index) + claims[b % claims.length] + text.slice(index + old.length);
    }),
  (file, [a, b]) =>
    withHeader(file, (text) => {
      const found = [...text.matchAll(/[a-z]{2,}/g)];
      const [from, to] = [found[a % found.length], found[b % found.length]];
      return text.slice(0, from.index) + to[0] + text.slice(from.index + from[0].length);
    }),
];

const count = Number(values.count);
const outcomes = new Map();
let [worst, slowest] = [0, 0];
for (let i = 0; i < count; i++) {
  const draws = bits(key(Number(values.seed) + i), 6);
  const file = files[draws[0] % files.length];
  const damaged = damages[draws[1] % damages.length](file, draws.subarray(2));
  const before = madeBytes();
  const start = performance.now();
  let outcome = "opened";
  try {
    open(damaged, all);
  } catch (error) {
    if (!(error instanceof FlowError) || !error.code)
      throw new Error(`case ${i} threw no typed error`, { cause: error });
    outcome = error.code;
  }
  slowest = Math.max(slowest, performance.now() - start);
  const taken = madeBytes() - before;
  worst = Math.max(worst, taken / damaged.length || 0);
  if (taken > allowed(damaged.length)) throw new Error(`case ${i} took ${taken} bytes for ${damaged.length}`);
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}
console.log(
  JSON.stringify({
    count,
    outcomes: Object.fromEntries([...outcomes].sort((a, b) => b[1] - a[1])),
    mostBytesMadePerByte: Number(worst.toFixed(2)),
    slowestMs: Math.round(slowest),
    rssMB: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
