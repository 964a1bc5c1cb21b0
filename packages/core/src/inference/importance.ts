/**
 * Importance sampling: what a fitted flow is short of, its weights make up for.
 *
 * @module
 */
import { checkpoint } from "../abort.ts";
import { type HostArray, hostArray } from "../backend.ts";
import { OptionError } from "../error.ts";
import { rowRange } from "../fit/data.ts";
import { batchSize } from "../fit/loss.ts";
import type { CallOptions, Model } from "../fit/model.ts";
import { trace } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Weights of draws from q that stand for an unnormalised p̃. */
export interface ImportanceWeights {
  /** wᵢ ∝ p̃(xᵢ) / q(xᵢ), of sum 1. */
  readonly weights: Float64Array;
  /** ln of the mean of p̃ / q, in nats: an estimate of ln ∫ p̃. */
  readonly logEvidence: number;
  /** 1 / Σ wᵢ²: the number of draws from p itself that would serve as well. */
  readonly effectiveSampleSize: number;
}

/**
 * Normalises log-weights: w = softmax(ln p̃ − ln q), with the evidence and the effective sample size.
 *
 * A draw where p̃ is 0 has the log-weight −∞ and the weight 0.
 * @throws {OptionError} `importance-weights` where a log-weight is NaN or +∞, or every one −∞
 * @see Kong 1992, A Note on Importance Sampling Using Standardized Weights
 * @example importanceWeights([0, Math.log(3)]).weights
 */
export function importanceWeights(logWeights: ArrayLike<number>): ImportanceWeights {
  const n = logWeights.length;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const w = logWeights[i]!;
    if (Number.isNaN(w) || w === Number.POSITIVE_INFINITY)
      throw new OptionError("importance-weights", `Log-weight ${i} is ${w}.`, {
        hint: "Let the log-density be a number, or -Infinity where there is none, wherever the flow draws.",
      });
    most = Math.max(most, w);
  }
  if (most === Number.NEGATIVE_INFINITY)
    throw new OptionError("importance-weights", `None of ${n} draws has any density under the target.`, {
      hint: "Draw more, or fit the flow to the target first.",
    });
  const weights = Float64Array.from({ length: n }, (_, i) => Math.exp(logWeights[i]! - most));
  let total = 0;
  for (const w of weights) total += w;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    weights[i]! /= total;
    squares += weights[i]! ** 2;
  }
  return { weights, logEvidence: most + Math.log(total / n), effectiveSampleSize: 1 / squares };
}

/** ln p̃ of rows […rows, …event] on the model's backend, by a program that lives for this call. */
async function evaluate(
  model: Model,
  x: HostArray,
  logDensity: (x: Tensor) => Tensor,
  { signal, chunk = 4096 }: CallOptions,
): Promise<Float64Array> {
  const graph = trace({ x: [batchSize, ...model.flow.event] }, ({ x }) => ({ result: logDensity(x!) }));
  const executable = await model.backend.compile(graph);
  const count = x.shape[0]!;
  const out = new Float64Array(count);
  try {
    for (let from = 0; from < count; from += chunk) {
      await checkpoint(signal);
      const rows = { x: rowRange(x, from, Math.min(count, from + chunk)) };
      out.set((await executable.run(rows, { signal }))["result"]!.data, from);
    }
  } finally {
    await executable.dispose();
  }
  return out;
}

/**
 * Draws from a flow and weighs the draws as a sample of p̃: wᵢ ∝ p̃(xᵢ) / q(xᵢ).
 *
 * @param logDensity ln p̃, maps [N, …event] to [N]; the flow has no context
 * @param n draws
 * @returns x [n, …event], with weights, evidence and effective sample size; small ones say that q misses part of p̃
 * @throws {OptionError} `importance-weights` where ln p̃ is no number, `importance-flow` for a flow with a context
 * @example
 * const { logEvidence } = await importanceSample(model, (x) => standardNormalLogProb(x, 1), 100, { seed: 1 });
 */
export async function importanceSample(
  model: Model,
  logDensity: (x: Tensor) => Tensor,
  n: number,
  options: Omit<CallOptions, "context"> = {},
): Promise<ImportanceWeights & { readonly x: HostArray }> {
  const { flow } = model;
  if (flow.context)
    throw new OptionError("importance-flow", `importanceSample: ${flow.bijector.kind} wants a context.`, {
      hint: "Sample and score under the context, and weigh by importanceWeights.",
    });
  const { x, logProb } = await model.sampleWithLogProb(n, options);
  const logP = await evaluate(model, hostArray(x.data, [n, ...flow.event]), logDensity, options);
  return { x, ...importanceWeights(logP.map((v, i) => v - logProb.data[i]!)) };
}
