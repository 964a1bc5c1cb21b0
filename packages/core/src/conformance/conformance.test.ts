import { describe, expect, it } from "vitest";
import type { Arrays } from "../backend.ts";
import { inline as inlineAll, trace } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { bindSizes } from "../graph/size.ts";
import { evaluate, reference } from "../reference/backend.ts";
import { gradientGraph, inputsOf, type Subject, weightedSum } from "./case.ts";
import { conformanceCases, subjects } from "./index.ts";

/** Inputs that are numbers of a smooth space, not indices or starts. */
const varied = (subject: Subject): string[] => Object.keys(subject.shapes).filter((n) => n !== "i" && n !== "s");

const objective = (subject: Subject): Graph =>
  trace(subject.shapes, (t) => ({ value: weightedSum(Object.values(subject.body(t))) }));

const first = async (graph: Graph): Promise<(inputs: Arrays) => Promise<Record<string, Float64Array>>> => {
  const executable = await reference().compile(graph);
  return async (inputs) =>
    Object.fromEntries(Object.entries(await executable.run(inputs)).map(([n, v]) => [n, v.data as Float64Array]));
};

/** Central differences of a function of the inputs at one entry. */
async function difference(
  f: (inputs: Arrays) => Promise<number>,
  inputs: Arrays,
  name: string,
  i: number,
): Promise<number> {
  const h = 1e-5;
  const at = (sign: number): Arrays => {
    const data = Float64Array.from(inputs[name]!.data);
    data[i]! += sign * h;
    return { ...inputs, [name]: { data, shape: inputs[name]!.shape } };
  };
  return ((await f(at(1))) - (await f(at(-1)))) / (2 * h);
}

describe("gradients against finite differences", () => {
  for (const subject of subjects) {
    const { orders = 2 } = subject;
    for (const order of [1, 2] as const) {
      if (orders < order || subject.differences === false) continue;
      it(`${order === 2 ? "second " : ""}gradient of ${subject.name}`, async () => {
        const inputs = inputsOf(subject);
        const pulled = await (await first(gradientGraph(subject, order)))(inputs);
        const below =
          order === 1
            ? objective(subject)
            : trace(subject.shapes, (t) => {
                const g = gradientGraph(subject, 1);
                const names = Object.keys(subject.shapes);
                return {
                  value: weightedSum(
                    inlineAll(
                      g,
                      names.map((n) => t[n]!),
                    ),
                  ),
                };
              });
        const run = await first(below);
        const f = async (given: Arrays): Promise<number> => (await run(given))["value"]![0]!;
        for (const name of varied(subject))
          for (let i = 0; i < Math.min(8, inputs[name]!.data.length); i++) {
            const expected = await difference(f, inputs, name, i);
            const actual = pulled[`d${name}`]![i]!;
            expect(
              Math.abs(actual - expected),
              `d${name}[${i}]: ${actual}, by differences ${expected}`,
            ).toBeLessThanOrEqual(2e-6 * (1 + Math.abs(expected)));
          }
      });
    }
  }
});

describe("optimise", () => {
  it.each(conformanceCases.map((c) => [c.name, c] as const))("keeps what %s computes", async (_, subject) => {
    const graph = subject.graph();
    const inputs = subject.inputs();
    const given = graph.inputs.map((t) => inputs[(t.node.params as { name: string }).name]!);
    const blocks = given.map(({ data, shape }) => ({ data: Float64Array.from(data), shape }));
    const specs = graph.inputs.map((t, i) => ({ name: String(i), shape: t.shape }));
    const plain = evaluate(
      graph,
      blocks,
      bindSizes(
        specs,
        blocks.map((b) => b.shape),
      ),
    );
    const optimised = await (await reference().compile(graph)).run(inputs);
    graph.outputNames.forEach((name, k) => {
      const [a, b] = [optimised[name]!.data, plain[k]!.data];
      expect(a.length).toBe(b.length);
      a.forEach(
        (v, i) => void expect(Math.abs(v - b[i]!) <= 1e-12 * (1 + Math.abs(b[i]!)) || Object.is(v, b[i])).toBe(true),
      );
    });
  });
});
