import { expect, test } from "vitest";
import { trace } from "../graph/builder.ts";
import { printGraph } from "../graph/print.ts";
import type { Tensor } from "../graph/tensor.ts";
import { zeros } from "./parameter.ts";
import { flatten, unflatten } from "./program.ts";

const parts = (flat: Tensor): readonly Tensor[] =>
  unflatten([zeros([2, 3]), zeros([]), zeros([4])], flat) as readonly Tensor[];

test("flatten gives back what unflatten has cut, and joins the rest", () => {
  const whole = (order: readonly number[]) =>
    printGraph(
      trace({ flat: [12] }, ({ flat }) => {
        const all = parts(flat!);
        return { vector: flatten(order.map((i) => all[i]!)) };
      }),
    );
  expect(whole([0, 1, 2])).toMatch(/slice\(%0\) \{axis=0, start=0, size=11\}\nreturn/);
  expect(whole([1, 2])).toMatch(/slice\(%0\) \{axis=0, start=6, size=5\}\nreturn/);
  expect(whole([0, 2])).toMatch(/concat\(%1, %5\) \{axis=0\}\nreturn/);
  const all = trace({ flat: [11] }, ({ flat }) => ({ vector: flatten(parts(flat!)) }));
  expect(all.outputs).toEqual(all.inputs);
});
