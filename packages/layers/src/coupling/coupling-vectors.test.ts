import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chain, flow, gradients, mean, neg, reference, standardNormal, traceProgram } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { mlp } from "../network/mlp.ts";
import { array } from "../testing/evaluate.ts";
import { vectorFolder, vectorOf } from "../testing/vectors.ts";
import { affine } from "../transformation/affine.ts";
import { coupling } from "./coupling.ts";

type Matrix = readonly (readonly number[])[];

interface TrainingCase {
  readonly params: Readonly<Record<string, Matrix | readonly number[]>>;
  readonly batches: readonly Matrix[];
  readonly nll_first_batch: readonly number[];
  readonly gradients_first_batch: TrainingCase["params"];
}

const folder = vectorFolder();
const file = folder && join(folder, "training.json");

/** Their last layer gives log-scales, then shifts; ours gives shift and log-scale feature by feature. */
const ROWS = [2, 0, 3, 1];

/** Arrays by our paths, from theirs. */
function renamed(params: TrainingCase["params"]): Record<string, number[]> {
  const entries = [0, 1, 2].flatMap((i) => {
    const at = (name: string): (readonly number[] | number)[] => [...params[`${name}_${i}`]!];
    const path = `bijector/layers/${i}/network/layers`;
    return [
      [`${path}/0/weight`, at("w1").flat()],
      [`${path}/0/bias`, at("b1")],
      [`${path}/1/weight`, ROWS.flatMap((r) => at("w2")[r]!)],
      [`${path}/1/bias`, ROWS.map((r) => at("b2")[r]!)],
    ] as [string, number[]][];
  });
  return Object.fromEntries(entries);
}

describe.skipIf(file === undefined || !existsSync(file))("coupling against PyTorch (training.json)", () => {
  test("has its densities and gradients on the first batch", async () => {
    const [given] = (JSON.parse(readFileSync(file!, "utf8")) as { cases: TrainingCase[] }).cases;
    const layers = (["first", "second", "first"] as const).map((kept) =>
      coupling({
        features: 4,
        kept,
        transformation: affine({ bound: 1 }),
        network: mlp({ in: 2, out: 4, hidden: [8], activation: "tanh" }),
      }),
    );
    const realNVP = flow({ base: standardNormal({ event: [4] }), bijector: chain(layers) });
    const { batches, params, nll_first_batch, gradients_first_batch } = given!;
    const { graph } = traceProgram(realNVP, { mode: "train", inputs: { x: [16, 4] } }, ({ scope, inputs, flat }) => {
      const nll = neg(realNVP.logProb(scope, inputs["x"]!));
      return { nll, gradient: gradients(mean(nll), [flat])[0]! };
    });
    const executable = await reference().compile(graph);
    const flat = vectorOf(realNVP, renamed(params));
    const { nll, gradient } = await executable.run({
      params: array(flat, [flat.length]),
      x: array(batches[0]!.flat(), [16, 4]),
    });
    const near = (actual: ArrayLike<number>, wanted: ArrayLike<number>): void => {
      expect(actual.length).toBe(wanted.length);
      for (let i = 0; i < wanted.length; i++)
        expect(Math.abs(actual[i]! - wanted[i]!)).toBeLessThanOrEqual(1e-9 + 1e-9 * Math.abs(wanted[i]!));
    };
    near(nll!.data, nll_first_batch);
    near(gradient!.data, vectorOf(realNVP, renamed(gradients_first_batch)));
  });
});
