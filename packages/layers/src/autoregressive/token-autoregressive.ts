/**
 * Autoregressive layers over tokens of several entries, by a causal transformer.
 *
 * @module
 */
import {
  add,
  broadcastTo,
  defineLayer,
  dynamicSlice,
  expandDims,
  iota,
  leading,
  lessEqual,
  mul,
  normalInit,
  pad,
  part,
  reshape,
  reverse,
  type Scope,
  type Shape,
  scan,
  size,
  slice,
  sub,
  sum,
  type Tensor,
  type Transformation,
  transpose,
  z,
  zeros,
} from "@normflow/core";
import {
  blockAll,
  blockOne,
  blockParameters,
  layerNorm,
  linear,
  linearParameters,
  normParameters,
  overHeads,
} from "../conditioner/token-transformer-block.ts";

/** Options of `tokenAutoregressive`. */
export interface TokenAutoregressiveOptions {
  /** Number T of tokens. */
  tokens: number;
  /** Entries c of a token. */
  channels: number;
  /** The map of one entry, base to data. */
  transformation: Transformation;
  /** Whether the first token is told first, or the last. */
  order: "ascending" | "descending";
  /** Size of a context vector that every token sees. */
  context?: number | undefined;
  /** Entries of an embedding. */
  width: number;
  /** Number of transformer blocks. */
  blocks: number;
  heads: number;
  /** Entries of a block's hidden layer. */
  hidden: number;
  /** Share of entries dropped while training. */
  dropout: number;
}

const HIDDEN = -1e9;

type Affine = Readonly<Record<"weight" | "bias", Tensor>>;
type Norm = Readonly<Record<"gain" | "offset", Tensor>>;

const affineAt = (scope: Scope, name: string): Affine => scope.at(name).params as unknown as Affine;

/** Tokens in the order in which they are told. */
const ordered = (x: Tensor, { order }: TokenAutoregressiveOptions): Tensor =>
  order === "ascending" ? x : reverse(x, [-2]);

/** Which feature of the event each entry is, [T, c], in the order in which tokens are told. */
const features = (options: TokenAutoregressiveOptions): Tensor =>
  ordered(reshape(iota(options.tokens * options.channels), [options.tokens, options.channels]), options);

/** What the context adds to every token, […batch, width]. */
function fromContext(scope: Scope, batch: Shape): Tensor | undefined {
  const context = scope.contextFor(batch, 1);
  return context && linear(affineAt(scope, "context"), context);
}

/** θ […, c, p] of tokens from the last block's output. */
function parametersOf(scope: Scope, h: Tensor, { channels, transformation }: TokenAutoregressiveOptions): Tensor {
  const theta = linear(affineAt(scope, "head"), layerNorm(scope.at("norm").params as unknown as Norm, h));
  return reshape(theta, [...leading(h.shape, 1), channels, transformation.parameters]);
}

/** θ […, T, c, p] of all tokens at once, each from those before it. */
function allAtOnce(scope: Scope, x: Tensor, places: Tensor, options: TokenAutoregressiveOptions): Tensor {
  const { tokens, heads, dropout } = options;
  const batch = leading(x.shape, 2);
  const before = tokens === 1 ? mul(x, 0) : pad(slice(x, -2, 0, tokens - 1), -2, 1, 0);
  const shared = fromContext(scope, batch);
  let h = add(linear(affineAt(scope, "value"), before), places);
  if (shared) h = add(h, expandDims(shared, -2));
  h = scope.dropout("embedding", h, dropout, mul);
  const position = iota(tokens);
  const hide = mul(sub(1, lessEqual(position, expandDims(position, -1))), HIDDEN);
  for (let i = 0; i < options.blocks; i++) h = blockAll(scope.at("blocks", i), h, hide, heads, dropout);
  return parametersOf(scope, h, options);
}

/**
 * Maps token by token, `xᵢ = t(zᵢ; θᵢ)` entry by entry with `θᵢ` from a causal transformer over the tokens before; event
 * `[T, c]`. The identity at the start where `t` is that at θ = 0.
 *
 * Inverse is one pass over all tokens; forward is one scan of T steps that keeps keys and values, at a cost of O(T) a step.
 *
 * @see Zhai et al. 2024, Normalizing Flows are Capable Generative Models, section 2.2
 */
export const tokenAutoregressive = defineLayer({
  kind: "token-autoregressive",
  options: z
    .object({
      tokens: size,
      channels: size,
      transformation: part<Transformation>("transformation"),
      order: z.enum(["ascending", "descending"]),
      context: z.optional(size),
      width: size,
      blocks: z.int().check(z.gte(1), z.lte(256)),
      heads: size,
      hidden: size,
      dropout: z.number().check(z.gte(0), z.lt(1)),
    })
    .check(z.refine((o) => o.width % o.heads === 0, "width is not a multiple of heads")),
  facts: ({ tokens, channels, transformation, context }: TokenAutoregressiveOptions) => ({
    event: [tokens, channels],
    context: context === undefined ? undefined : [context],
    domain: transformation.domain,
    codomain: transformation.codomain,
    forward: { passes: tokens },
  }),
  params: ({ tokens, channels, transformation, context, width, blocks, hidden }) => ({
    value: linearParameters(channels, width),
    place: normalInit([tokens, width], 0.05),
    blocks: Array.from({ length: blocks }, () => blockParameters(width, hidden)),
    norm: normParameters(width),
    head: {
      weight: zeros([width, channels * transformation.parameters]),
      bias: zeros([channels * transformation.parameters]),
    },
    ...(context === undefined ? {} : { context: linearParameters(context, width) }),
  }),

  forward({ place }, base, scope, options) {
    const { tokens, channels, transformation, width, blocks, heads } = options;
    const batch = leading(base.shape, 2);
    const n = batch.length;
    const shared = fromContext(scope, batch);
    const cache: Shape = [...batch, heads, tokens, width / heads];
    const position = iota(tokens);
    const [[, logDet], [xs]] = scan(
      ([previous, total, ...caches], [latent], index) => {
        const own = reshape(dynamicSlice(place, 0, index, 1), [width]);
        let h = add(linear(affineAt(scope, "value"), previous!), own);
        if (shared) h = add(h, shared);
        const hide = overHeads(mul(sub(1, lessEqual(position, index)), HIDDEN));
        const next: Tensor[] = [];
        for (let i = 0; i < blocks; i++) {
          const kept = [caches[2 * i]!, caches[2 * i + 1]!] as const;
          const [y, changed] = blockOne(scope.at("blocks", i), h, kept, index, hide, heads);
          h = y;
          next.push(...changed);
        }
        const [x, logSlope] = transformation.forward(
          parametersOf(scope, h, options),
          latent!,
          reshape(dynamicSlice(features(options), 0, index, 1), [channels]),
        );
        return [[x, add(total!, sum(logSlope, -1)), ...next], [x]];
      },
      [
        broadcastTo(0, [...batch, channels]),
        broadcastTo(0, batch),
        ...Array.from({ length: 2 * blocks }, () => broadcastTo(0, cache)),
      ],
      [transpose(ordered(base, options), [n, ...batch.keys(), n + 1])],
      { length: tokens },
    );
    return [ordered(transpose(xs!, [...batch.map((_, i) => i + 1), 0, n + 1]), options), logDet!];
  },
  inverse({ place }, x, scope, options) {
    const told = ordered(x, options);
    const [base, logSlope] = options.transformation.inverse(
      allAtOnce(scope, told, place, options),
      told,
      features(options),
    );
    return [ordered(base, options), sum(logSlope, [-2, -1])];
  },
});
