import { js } from "@normflow/backend-js";
import {
  add,
  chain,
  concat,
  constant,
  defineLayer,
  diagonalNormal,
  FlowError,
  fit as fitFlow,
  flow,
  fromJSON,
  invert,
  key,
  layoutOf,
  Model,
  open,
  saveWeights,
  shape,
  standardNormal,
  standardUniform,
  startValues,
  sum,
  toJSON,
  traceProgram,
  warmStart,
  z,
} from "@normflow/core";
import * as layers from "@normflow/layers";
import { all } from "@normflow/layers/all";
import { expect, test } from "vitest";

const { actNorm, affine, autoregressive, coupling, leakyRelu, luLinear, maskedMlp, mlp, permute, planar, realNVP } =
  layers;
const { rescale, reshapeEvent, reversible, sigmoid, sliceChannels, squeeze, tanh } = layers;

/** Anything: misuse is what the types forbid. */
// biome-ignore lint/suspicious/noExplicitAny: the cases pass what they must not
type Any = any;

const backend = js();
const norm = (...event: number[]): Any => actNorm({ event });
const normal = (...event: number[]): Any => standardNormal({ event });
const pair = (context?: number): Any => realNVP({ features: 2, layers: 1, hidden: [2], context } as Any);
const half = (options: Any = {}): Any =>
  coupling({ features: 4, kept: "first", transformation: affine(), network: mlp({ in: 2, out: 4 }), ...options });
const masked = (context?: number): Any => maskedMlp({ features: 2, parameters: 2, context, hidden: [2] } as Any);
const conditioned = (context: number): Any =>
  autoregressive({ transformation: affine(), conditioner: masked(context) });
const startOf = (f: Any): Any => ({
  params: startValues(layoutOf(f.params), key(1)),
  state: startValues(layoutOf(f.state), key(1)),
});
const modelOf = (f: Any): Model => new Model(f, startOf(f), backend);
const x = [
  [1, 2],
  [3, 4],
];
const train = (f: Any, data: Any = { x }, options: Any = {}): unknown =>
  fitFlow(f, data, { backend, steps: 1, ...options });

/** A layer of one's own that makes one mistake. */
const own = (mistake: Any): Any =>
  defineLayer({
    kind: "own",
    options: z.object({ event: shape }),
    facts: ({ event }: Any) => ({ event }),
    forward: (_: Any, v: Any) => [v, constant(0)],
    inverse: (_: Any, v: Any) => [v, constant(0)],
    ...mistake,
  } as Any)({ event: [2] } as Any);
const traced = (f: Any, event: readonly number[] = [2]): unknown =>
  traceProgram(
    f,
    { mode: "eval", inputs: { x: [3, ...event] }, context: undefined } as Any,
    ({ scope, inputs }: Any) => ({
      y: f.forward(scope, inputs.x)[0],
    }),
  );
const file = (f: Any): Uint8Array => saveWeights(f, startOf(f), {});
const takes = (kind: string): RegExp => new RegExp(`^The options of ${kind} are \\{ `);

