import { js } from "@normflow/backend-js";
import { onnx } from "@normflow/backend-onnx";
import {
  chain,
  decodeSafetensors,
  diagonalNormal,
  encodeSafetensors,
  FlowError,
  fit,
  flow,
  hostArray,
  load,
  type Model,
  matmul,
  open,
  save,
  standardNormal,
  standardUniform,
  symbol,
  toJSON,
  trace,
  warmStart,
} from "@normflow/core";
import * as layers from "@normflow/layers";
import { all } from "@normflow/layers/all";
import { beforeAll, expect, test } from "vitest";

const { actNorm, affine, autoregressive, coupling, luLinear, maf, maskedMlp, mlp, permute, realNVP, rescale } = layers;

const backend = js();
const small = { features: 2, layers: 1, hidden: [4] };
const x = Array.from({ length: 40 }, (_, i) => [Math.cos(i), Math.sin(i)]);
const c = x.map(([v]) => [v!]);
let plain: Model;
let conditional: Model;
let disposed: Model;
let bytes: Uint8Array;

beforeAll(async () => {
  plain = await fit(realNVP(small), { x }, { backend, steps: 1 });
  conditional = await fit(realNVP({ ...small, context: 1 }), { x, context: c }, { backend, steps: 1 });
  disposed = await fit(realNVP(small), { x }, { backend, steps: 1 });
  await disposed.dispose();
  bytes = save(plain);
});

/** Anything: misuse is what the types forbid. */
// biome-ignore lint/suspicious/noExplicitAny: the cases pass what they must not
type Any = any;

/** A model file of a document and arrays of one's own. */
const written = (document: object): Uint8Array =>
  encodeSafetensors([], { normflow: JSON.stringify({ format: 1, flow: toJSON(plain.flow), ...document }) });
/** The model's file with its flow described differently. */
const described = (change: (text: string) => string): Uint8Array => {
  const { tensors, metadata } = decodeSafetensors(bytes);
  return encodeSafetensors([...tensors.values()], { normflow: change(metadata["normflow"]!) });
};
/** The model's file with one array changed. */
const withArray = (change: (t: Any) => Any[]): Uint8Array => {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const [first, ...rest] = [...tensors.values()];
  return encodeSafetensors([...change(first), ...rest], metadata);
};
const header = (text: string, length = text.length): Uint8Array => {
  const out = new Uint8Array(8 + text.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true);
  out.set(new TextEncoder().encode(text), 8);
  return out;
};
const aborted = AbortSignal.abort();
const stopped = AbortSignal.abort(new FlowError("stopped", "The caller left.", { hint: "Start again." }));
const train = (data: Any, options: Any = {}): Promise<unknown> =>
  fit(realNVP(small), data, { backend, steps: 1, ...options });
const other = (options: Any): unknown => realNVP({ ...small, ...options });
const base = (event: number[]): Any => standardNormal({ event });
const tensor = (name: string, data: number[]): Any => ({
  name,
  dtype: "F32",
  shape: [data.length],
  data: Float32Array.from(data),
});

