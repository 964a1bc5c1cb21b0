/**
 * The optimiser trajectories of `training.json`, computed by PyTorch, as a check that any backend can run.
 *
 * @module
 */

import { type Backend, hostArray } from "../backend.ts";
import { defineLayer } from "../bijector/bijector.ts";
import { chain } from "../bijector/chain.ts";
import { values } from "../bijector/parameter.ts";
import { traceProgram } from "../bijector/program.ts";
import * as z from "../bijector/schema.ts";
import { type Flow, flow } from "../distribution/flow.ts";
import { standardNormal } from "../distribution/standard-normal.ts";
import { negativeLogLikelihood } from "../fit/loss.ts";
import { trainingStep } from "../fit/step.ts";
import { gradients } from "../grad/gradients.ts";
import { symbol } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, div, exp, mul, neg, sub, tanh } from "../ops/elementwise.ts";
import { concat, split } from "../ops/layout.ts";
import { matmul, mean, sum } from "../ops/reduce.ts";
import { type BackendCheck, differs } from "./check.ts";

/** One trajectory as the file holds it. */
export interface TrainingCase {
  readonly id: string;
  readonly optimizer: {
    readonly kind: string;
    readonly lr: number;
    readonly betas: [number, number];
    readonly eps: number;
    readonly weight_decay?: number;
    readonly clip_norm?: number;
  };
  readonly params: Readonly<Record<string, readonly number[] | readonly (readonly number[])[]>>;
  readonly batches: readonly (readonly (readonly number[])[])[];
  readonly nll_first_batch: readonly number[];
  readonly gradients_first_batch: TrainingCase["params"];
  readonly steps: readonly { readonly loss: number; readonly grad_norm: number | null }[];
  readonly params_after: TrainingCase["params"];
}

type Weights = Record<"w1" | "b1" | "w2" | "b2", Tensor>;

/** The affine coupling of the file: o = W2 tanh(W1 kept + b1) + b2, s = tanh(o₁), t = o₂, z = (x − t) e^{−s}. */
const layer = (i: number, params: TrainingCase["params"]) => {
  const evenLayer = i % 2 === 0;
  const net = (p: Weights, kept: Tensor): [Tensor, Tensor] => {
    const o = add(matmul(tanh(add(matmul(kept, p.w1, { transposeB: true }), p.b1)), p.w2, { transposeB: true }), p.b2);
    const [s, t] = split(o, -1, [2, 2]) as [Tensor, Tensor];
    return [tanh(s), t];
  };
  const apply = (p: Weights, x: Tensor, map: (changed: Tensor, s: Tensor, t: Tensor) => Tensor): [Tensor, Tensor] => {
    const [first, second] = split(x, -1, [2, 2]) as [Tensor, Tensor];
    const [kept, changed] = evenLayer ? [first, second] : [second, first];
    const [s, t] = net(p, kept);
    const result = map(changed, s, t);
    return [concat(evenLayer ? [kept, result] : [result, kept], -1), sum(s, -1)];
  };
  const own = (name: string) => {
    const given = params[`${name}_${i}`]!;
    const flat = given.flat();
    return values(Array.isArray(given[0]) ? [given.length, flat.length / given.length] : [given.length], flat);
  };
  return defineLayer({
    kind: "vector-coupling",
    options: z.object({}),
    facts: () => ({ event: [4] }),
    params: () => ({ w1: own("w1"), b1: own("b1"), w2: own("w2"), b2: own("b2") }),
    forward: (p, x) => apply(p, x, (c, s, t) => add(mul(c, exp(s)), t)),
    inverse: (p, x) => {
      const [value, total] = apply(p, x, (c, s, t) => div(sub(c, t), exp(s)));
      return [value, neg(total)];
    },
  })({});
};

/** The file's flow: data → base through coupling 2, 1, 0. */
export const vectorFlow = (params: TrainingCase["params"]): Flow =>
  flow({ base: standardNormal({ event: [4] }), bijector: chain([0, 1, 2].map((i) => layer(i, params))) });

