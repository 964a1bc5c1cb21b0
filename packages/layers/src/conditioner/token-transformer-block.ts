/**
 * A pre-norm transformer block, for all positions at once and one position at a time.
 *
 * @module
 */
import {
  add,
  div,
  dynamicUpdateSlice,
  expandDims,
  matmul,
  mean,
  mul,
  ones,
  type Parameter,
  relu,
  reshape,
  type Scope,
  type Shape,
  softmax,
  split,
  sqrt,
  square,
  sub,
  type Tensor,
  transpose,
  uniformInit,
  zeros,
} from "@normflow/core";

/** Gain and offset of a layer norm over `width` entries. */
export const normParameters = (width: number): Record<"gain" | "offset", Parameter> => ({
  gain: ones([width]),
  offset: zeros([width]),
});

/** Weight [in, out] and bias, uniform within 1/√in. */
export const linearParameters = (inputs: number, outputs: number): Record<"weight" | "bias", Parameter> => ({
  weight: uniformInit([inputs, outputs], 1 / Math.sqrt(inputs)),
  bias: uniformInit([outputs], 1 / Math.sqrt(inputs)),
});

/** Parameters of one block: attention with `width` entries, a hidden layer of `hidden`. */
export const blockParameters = (width: number, hidden: number) => ({
  norm1: normParameters(width),
  attention: linearParameters(width, 3 * width),
  project: linearParameters(width, width),
  norm2: normParameters(width),
  expand: linearParameters(width, hidden),
  contract: linearParameters(hidden, width),
});

type Record2<A extends string> = Readonly<Record<A, Tensor>>;

/** (x − mean) / √(variance + 1e-5) over the last axis, scaled and shifted. */
export function layerNorm({ gain, offset }: Record2<"gain" | "offset">, x: Tensor): Tensor {
  const centred = sub(x, mean(x, -1, true));
  const deviation = sqrt(add(mean(square(centred), -1, true), 1e-5));
  return add(mul(div(centred, deviation), gain), offset);
}

/** x W + b over the last axis. */
export const linear = ({ weight, bias }: Record2<"weight" | "bias">, x: Tensor): Tensor => add(matmul(x, weight), bias);

/** The tensors of one block. */
export type BlockTensors = {
  readonly [K in keyof ReturnType<typeof blockParameters>]: Readonly<Record<string, Tensor>>;
};

const weightsOf = (scope: Scope): BlockTensors => scope.params as unknown as BlockTensors;
const norm = (t: Readonly<Record<string, Tensor>>): Record2<"gain" | "offset"> => t as Record2<"gain" | "offset">;
const affine = (t: Readonly<Record<string, Tensor>>): Record2<"weight" | "bias"> => t as Record2<"weight" | "bias">;

/** […, L, d] → […, heads, L, d/heads]. */
function toHeads(x: Tensor, heads: number): Tensor {
  const batch = x.shape.slice(0, -2);
  const [length, width] = x.shape.slice(-2) as [Shape[number], number];
  const n = batch.length;
  return transpose(reshape(x, [...batch, length, heads, width / heads]), [...batch.keys(), n + 1, n, n + 2]);
}

/** […, heads, L, d/heads] → […, L, d]. */
function fromHeads(x: Tensor): Tensor {
  const batch = x.shape.slice(0, -3);
  const [heads, length, depth] = x.shape.slice(-3) as [number, Shape[number], number];
  const n = batch.length;
  return reshape(transpose(x, [...batch.keys(), n + 1, n, n + 2]), [...batch, length, heads * depth]);
}

const dropping = (scope: Scope, name: string, x: Tensor, rate: number): Tensor => scope.dropout(name, x, rate, mul);

/** The block over all positions; `bias` is added to the attention's scores, −10⁹ where a key is hidden. */
export function blockAll(scope: Scope, x: Tensor, bias: Tensor, heads: number, dropout: number): Tensor {
  const p = weightsOf(scope);
  const width = x.shape.at(-1) as number;
  const [q, k, v] = split(linear(affine(p.attention), layerNorm(norm(p.norm1), x)), -1, [width, width, width]).map(
    (t) => toHeads(t, heads),
  ) as [Tensor, Tensor, Tensor];
  const scores = add(matmul(mul(q, Math.sqrt(heads / width)), k, { transposeB: true }), bias);
  const attended = linear(affine(p.project), fromHeads(matmul(softmax(scores, -1), v)));
  const y = add(x, dropping(scope, "attention", attended, dropout));
  const fed = linear(affine(p.contract), relu(linear(affine(p.expand), layerNorm(norm(p.norm2), y))));
  return add(y, dropping(scope, "feed", fed, dropout));
}

/**
 * The block at one position x […, d], with the keys and values of those before in caches […, heads, L, d/heads].
 * @param bias […, 1, 1, L], −10⁹ where a key is hidden
 */
export function blockOne(
  scope: Scope,
  x: Tensor,
  caches: readonly [keys: Tensor, values: Tensor],
  index: Tensor,
  bias: Tensor,
  heads: number,
): readonly [y: Tensor, caches: readonly [keys: Tensor, values: Tensor]] {
  const p = weightsOf(scope);
  const width = x.shape.at(-1) as number;
  const batch = x.shape.slice(0, -1);
  const row = (t: Tensor): Tensor => reshape(t, [...batch, heads, 1, width / heads]);
  const [q, k, v] = split(linear(affine(p.attention), layerNorm(norm(p.norm1), x)), -1, [width, width, width]).map(
    row,
  ) as [Tensor, Tensor, Tensor];
  const keys = dynamicUpdateSlice(caches[0], -2, index, k);
  const values = dynamicUpdateSlice(caches[1], -2, index, v);
  const scores = add(matmul(mul(q, Math.sqrt(heads / width)), keys, { transposeB: true }), bias);
  const attended = reshape(matmul(softmax(scores, -1), values), [...batch, width]);
  const y = add(x, linear(affine(p.project), attended));
  return [
    add(y, linear(affine(p.contract), relu(linear(affine(p.expand), layerNorm(norm(p.norm2), y))))),
    [keys, values],
  ];
}

/** […, L] → […, 1, L, as scores of all heads see a row of keys. */
export const overHeads = (mask: Tensor): Tensor => expandDims(expandDims(mask, -2), -2);
