/**
 * A causal transformer over tokens, as the conditioner of an autoregressive flow.
 *
 * @module
 */
import {
  add,
  broadcastTo,
  type Conditioner,
  concat,
  constant,
  cumsum,
  definePart,
  dynamicSlice,
  dynamicUpdateSlice,
  equal,
  expandDims,
  floor,
  greaterEqual,
  iota,
  less,
  lessEqual,
  matmul,
  max,
  mul,
  normalInit,
  oneHot,
  pad,
  reshape,
  type Scope,
  type Shape,
  select,
  size,
  slice,
  sub,
  type Tensor,
  z,
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
} from "./token-transformer-block.ts";

/** Features that share a set of classes. */
export interface TokenGroup {
  /** How many features. */
  count: number;
  /** How many classes each takes: 0 … classes − 1. */
  classes: number;
  /**
   * Whether a feature is used at all follows from an earlier group: its feature k with class c switches the features
   * k·w … k·w + w − 1 of this group by the row `table[c]` of w zeros and ones.
   */
  gate?: { group: number; table: number[][] } | undefined;
}

/** Options of `tokenTransformer`. */
export interface TokenTransformerOptions {
  groups: TokenGroup[];
  /** Entries of an embedding. */
  width: number;
  /** Number of blocks. */
  blocks: number;
  heads: number;
  /** Entries of a block's hidden layer. */
  hidden: number;
  /** Share of entries dropped while training. */
  dropout: number;
  /** Whether a context [features, classes] is added to the logits: tilts, masks (−10⁹) and forced tokens. */
  bias: boolean;
  /** Size of a context vector that every position sees; none unless told, and none beside a bias. */
  context?: number | undefined;
}

const HIDDEN = -1e9;

type Rows = Readonly<Record<string, Tensor>>;

/** What the options fix: offsets of features and classes, the gate tables. */
function plan({ groups }: TokenTransformerOptions) {
  let [feature, token] = [0, 0];
  const laid = groups.map((g) => {
    const place = { ...g, feature, token };
    feature += g.count;
    token += g.classes;
    return place;
  });
  return { laid, features: feature, tokens: token, classes: Math.max(...groups.map((g) => g.classes)) };
}

type Plan = ReturnType<typeof plan>;

const tokenOffsets = ({ laid }: Plan): number[] => laid.flatMap((g) => new Array<number>(g.count).fill(g.token));

/** Which features are used, […, features] of 0 and 1, from the tokens. */
function usedMask(p: Plan, tokens: Tensor): Tensor {
  const batch = tokens.shape.slice(0, -1);
  return concat(
    p.laid.map((g) => {
      if (!g.gate) return broadcastTo(1, [...batch, g.count]);
      const from = p.laid[g.gate.group]!;
      const table = constant(g.gate.table.flat(), [from.classes, g.count / from.count]);
      return reshape(matmul(oneHot(slice(tokens, -1, from.feature, from.count), from.classes), table), [
        ...batch,
        g.count,
      ]);
    }),
    -1,
  );
}

/** Logits of one group laid out over all classes: those it does not have are hidden. */
const widened = (logits: Tensor, classes: number): Tensor => {
  const own = logits.shape.at(-1) as number;
  return own === classes
    ? logits
    : concat([logits, broadcastTo(HIDDEN, [...logits.shape.slice(0, -1), classes - own])], -1);
};

/** Rows one place later along the axis before the last, the first of them 0. */
function later(x: Tensor): Tensor {
  const length = x.shape.at(-2) as number;
  return length === 1 ? broadcastTo(0, x.shape) : pad(slice(x, -2, 0, length - 1), -2, 1, 0);
}

/** An unused feature has one class, 0. */
const onlyFirst = (classes: number): Tensor => mul(sub(1, equal(iota(classes), 0)), HIDDEN);

const groupsSchema = z.array(
  z.object({
    count: size,
    classes: size,
    gate: z.optional(z.object({ group: z.int().check(z.gte(0)), table: z.array(z.array(z.number())) })),
  }),
);