/** A figure of ours beside the file's. */
export interface Compared {
  readonly what: string;
  readonly ours: number;
  readonly theirs: number;
}

const NAMES = ["w1", "b1", "w2", "b2"];
/** The file's arrays as one vector, in the order of the flow's layout. */
const flatOf = (params: TrainingCase["params"]): number[] =>
  [0, 1, 2].flatMap((i) => NAMES.flatMap((n) => params[`${n}_${i}`]!.flat()));

const pairs = (what: string, ours: ArrayLike<number>, theirs: readonly number[]): Compared[] =>
  theirs.map((v, i) => ({ what: `${what}[${i}]`, ours: ours[i]!, theirs: v }));

/** Runs a trajectory on a backend and returns every figure of it beside the file's. */
export async function compareTraining(given: TrainingCase, backend: Backend): Promise<Compared[]> {
  const subject = vectorFlow(given.params);
  const N = symbol("N");
  const first = traceProgram(subject, { mode: "train", inputs: { x: [N, 4] } }, ({ scope, inputs, flat }) => {
    const nll = neg(subject.logProb(scope, inputs["x"]!));
    return { nll, gradient: gradients(mean(nll), [flat])[0]! };
  });
  const start = flatOf(given.params);
  const size = start.length;
  const batchOf = (i: number) => hostArray(Float64Array.from(given.batches[i]!.flat()), [given.batches[i]!.length, 4]);
  const vector = (data: ArrayLike<number>) => hostArray(Float64Array.from(data), [size]);
  const executable = await backend.compile(first.graph);
  const { nll, gradient } = await executable.run({ params: vector(start), x: batchOf(0) });
  await executable.dispose();

  const { kind, lr, betas, eps, weight_decay = 0, clip_norm } = given.optimizer;
  const step = trainingStep(
    subject,
    negativeLogLikelihood,
    { betas, eps, weightDecay: kind === "adamw" ? weight_decay : 0, clip: clip_norm },
    { average: false, hasData: true, frozen: undefined },
  );
  const names = ["params", "m", "v"];
  const trainer = await backend.compile(step.graph, {
    resident: names,
    carry: Object.fromEntries(names.map((n) => [n, n])),
  });
  await trainer.put({ params: vector(start), m: vector(new Float64Array(size)), v: vector(new Float64Array(size)) });
  const compared = [
    ...pairs("nll", nll!.data, given.nll_first_batch),
    ...pairs("gradient", gradient!.data, flatOf(given.gradients_first_batch)),
  ];
  for (const [i, { loss, grad_norm }] of given.steps.entries()) {
    const scalar = (value: number) => hostArray(Float64Array.of(value), []);
    const outputs = await trainer.run({
      x: batchOf(i),
      learningRate: scalar(lr),
      correction1: scalar(1 - betas[0] ** (i + 1)),
      correction2: scalar(1 - betas[1] ** (i + 1)),
    });
    compared.push({ what: `loss ${i}`, ours: outputs["loss"]!.data[0]!, theirs: loss });
    if (grad_norm !== null) compared.push({ what: `norm ${i}`, ours: outputs["norm"]!.data[0]!, theirs: grad_norm });
  }
  const { params } = await trainer.get(["params"]);
  await trainer.dispose();
  return [...compared, ...pairs("params after", params!.data, flatOf(given.params_after))];
}

/** Largest |Δ| / (1 + |theirs|) of a trajectory's figures in float32. */
const TOLERANCE = 1e-4;

/** Each trajectory as a check. */
export const trainingChecks = (trajectories: readonly TrainingCase[]): BackendCheck[] =>
  trajectories.map((given) => ({
    name: `${given.id}: losses, gradients and parameters agree to ${TOLERANCE}`,
    async run(backend) {
      for (const { what, ours, theirs } of await compareTraining(given, backend))
        if (!(Math.abs(ours - theirs) <= TOLERANCE * (1 + Math.abs(theirs))))
          throw differs(backend, `${what} is ${ours} where ${theirs} was due`);
    },
  }));
