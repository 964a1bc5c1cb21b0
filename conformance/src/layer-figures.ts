/**
 * What a small flow is asked on a backend: samples, densities, latents and back, the gradient of a training step.
 *
 * @module
 */
import {
  type Arrays,
  type Backend,
  type Flow,
  gradients,
  type HostArray,
  hostArray,
  key,
  layoutOf,
  Model,
  mean,
  NoiseMaker,
  neg,
  reference,
  startValues,
  symbol,
  takeRows,
  traceProgram,
  uniform,
  type Weights,
} from "@normflow/core";
import { type Outcome, outcomeOf } from "@normflow/core/conformance";
import type { LayerCase } from "./layers.ts";

/** Samples for each context, contexts, and the seed of all noise. */
const SAMPLES = 6;
const CONTEXTS = 2;
const SEED = 3;

const N = symbol("N");
const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A flow with weights away from the identity, and what it is asked about. */
interface Subject {
  readonly flow: Flow;
  readonly weights: Weights;
  readonly call: { readonly context?: HostArray };
  /** Samples of the reference, as numbers of float32: all backends are asked about the same. */
  readonly points: HostArray;
}

/** Traces a program of a flow and runs it once on rows of events, each with its context. */
async function runOnce(
  { flow, weights, call }: Omit<Subject, "points">,
  mode: "init" | "train",
  x: HostArray | undefined,
  body: Parameters<typeof traceProgram>[2],
  backend: Backend,
): Promise<Arrays> {
  const rows = SAMPLES * (call.context ? CONTEXTS : 1);
  const inputs: Record<string, readonly (number | typeof N)[]> = x ? { x: [N, ...flow.event] } : {};
  const context = flow.context && [N, ...flow.context];
  const { graph, noises } = traceProgram(flow, { mode, inputs, context }, body);
  const noise = new NoiseMaker(key(0)).draw(noises, new Map([["N", rows]]), { key: key(SEED) });
  const given: Record<string, HostArray> = { ...noise };
  if (x) given["x"] = hostArray(x.data, [rows, ...flow.event]);
  if (call.context)
    given["context"] = takeRows(
      call.context,
      Array.from({ length: rows }, (_, i) => Math.floor(i / SAMPLES)),
    );
  if (weights.params.length > 0) given["params"] = hostArray(weights.params, [weights.params.length]);
  if (weights.state.length > 0) given["state"] = hostArray(weights.state, [weights.state.length]);
  const wanted = new Set(graph.inputs.map((t) => (t.node.params as { readonly name: string }).name));
  const executable = await backend.compile(graph);
  try {
    return await executable.run(Object.fromEntries(Object.entries(given).filter(([name]) => wanted.has(name))));
  } finally {
    await executable.dispose();
  }
}

/** Weights uniform about where training starts, and the state in which layers come to rest with them. */
async function settledWeights(flow: Flow, call: Subject["call"]): Promise<Weights> {
  const layout = layoutOf(flow.params);
  const noise = uniform(key(10), layout.size, { min: -0.3, max: 0.3 });
  const params = Float32Array.from(startValues(layout, key(0)), (v, i) => v + noise[i]!);
  const states = layoutOf(flow.state);
  const state = Float32Array.from(startValues(states, key(1)));
  if (states.size === 0) return { params, state };
  const draw: Parameters<typeof traceProgram>[2] = ({ scope }) => ({ x: flow.sample(scope, [N])[0] });
  const settled = await runOnce({ flow, weights: { params, state }, call }, "init", undefined, draw, reference());
  return { params, state: Float32Array.from(settled["state"]!.data) };
}

/** Gives a flow weights, contexts and points. */
async function subjectOf({ flow, within }: LayerCase): Promise<Subject> {
  const own = flow.context;
  const call = own
    ? { context: hostArray(uniform(key(7), CONTEXTS * count(own), { min: -1, max: 1 }), [CONTEXTS, ...own]) }
    : {};
  const weights = await settledWeights(flow, call);
  const model = new Model(flow, weights, reference());
  const { data, shape } = await model.sample(SAMPLES, { seed: SEED, ...call });
  await model.dispose();
  const [lowest, highest] = within ?? [-Infinity, Infinity];
  const points = hostArray(
    Float32Array.from(data, (v) => Math.min(Math.max(v, lowest), highest)),
    shape,
  );
  return { flow, weights, call, points };
}

/** What the flow gives on a backend, by name. */
async function layerFigures(subject: Subject, backend: Backend): Promise<Arrays> {
  const { flow, weights, call, points } = subject;
  const model = new Model(flow, weights, backend);
  try {
    const samples = await model.sample(SAMPLES, { seed: SEED, ...call });
    const logProb = await model.logProb(points, call);
    const latents = await model.encode(points, call);
    const decoded = await model.decode(latents, call);
    const training = await runOnce(
      subject,
      "train",
      points,
      ({ scope, inputs, flat }) => {
        const loss = neg(mean(flow.logProb(scope, inputs["x"]!)));
        return flat.shape[0] === 0 ? { loss } : { loss, gradient: gradients(loss, [flat])[0]! };
      },
      backend,
    );
    return { samples, logProb, latents, decoded, ...training };
  } finally {
    await model.dispose();
  }
}

const exact = new Map<LayerCase, Promise<{ readonly subject: Subject; readonly due: Arrays }>>();

/** What is asked about a flow, and what the reference answers: found once. */
function prepared(layer: LayerCase): Promise<{ readonly subject: Subject; readonly due: Arrays }> {
  let found = exact.get(layer);
  if (!found) {
    found = subjectOf(layer).then(async (subject) => ({ subject, due: await layerFigures(subject, reference()) }));
    exact.set(layer, found);
  }
  return found;
}

/** Holds a backend against the reference on one flow. */
export async function runLayer(layer: LayerCase, backend: Backend): Promise<Outcome> {
  const { subject, due } = await prepared(layer);
  return outcomeOf(layer.name, layer.tolerance, await layerFigures(subject, backend), due);
}