/**
 * Gives logits θ […, features, classes] of each feature's class from the features before it, by a causal transformer.
 *
 * A position's input is the value and place of the last used feature before it, and the place of the feature to tell.
 * Features that a gate leaves unused are hidden from all others and have the single class 0, so that a histogram CDF
 * passes them through at no cost in density. Values are whole numbers, or lie within the unit cell above them.
 *
 * @see Vaswani et al. 2017, Attention Is All You Need; Xiong et al. 2020, On Layer Normalization in the Transformer
 */
export const tokenTransformer = definePart<TokenTransformerOptions, Conditioner>({
  kind: "token-transformer",
  options: z
    .object({
      groups: groupsSchema,
      width: size,
      blocks: z.int().check(z.gte(1), z.lte(256)),
      heads: size,
      hidden: size,
      dropout: z.number().check(z.gte(0), z.lt(1)),
      bias: z.boolean(),
      context: z.optional(size),
    })
    .check(
      z.refine((o) => !(o.bias && o.context !== undefined), "a context is a vector or a bias, not both"),
      z.refine((o) => o.width % o.heads === 0, "width is not a multiple of heads"),
      z.refine(
        (o) =>
          o.groups.length > 0 &&
          o.groups.every((g, i) => {
            if (!g.gate) return true;
            const from = o.groups[g.gate.group];
            return (
              from !== undefined &&
              g.gate.group < i &&
              g.gate.table.length === from.classes &&
              g.gate.table.every((row) => row.length * from.count === g.count)
            );
          }),
        "a gate names an earlier group and has a row for each of its classes",
      ),
    ),
  build: (options) => {
    const p = plan(options);
    const { features, tokens, classes } = p;
    const { width, heads, dropout, context: given } = options;
    const gated = p.laid.some((g) => g.gate);

    const rows = (scope: Scope): Rows => scope.params as unknown as Rows;

    /** Logits of all features from the last block's output […, features, width]. */
    const heads2logits = (scope: Scope, h: Tensor): Tensor => {
      const { weight, bias } = scope.at("head").params as unknown as Rows as Record<"weight" | "bias", Tensor>;
      return concat(
        p.laid.map((g) =>
          widened(
            add(
              matmul(slice(h, -2, g.feature, g.count), slice(weight, 1, g.token, g.classes)),
              slice(bias, 0, g.token, g.classes),
            ),
            classes,
          ),
        ),
        -2,
      );
    };

    const biased = (logits: Tensor, bias: Tensor | undefined): Tensor =>
      bias ? max(add(logits, bias), HIDDEN) : logits;
    const biasOf = (scope: Scope, batch: Shape): Tensor | undefined =>
      options.bias ? scope.contextFor(batch, 2) : undefined;

    /** x […, width] and what the context vector adds to every position. */
    const informed = (scope: Scope, batch: Shape, x: Tensor, spread: (t: Tensor) => Tensor): Tensor =>
      given === undefined
        ? x
        : add(x, spread(linear(scope.at("context").params as never, scope.contextFor(batch, 1)!)));

    return {
      role: "conditioner",
      features,
      parameters: classes,
      context: options.bias ? [features, classes] : given === undefined ? undefined : [given],
      params: {
        value: normalInit([tokens, width], 0.05),
        place: normalInit([features, width], 0.05),
        target: normalInit([features, width], 0.05),
        begin: normalInit([width], 0.02),
        blocks: Array.from({ length: options.blocks }, () => blockParameters(width, options.hidden)),
        norm: normParameters(width),
        head: linearParameters(width, tokens),
        ...(given === undefined ? {} : { context: linearParameters(given, width) }),
      },

      parallel(scope, x) {
        const { value, place, target, begin } = rows(scope) as Record<"value" | "place" | "target" | "begin", Tensor>;
        const batch = x.shape.slice(0, -1);
        const whole = floor(x);
        const embedded = add(matmul(oneHot(add(whole, constant(tokenOffsets(p))), tokens), value), place);
        const position = iota(features);
        const past = lessEqual(position, expandDims(position, -1));
        const self = equal(position, expandDims(position, -1));
        let before = later(embedded);
        let visible: Tensor = past;
        const used = gated ? usedMask(p, whole) : undefined;
        if (used) {
          // The last used feature before each: the one whose rank among the used is the number of used ones before.
          const rank = cumsum(used, -1);
          const chosen = mul(equal(expandDims(rank, -2), expandDims(sub(rank, used), -1)), expandDims(used, -2));
          before = matmul(chosen, embedded);
          visible = max(mul(past, expandDims(used, -2)), self);
        }
        const first = mul(expandDims(equal(iota(features), 0), -1), begin);
        let h = informed(scope, batch, add(before, add(target, first)), (t) => expandDims(t, -2));
        h = scope.dropout("embedding", h, dropout, mul);
        const hide = mul(sub(1, gated ? expandDims(visible, -3) : visible), HIDDEN);
        for (let i = 0; i < options.blocks; i++) h = blockAll(scope.at("blocks", i), h, hide, heads, dropout);
        const logits = biased(
          heads2logits(scope, layerNorm(scope.at("norm").params as never, h)),
          biasOf(scope, batch),
        );
        return used ? select(expandDims(used, -1), logits, onlyFirst(classes)) : logits;
      },

      start(scope, batch) {
        const { begin } = rows(scope) as Record<"begin", Tensor>;
        const cache: Shape = [...batch, heads, features, width / heads];
        const used = constant(p.laid.flatMap((g) => new Array<number>(g.count).fill(g.gate ? 0 : 1)));
        return [
          broadcastTo(begin, [...batch, width]),
          broadcastTo(used, [...batch, features]),
          ...Array.from({ length: 2 * options.blocks }, () => broadcastTo(0, cache)),
        ];
      },

      step(scope, carry, index, previous) {
        const { value, place, target } = rows(scope) as Record<"value" | "place" | "target", Tensor>;
        const [lastBefore, usedBefore, ...caches] = carry as [Tensor, Tensor, ...Tensor[]];
        const batch = previous.shape;
        const last = sub(index, 1);
        const token = floor(previous);
        const at = (table: Tensor, i: Tensor): Tensor => reshape(dynamicSlice(table, 0, i, 1), table.shape.slice(1));

        // Take up the feature before: what it switches, and its embedding where it is used.
        let used = usedBefore;
        for (const g of p.laid) {
          if (!g.gate) continue;
          const from = p.laid[g.gate.group]!;
          const span = g.count / from.count;
          const switched = matmul(oneHot(token, from.classes), constant(g.gate.table.flat(), [from.classes, span]));
          const start = add(g.feature, mul(span, sub(last, from.feature)));
          const within = mul(greaterEqual(last, from.feature), less(last, from.feature + from.count));
          used = select(within, dynamicUpdateSlice(used, -1, start, switched), used);
        }
        const id = add(token, at(constant(tokenOffsets(p)), last));
        const embedded = add(matmul(oneHot(id, tokens), value), at(place, last));
        const lastUsed = mul(dynamicSlice(used, -1, last, 1), greaterEqual(last, 0));
        const before = select(lastUsed, embedded, lastBefore);

        let h = informed(scope, batch, add(before, at(target, index)), (t) => t);
        const position = iota(features);
        const visible = max(mul(used, less(position, index)), equal(position, index));
        const hide = overHeads(mul(sub(1, visible), HIDDEN));
        const next: Tensor[] = [];
        for (let i = 0; i < options.blocks; i++) {
          const [y, kept] = blockOne(
            scope.at("blocks", i),
            h,
            [caches[2 * i]!, caches[2 * i + 1]!],
            index,
            hide,
            heads,
          );
          h = y;
          next.push(...kept);
        }
        const { weight, bias } = scope.at("head").params as unknown as Rows as Record<"weight" | "bias", Tensor>;
        const all = add(matmul(layerNorm(scope.at("norm").params as never, h), weight), bias);
        const ofGroup = (g: Plan["laid"][number]): Tensor => widened(slice(all, -1, g.token, g.classes), classes);
        const logits = p.laid
          .slice(1)
          .reduce((before2, g) => select(greaterEqual(index, g.feature), ofGroup(g), before2), ofGroup(p.laid[0]!));
        const tilt = biasOf(scope, batch);
        const theta = biased(logits, tilt && reshape(dynamicSlice(tilt, -2, index, 1), [...batch, classes]));
        const isUsed = dynamicSlice(used, -1, index, 1);
        return [gated ? select(isUsed, theta, onlyFirst(classes)) : theta, [before, used, ...next]];
      },
    };
  },
});
