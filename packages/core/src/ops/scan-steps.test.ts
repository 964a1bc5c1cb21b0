import { describe, expect, test } from "vitest";
import { hostArray } from "../backend.ts";
import { trace } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { reference } from "../reference/backend.ts";
import * as op from "./index.ts";
import { type ScanStep, scanSteps } from "./scan-steps.ts";

const x = [0.5, -1];
const rows = [1, 2, 3, 4, 5, 6];

/** v ← v·row + literal + outside, with v before it as the result, three times. */
async function run(steps: (outside: readonly Tensor[]) => readonly ScanStep[], reverse: boolean) {
  const graph = trace({ x: [2], rows: [3, 2], a: [2], b: [2] }, ({ x: v, rows: table, a, b }) => {
    const [[end], [before]] = scanSteps(steps([a!, b!, a!]), [v!], [table!], { reverse });
    return { end: end!, before: before! };
  });
  const executable = await reference().compile(graph);
  const { end, before } = await executable.run({
    x: hostArray(Float64Array.from(x), [2]),
    rows: hostArray(Float64Array.from(rows), [3, 2]),
    a: hostArray(Float64Array.of(0.1, 0.2), [2]),
    b: hostArray(Float64Array.of(-0.3, 0.4), [2]),
  });
  return { end: [...end!.data], before: [...before!.data], scans: graph.nodes.filter((n) => n.op === "scan").length };
}

/** The same in plain numbers. */
function due(literals: readonly number[], reverse: boolean) {
  const outside = [
    [0.1, 0.2],
    [-0.3, 0.4],
    [0.1, 0.2],
  ];
  let v = x;
  const before: number[][] = [];
  for (const i of reverse ? [2, 1, 0] : [0, 1, 2]) {
    before[i] = v;
    v = v.map((value, d) => value * rows[2 * i + d]! + literals[i]! + outside[i]![d]!);
  }
  return { end: v, before: before.flat() };
}

const step =
  (add: (v: Tensor) => Tensor, outside: Tensor): ScanStep =>
  ([v], [row]) => [[op.add(add(op.mul(v!, row!)), outside)], [v!]];

describe("scanSteps", () => {
  for (const reverse of [false, true]) {
    const order = reverse ? "the last step first" : "the first step first";
    test(`runs steps that differ in literals and outer values as one scan, ${order}`, async () => {
      const literals = [7, 8, 9];
      const { scans, ...given } = await run(
        (outside) => literals.map((c, i) => step((v) => op.add(v, op.constant([c, c])), outside[i]!)),
        reverse,
      );
      expect(scans).toBe(1);
      const wanted = due(literals, reverse);
      for (const name of ["end", "before"] as const)
        wanted[name].forEach((v, i) => void expect(given[name][i]).toBeCloseTo(v, 12));
    });

    test(`runs steps of different operators one by one, ${order}`, async () => {
      const literals = [7, 0, 9];
      const { scans, ...given } = await run(
        (outside) => literals.map((c, i) => step(c === 0 ? (v) => v : (v) => op.add(v, c), outside[i]!)),
        reverse,
      );
      expect(scans).toBe(0);
      const wanted = due(literals, reverse);
      for (const name of ["end", "before"] as const)
        wanted[name].forEach((v, i) => void expect(given[name][i]).toBeCloseTo(v, 12));
    });
  }

  test("tells literals apart that happen to be equal within one step", async () => {
    const pairs = [
      [7, 7],
      [8, 1],
      [9, 2],
    ];
    const { scans, end } = await run(
      (outside) =>
        pairs.map(([c, d], i) =>
          step((v) => op.add(op.add(v, op.constant([c!, c!])), op.constant([d!, d!])), outside[i]!),
        ),
      false,
    );
    expect(scans).toBe(1);
    due([14, 9, 11], false).end.forEach((v, i) => void expect(end[i]).toBeCloseTo(v, 12));
  });
});