/** What is done wrong, doing it, and the code of the error that says so. */
const cases: readonly (readonly [what: string, misuse: () => unknown, code: string])[] = [
  ["logProb of too few features", () => plain.logProb([[1]]), "event-shape"],
  ["logProb of too many features", () => plain.logProb([[1, 2, 3]]), "event-shape"],
  ["logProb of a number", () => plain.logProb(3 as Any), "numbers"],
  ["logProb of a text", () => plain.logProb("1, 2" as Any), "numbers"],
  ["logProb of null", () => plain.logProb(null as Any), "numbers"],
  ["logProb of nothing", () => plain.logProb(undefined as Any), "numbers"],
  ["logProb of texts", () => plain.logProb([["1", "2"]] as Any), "numbers"],
  ["logProb of whole-number arrays of 64 bits", () => plain.logProb(BigInt64Array.of(1n, 2n) as Any), "numbers"],
  ["logProb of a ragged list", () => plain.logProb([[1, 2], [3]]), "ragged"],
  ["logProb of mixed depths", () => plain.logProb([[1, 2], 3] as Any), "ragged"],
  ["logProb of half an event", () => plain.logProb(Float32Array.of(1, 2, 3)), "event-shape"],
  ["logProb of a shape that lies", () => plain.logProb(hostArray(Float32Array.of(1, 2, 3), [4, 2])), "input-size"],
  ["encode of too few features", () => plain.encode([[1]]), "event-shape"],
  ["decode of too many features", () => plain.decode([[1, 2, 3]]), "event-shape"],
  ["decode of a ragged list", () => plain.decode([[1, 2], [3]]), "ragged"],
  ["interpolate between batches", () => plain.interpolate([[1, 2]], [[1, 2]], 3), "interpolate"],
  ["interpolate by one point", () => plain.interpolate([1, 2], [1, 2], 1), "points"],
  ["interpolate by half a point", () => plain.interpolate([1, 2], [1, 2], 2.5), "points"],
  ["interpolate between other events", () => plain.interpolate([1], [2], 3), "event-shape"],
  ["fewer than no samples", () => plain.sample(-1), "sample-count"],
  ["half a sample", () => plain.sample(0.5), "sample-count"],
  ["NaN samples", () => plain.sample(Number.NaN), "sample-count"],
  ["samples by a text", () => plain.sample("3" as Any), "sample-count"],
  ["a negative temperature", () => plain.sample(1, { temperature: -1 }), "temperature"],
  ["a temperature that is no number", () => plain.sample(1, { temperature: Number.NaN }), "temperature"],
  ["chunks of nothing", () => plain.sample(1, { chunk: 0 }), "chunk"],
  ["chunks of half", () => plain.logProb([[1, 2]], { chunk: 0.5 }), "chunk"],
  ["a context where there is none", () => plain.sample(1, { context: [1] }), "context"],
  ["a context for a density that has none", () => plain.logProb([[1, 2]], { context: [1] }), "context"],
  ["samples without their context", () => conditional.sample(1), "context"],
  ["logProb without its context", () => conditional.logProb([[1, 2]]), "context"],
  ["encode without its context", () => conditional.encode([[1, 2]]), "context"],
  ["decode without its context", () => conditional.decode([[1, 2]]), "context"],
  ["interpolate without its context", () => conditional.interpolate([1, 2], [1, 2], 3), "context"],
  ["a context of another shape", () => conditional.sample(1, { context: [[1, 2]] }), "event-shape"],
  ["contexts of another number", () => conditional.logProb(x, { context: [[1], [2], [3]] }), "context-batch"],
  ["a ragged context", () => conditional.sample(1, { context: [[1], []] }), "ragged"],
  ["sample of a disposed model", () => disposed.sample(1), "disposed"],
  ["logProb of a disposed model", () => disposed.logProb([[1, 2]]), "disposed"],
  ["encode of a disposed model", () => disposed.encode([[1, 2]]), "disposed"],
  ["decode of a disposed model", () => disposed.decode([[1, 2]]), "disposed"],
  ["interpolate of a disposed model", () => disposed.interpolate([1, 2], [1, 2], 3), "disposed"],
  ["an aborted sample", () => plain.sample(1, { signal: aborted }), "aborted"],
  ["an aborted logProb", () => plain.logProb([[1, 2]], { signal: aborted }), "aborted"],
  ["a sample aborted for a reason of one's own", () => plain.sample(1, { signal: stopped }), "stopped"],
  ["an aborted encode", () => plain.encode([[1, 2]], { signal: aborted }), "aborted"],
  ["an aborted decode", () => plain.decode([[1, 2]], { signal: aborted }), "aborted"],
  ["an aborted interpolation", () => plain.interpolate([1, 2], [1, 2], 3, { signal: aborted }), "aborted"],
  ["an aborted download", () => load("http://127.0.0.1:1/", { backend, layers: all, signal: aborted }), "aborted"],
  ["an aborted fit", () => train({ x }, { signal: aborted }), "aborted"],

  ["no rows", () => train({ x: [] }), "event-shape"],
  ["rows of another width", () => train({ x: [[1, 2, 3]] }), "event-shape"],
  ["rows with a gap", () => train({ x: [[1, Number.NaN]] }), "non-finite-data"],
  ["rows without end", () => train({ x: [[1, Number.POSITIVE_INFINITY]] }), "non-finite-data"],
  ["texts for rows", () => train({ x: [["a", "b"]] }), "numbers"],
  ["ragged rows", () => train({ x: [[1, 2], [3]] }), "ragged"],
  ["a context for a flow without", () => train({ x, context: c }), "context"],
  ["no context for a flow with", () => fit(realNVP({ ...small, context: 1 }), { x }, { backend }), "context"],
  ["too few contexts", () => fit(realNVP({ ...small, context: 1 }), { x, context: [[1]] }, { backend }), "context"],
  ["no steps", () => train({ x }, { steps: 0 }), "fit-option"],
  ["half a step", () => train({ x }, { steps: 1.5 }), "fit-option"],
  ["batches of nothing", () => train({ x }, { batch: 0 }), "fit-option"],
  ["no passes", () => train({ x }, { steps: undefined, epochs: 0 }), "fit-option"],
  ["a learning rate of nothing", () => train({ x }, { learningRate: 0 }), "fit-option"],
  ["a learning rate without end", () => train({ x }, { learningRate: Number.POSITIVE_INFINITY }), "fit-option"],
  ["freezing what is not there", () => train({ x }, { frozen: ["nothing"] }), "frozen"],
  ["freezing everything", () => train({ x }, { frozen: ["bijector"] }), "frozen"],
  ["weights of another flow", () => train({ x }, { from: conditional.weights }), "weights"],
  ["a start from what does not fit", () => warmStart(maf({ features: 9 }), plain), "warm-start"],
  [
    "nothing to train",
    () => fit(flow({ base: base([2]), bijector: layers.reversed(2) }), { x }, { backend }),
    "no-parameters",
  ],
  ["a held-out part of another width", () => train({ x }, { validation: { x: [[1]] } }), "event-shape"],

  ["no features", () => other({ features: 0 }), "layer-options"],
  ["one feature to couple", () => other({ features: 1 }), "coupling-kept"],
  ["half a feature", () => maf({ features: 1.5 }), "layer-options"],
  ["features by a text", () => maf({ features: "2" as Any }), "layer-options"],
  ["hidden layers of no width", () => other({ hidden: [0] }), "layer-options"],
  ["hidden layers that are no list", () => mlp({ in: 1, out: 1, hidden: 64 as Any }), "layer-options"],
  ["an unknown activation", () => other({ activation: "swish" }), "layer-options"],
  ["a bound below nothing", () => affine({ bound: -1 }), "layer-options"],
  ["an option that does not exist", () => affine({ bond: 1 } as Any), "layer-options"],
  ["no options", () => actNorm(undefined as Any), "layer-options"],
  ["an event that is no list", () => actNorm({ event: 2 as Any }), "layer-options"],
  ["a scale of 0", () => rescale({ shift: [0], scale: [0] }), "rescale-zero"],
  ["more shifts than scales", () => rescale({ shift: [0, 1], scale: [1] }), "rescale-lengths"],
  ["an order that names one twice", () => permute({ permutation: [0, 0] }), "permutation"],
  ["another order that names one twice", () => luLinear({ features: 2, permutation: [0, 0] }), "permutation"],
  ["an empty chain", () => chain([]), "empty-chain"],
  ["a chain of two widths", () => chain([actNorm({ event: [2] }), actNorm({ event: [3] })]), "chain-event"],
  ["a base of another width", () => flow({ base: base([3]), bijector: actNorm({ event: [2] }) }), "flow-event"],
  ["a base that is none", () => flow({ base: 1 as Any, bijector: actNorm({ event: [2] }) }), "layer-options"],
  [
    "a network for a transformation",
    () =>
      coupling({
        features: 2,
        kept: "first",
        transformation: mlp({ in: 1, out: 2 }) as Any,
        network: mlp({ in: 1, out: 2 }),
      }),
    "layer-options",
  ],
  [
    "keeping what is not there",
    () => coupling({ features: 2, kept: [5], transformation: affine(), network: mlp({ in: 1, out: 2 }) }),
    "coupling-kept",
  ],
  [
    "a conditioner of other parameters",
    () => autoregressive({ transformation: affine(), conditioner: maskedMlp({ features: 2, parameters: 5 }) }),
    "transformation-parameters",
  ],
  ["a size without a name", () => symbol(""), "size-name"],
  [
    "shapes that do not multiply",
    () => trace({ a: [2, 3], b: [2, 3] }, ({ a, b }: Any) => ({ y: matmul(a, b) })),
    "operand-shape",
  ],
  ["a base of no size", () => diagonalNormal({ event: [0] }), "layer-options"],
  ["a uniform base of no list", () => standardUniform({ event: "2" as Any }), "layer-options"],
  ["a backend that does not exist", () => onnx({ device: "abacus" as Any }), "device"],

  ["no bytes", () => open(new Uint8Array(0), all), "truncated"],
  ["a header of 2 GB", () => open(header("{}", 2 ** 31), all), "header-length"],
  ["a header of 2⁶³ bytes", () => open(header("{}", 2 ** 62), all), "header-length"],
  ["half a file", () => open(bytes.subarray(0, bytes.length - 4), all), "tensor-offsets"],
  ["a text", () => open(new TextEncoder().encode("this is no model at all"), all), "header-length"],
  ["a header that is no JSON", () => open(header("{"), all), "header-json"],
  ["a header that is a list", () => open(header("[]"), all), "header-json"],
  ["weights without a description", () => open(encodeSafetensors([], {}), all), "not-a-model"],
  [
    "a description that is no JSON",
    () =>
      open(
        described((t) => t.slice(1)),
        all,
      ),
    "description-json",
  ],
  ["a newer format", () => open(written({ format: 2 }), all), "newer-format"],
  ["no format", () => open(written({ format: undefined }), all), "description"],
  ["a format that never was", () => open(written({ format: -3 }), all), "description"],
  ["facts that are none", () => open(written({ facts: [] }), all), "description"],
  ["a layer instead of a flow", () => open(written({ flow: toJSON(actNorm({ event: [2] })) }), all), "not-a-flow"],
  ["no flow", () => open(written({ flow: null }), all), "not-a-flow"],
  [
    "an unknown kind",
    () =>
      open(
        described((t) => t.replace("act-norm", "act-form")),
        all,
      ),
    "unknown-kind",
  ],
  ["no kinds", () => open(bytes, []), "unknown-kind"],
  [
    "a flow larger than its weights",
    () =>
      open(
        described((t) => t.replaceAll('"hidden":[4]', '"hidden":[5]')),
        all,
      ),
    "tensor-shape",
  ],
  [
    "a flow of gigabytes",
    () =>
      open(
        described((t) => t.replaceAll('"hidden":[4]', '"hidden":[1000000000]')),
        all,
      ),
    "flow-description",
  ],
  [
    "a flow of a thousand wide layers",
    () => {
      const wide = toJSON(realNVP({ features: 65_536, layers: 1, hidden: [65_536] }).bijector) as Any;
      const bijector = { kind: "chain", options: { layers: Array(1000).fill(wide) } };
      return open(written({ flow: { kind: "flow", options: { base: toJSON(base([65_536])), bijector } } }), all);
    },
    "flow-size",
  ],
  [
    "a flow that contradicts itself",
    () =>
      open(
        described((t) => t.replace('"event":[2]', '"event":[3]')),
        all,
      ),
    "flow-description",
  ],
  [
    "an array missing",
    () =>
      open(
        withArray(() => []),
        all,
      ),
    "missing-tensor",
  ],
  [
    "an array of NaN",
    () =>
      open(
        withArray((t) => [{ ...t, data: t.data.map(() => Number.NaN) }]),
        all,
      ),
    "non-finite-weights",
  ],
  [
    "an array of another shape",
    () =>
      open(
        withArray((t) => [tensor(t.name, [1, 2, 3])]),
        all,
      ),
    "tensor-shape",
  ],
  [
    "an endless description",
    () =>
      open(
        described((t) => t.replace('"flow":', `"flow":${"[".repeat(99)}${"]".repeat(99)},"was":`)),
        all,
      ),
    "too-deep",
  ],
  ["loading nothing", () => load(undefined as Any, { backend, layers: all }), "model-source"],
  ["loading from nowhere", () => load("http://127.0.0.1:1/", { backend, layers: all }), "model-fetch"],
];

test("there are a hundred of them", () => {
  expect(cases.length).toBeGreaterThanOrEqual(100);
  expect(new Set(cases.map(([what]) => what)).size).toBe(cases.length);
});

/** Codes of errors to which another one led, which they must then hand on. */
const caused = new Set(["aborted", "header-json", "description-json", "flow-description", "model-fetch"]);

test.each(cases)("%s", async (what, misuse, code) => {
  const error = await (async () => misuse())().then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(FlowError);
  const { message, hint, cause, ...said } = error as FlowError;
  expect(said.code).toBe(code);
  // Sentences, and the hint says something else than the message.
  expect(message).toMatch(/^\S.{9,}[.!?]$/s);
  expect(hint).toMatch(/^[A-Z0-9].{7,}[.!?]$|^[a-z]+\(.*[.]$/s);
  expect(message).not.toContain(hint);
  // Two ways to be no header have one code: what parses but is no object was refused by nobody else.
  if (caused.has(code) && what !== "a header that is a list") expect(cause).toBeInstanceOf(Error);
  else expect(cause).toBeUndefined();
});

test("every code that has a cause is among them", () => {
  const used = new Set(cases.map(([, , code]) => code));
  expect([...caused].filter((code) => !used.has(code))).toEqual([]);
});