/** What composes, the code of its error, what its sentence names, the remedy that its hint says, and the mistake. */
const cases: readonly (readonly [string, string, readonly string[], RegExp, () => unknown])[] = [
  [
    "slice-channels",
    "slice-rest",
    ["slice-channels", "reshape-event", "[2, 2, 2]", "[1, 2, 2]"],
    /end with the event \[2, 2, 2\]/,
    () => sliceChannels({ event: [4, 2, 2], kept: 2, rest: reshapeEvent({ from: [4], to: [1, 2, 2] }) }),
  ],
  [
    "slice-channels",
    "slice-kept",
    ["slice-channels", "2 channels"],
    /Keep fewer than 2/,
    () => sliceChannels({ event: [2, 2, 2], kept: 2, rest: norm(2, 2, 2) }),
  ],
  [
    "reversible",
    "reversible-noise",
    ["layer 1 (uniform-dequantize)"],
    /Leave it outside/,
    () => reversible({ layers: [layers.uniformDequantize({ event: [2] })] }),
  ],
  [
    "reversible",
    "reversible-search",
    ["layer 2 (planar)"],
    /Use chain for it/,
    () => reversible({ layers: [norm(2), planar({ features: 2 })] }),
  ],
  ["squeeze", "squeeze-odd", ["squeeze", "[1, 3, 4]"], /Pad it/, () => squeeze({ event: [1, 3, 4] })],
  ["chain", "empty-chain", ["chain"], /Give it a bijector/, () => chain([])],
  [
    "chain",
    "chain-event",
    ["layer 2 (lu-linear, event [3])", "layer 1 (act-norm, event [2])"],
    /same event shape/,
    () => chain([norm(2), luLinear({ features: 3 })]),
  ],
  [
    "chain of inverted layers",
    "chain-event",
    ["layer 2 (invert, event [2, 2])", "layer 1 (act-norm, event [4])", "reshapeEvent({ from: [4], to: [2, 2] })"],
    /only the shapes differ/,
    () => chain([norm(4), invert(norm(2, 2))]),
  ],
  [
    "chain",
    "chain-domain",
    ["layer 2 (invert, event [2])", "layer 1 (act-norm, event [2])", "real"],
    /Put a layer between them/,
    () => chain([norm(2), invert(sigmoid({ event: [2] } as Any))]),
  ],
  [
    "chain",
    "chain-context",
    ["layer 2 (autoregressive, event [2])", "layer 1 (autoregressive, event [2])", "[1]", "[3]"],
    /see the same context/,
    () => chain([conditioned(1), conditioned(3)]),
  ],
  [
    "chain",
    "layer-options",
    ["chain", "layers.1", "bijector"],
    takes("chain"),
    () => chain([norm(2), mlp({ in: 1, out: 1 }) as Any]),
  ],
  ["chain", "event-shape", ["chain", "[2]", "[3, 4]"], /last axes are the event/, () => traced(chain([norm(2)]), [4])],
  ["invert", "layer-options", ["invert", "layer", "bijector"], takes("invert"), () => invert(affine() as Any)],
  [
    "flow",
    "flow-event",
    ["chain", "standard-normal", "[2]", "[3]"],
    /Give the base the event \[2\]/,
    () => flow({ base: normal(3), bijector: chain([norm(2)]) }),
  ],
  [
    "flow",
    "flow-domain",
    ["invert", "standard-normal", "real"],
    /Take a base of/,
    () => flow({ base: normal(2), bijector: invert(sigmoid({ event: [2] } as Any)) }),
  ],
  [
    "flow",
    "flow-context",
    ["own-base", "autoregressive", "[1]", "[3]"],
    /same context/,
    () => flow({ base: { ...normal(2), kind: "own-base", context: [3] }, bijector: conditioned(1) }),
  ],
  ["flow", "layer-options", ["flow", "base"], takes("flow"), () => flow({ base: norm(2), bijector: norm(2) })],
  ["coupling", "coupling-kept", ["coupling", "[7]", "4"], /Name some of 0 to 3/, () => half({ kept: [7] })],
  [
    "coupling of one feature",
    "coupling-kept",
    ["coupling", "1 feature"],
    /take autoregressive with a masked MLP/,
    () => half({ features: 1 }),
  ],
  [
    "coupling",
    "coupling-domain",
    ["coupling", "own-map", "real", "positive"],
    /one domain on both sides/,
    () => half({ transformation: { ...affine(), kind: "own-map", codomain: "positive" } }),
  ],
  [
    "coupling",
    "coupling-network",
    ["coupling", "mlp", "affine", "2 features"],
    /out/,
    () => traced(half({ network: mlp({ in: 2, out: 3 }) }), [4]),
  ],
  [
    "coupling",
    "layer-options",
    ["coupling", "transformation"],
    takes("coupling"),
    () => half({ transformation: mlp({ in: 1, out: 1 }) }),
  ],
  ["coupling", "event-shape", ["coupling", "[4]"], /last axes are the event/, () => traced(half(), [3])],
  [
    "autoregressive",
    "transformation-parameters",
    ["autoregressive", "affine takes 2", "masked-mlp gives 5"],
    /parameters: 2/,
    () => autoregressive({ transformation: affine(), conditioner: maskedMlp({ features: 2, parameters: 5 }) }),
  ],
  [
    "autoregressive",
    "layer-options",
    ["autoregressive", "conditioner"],
    takes("autoregressive"),
    () => autoregressive({ transformation: affine(), conditioner: norm(2) }),
  ],
  [
    "autoregressive",
    "event-shape",
    ["autoregressive", "[2]"],
    /last axes are the event/,
    () => traced(autoregressive({ transformation: affine(), conditioner: masked() }), [3]),
  ],
  ["realNVP", "coupling-kept", ["coupling", "1 feature"], /take autoregressive/, () => realNVP({ features: 1 })],

  ["permute", "permutation", ["permute", "0 to 1"], /\[1, 0\]/, () => permute({ permutation: [0, 0] })],
  [
    "luLinear",
    "permutation",
    ["lu-linear", "0 to 1"],
    /Leave it out/,
    () => luLinear({ features: 2, permutation: [0, 0] }),
  ],
  [
    "rescale",
    "rescale-lengths",
    ["rescale", "2 shifts", "1 scale"],
    /a shift and a scale/,
    () => rescale({ shift: [0, 1], scale: [1] }),
  ],
  ["rescale", "rescale-zero", ["rescale"], /Leave constant features out/, () => rescale({ shift: [0], scale: [0] })],
  ["sigmoid", "sigmoid-ends", ["sigmoid", "2", "1"], /Swap them/, () => sigmoid({ event: [1], low: 2, high: 1 })],
  [
    "reshapeEvent",
    "reshape-event",
    ["reshape-event", "[4]", "[3]"],
    /same number of entries/,
    () => reshapeEvent({ from: [4], to: [3] }),
  ],
  ...(
    [
      ["actNorm", "act-norm"],
      ["affine", "affine"],
      ["elementwiseAffine", "elementwise-affine"],
      ["histogramCdf", "histogram-cdf"],
      ["leakyRelu", "leaky-relu"],
      ["luLinear", "lu-linear"],
      ["maskedMlp", "masked-mlp"],
      ["mlp", "mlp"],
      ["normalCdf", "normal-cdf"],
      ["permute", "permute"],
      ["planar", "planar"],
      ["rescale", "rescale"],
      ["reshapeEvent", "reshape-event"],
      ["sigmoid", "sigmoid"],
      ["tanh", "tanh"],
      ["uniformDequantize", "uniform-dequantize"],
    ] as const
  ).map(
    ([name, kind]) =>
      [
        name,
        "layer-options",
        [kind, "no such option"],
        takes(kind),
        () => (layers as Any)[name]({ unheard: 1 }),
      ] as const,
  ),
  [
    "standardNormal",
    "layer-options",
    ["standard-normal", "event"],
    takes("standard-normal"),
    () => standardNormal({ event: 2 as Any }),
  ],
  [
    "standardUniform",
    "layer-options",
    ["standard-uniform", "event"],
    takes("standard-uniform"),
    () => standardUniform({ event: [0] }),
  ],
  [
    "diagonalNormal",
    "layer-options",
    ["diagonal-normal", "event.0"],
    takes("diagonal-normal"),
    () => diagonalNormal({ event: [0.5] }),
  ],

  [
    "defineLayer",
    "layer-result",
    ["own", "[3, 4]", "[3, 2]"],
    /facts state/,
    () => traced(own({ forward: (_: Any, v: Any) => [concat([v, v], -1), constant(0)] })),
  ],
  [
    "defineLayer",
    "log-det-shape",
    ["own", "[3, 2]"],
    /Sum it/,
    () => traced(own({ forward: (_: Any, v: Any) => [v, v] })),
  ],
  [
    "defineLayer",
    "state",
    ["count"],
    /layer's state/,
    () => traced(own({ forward: (_: Any, v: Any, scope: Any) => [add(v, scope.state("count")), constant(0)] })),
  ],
  [
    "defineLayer",
    "noise-name",
    ["twice"],
    /its own name/,
    () =>
      traced(
        own({
          forward: (_: Any, v: Any, scope: Any) => {
            for (let i = 0; i < 2; i++) scope.noise("n", { kind: "normal" }, v.shape);
            return [v, constant(0)];
          },
        }),
      ),
  ],
  [
    "defineLayer",
    "operand-shape",
    ["[3, 2]", "[5]"],
    /equal or 1/,
    () => traced(own({ forward: (_: Any, v: Any) => [add(v, constant([1, 2, 3, 4, 5])), sum(v, -1)] })),
  ],
  [
    "defineLayer",
    "axis",
    ["axis 7", "[3, 2]"],
    /count from 0/,
    () => traced(own({ forward: (_: Any, v: Any) => [v, sum(v, 7)] })),
  ],

  ["fit", "event-shape", ["[2]"], /…batch, 2/, () => train(pair(), { x: [[1, 2, 3]] })],
  ["fit", "context", ["context"], /Pass \{ x, context \}/, () => train(pair(1))],
  [
    "fit of a flow without a context",
    "context",
    ["context"],
    /describe the flow with one/,
    () => train(pair(), { x, context: x }),
  ],
  [
    "fit",
    "no-parameters",
    ["no parameters"],
    /Put a layer with parameters/,
    () => train(flow({ base: normal(2), bijector: permute({ permutation: [1, 0] }) })),
  ],
  ["fit", "frozen", ["frozen"], /paths are like/, () => train(pair(), { x }, { frozen: ["nothing"] })],
  ["fit", "weights", ["parameters"], /warmStart/, () => train(pair(), { x }, { from: startOf(pair(1)) })],
  ["new Model", "weights", ["parameters"], /warmStart/, () => new Model(pair(), startOf(pair(1)), backend)],
  [
    "warmStart",
    "warm-start",
    ["given model"],
    /similar flow/,
    () => warmStart(flow({ base: normal(3), bijector: planar({ features: 3 }) }), modelOf(pair())),
  ],
  ["sample", "context", ["[1]"], /Pass \{ context \}/, () => modelOf(pair(1)).sample(1)],
  ["logProb", "event-shape", ["[2]"], /…batch, 2/, () => modelOf(pair()).logProb([[1, 2, 3]])],
  ["encode", "event-shape", ["[2]"], /…batch, 2/, () => modelOf(pair()).encode([[1, 2, 3]])],
  ["decode", "event-shape", ["[2]"], /…batch, 2/, () => modelOf(pair()).decode([[1, 2, 3]])],
  ["interpolate", "interpolate", ["[2]"], /once for each pair/, () => modelOf(pair()).interpolate(x, x, 3)],

  [
    "fromJSON",
    "unknown-kind",
    ["act-norm"],
    /layers:/,
    () =>
      fromJSON(
        toJSON(chain([norm(2)])),
        all.filter(({ kind }) => kind !== "act-norm"),
      ),
  ],
  [
    "open",
    "unknown-kind",
    ["chain"],
    /layers:/,
    () =>
      open(
        file(flow({ base: normal(2), bijector: chain([norm(2)]) })),
        all.filter(({ kind }) => kind !== "chain"),
      ),
  ],
  [
    "open",
    "missing-tensor",
    ["params/"],
    /damaged/,
    () =>
      open(
        saveWeights({ ...pair(), params: {} }, { params: new Float64Array(0), state: startOf(pair()).state }, {}),
        all,
      ),
  ],
  [
    "leakyRelu in a chain",
    "chain-event",
    ["layer 2 (tanh, event [3])", "layer 1 (leaky-relu, event [2])"],
    /same event shape/,
    () => chain([leakyRelu({ event: [2] }), tanh({ event: [3] })]),
  ],
];

test("there are sixty different pairs of a code and an operation", () => {
  const pairs = new Set(cases.map(([operation, code]) => `${code} ${operation}`));
  expect(pairs.size).toBe(cases.length);
  expect(pairs.size).toBeGreaterThanOrEqual(60);
});

test.each(cases)("%s: %s names %j", async (_, code, names, remedy, mistake) => {
  const error = await (async () => mistake())().then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(FlowError);
  const { message, hint, ...said } = error as FlowError;
  expect(said.code).toBe(code);
  for (const name of names) expect(message).toContain(name);
  expect(hint).toMatch(remedy);
});
