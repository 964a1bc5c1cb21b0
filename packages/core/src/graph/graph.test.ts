import { describe, expect, it } from "vitest";
import { gradients } from "../grad/gradients.ts";
import * as op from "../ops/index.ts";
import { optimise } from "../passes/optimise.ts";
import { trace } from "./builder.ts";
import { hashGraph, printGraph } from "./print.ts";
import { addSizes, bindSizes, mulSizes, resolveSize, sameSize, subSizes, symbol } from "./size.ts";
import type { Tensor } from "./tensor.ts";

const N = symbol("N");
const S = symbol("S");

describe("sizes", () => {
  it("are equal exactly when they are the same polynomial", () => {
    expect(sameSize(mulSizes(addSizes(N, 1), addSizes(N, -1)), subSizes(mulSizes(N, N), 1))).toBe(true);
    expect(sameSize(mulSizes(N, S), mulSizes(S, N))).toBe(true);
    expect(sameSize(N, S)).toBe(false);
    expect(subSizes(N, N)).toBe(0);
  });

  it("take their values from inputs, and say which input disagrees", () => {
    const specs = [
      { name: "x", shape: [N, 2] },
      { name: "y", shape: [mulSizes(N, S), N, S] },
    ];
    const bindings = bindSizes(specs, [
      [3, 2],
      [12, 3, 4],
    ]);
    expect(resolveSize(addSizes(mulSizes(2, N), S), bindings)).toBe(10);
    expect(() =>
      bindSizes(specs, [
        [3, 2],
        [11, 3, 4],
      ]),
    ).toThrow("Input y has shape [11, 3, 4] where [N*S, N, S] is expected (N = 3, S = 4).");
    expect(() =>
      bindSizes(specs, [
        [3, 1],
        [12, 3, 4],
      ]),
    ).toThrow("Input x has shape [3, 1]");
  });

  it("are named by letters and digits", () => {
    expect(() => symbol("2N")).toThrow("named by letters");
  });
});

describe("tracing", () => {
  it("makes one node of equal applications", () => {
    const graph = trace({ x: [N] }, ({ x }) => ({ y: op.add(op.exp(x), op.exp(x)) }));
    expect(graph.nodes.map((n) => n.op)).toEqual(["input", "exp", "add"]);
  });

  it("captures values of outer traces through two levels", () => {
    const graph = trace({ x: [3], w: [3] }, ({ x, w }) => {
      const [[last]] = op.scan(
        ([a]: readonly [Tensor]) => {
          const [[b]] = op.scan(([c]: readonly [Tensor]) => [[op.mul(c, w)], []] as const, [a] as const, [], {
            length: 2,
          });
          return [[b], []] as const;
        },
        [x] as const,
        [],
        { length: 3 },
      );
      return { last };
    });
    const outer = graph.nodes.find((n) => n.op === "scan");
    expect(outer?.op === "scan" && outer.params.constants).toBe(1);
  });

  it("refuses a tensor of another trace", () => {
    let stray: Tensor | undefined;
    trace({ x: [2] }, ({ x }) => {
      stray = x;
      return { x: op.neg(x) };
    });
    expect(() => trace({ y: [2] }, ({ y }) => ({ z: op.add(y, stray!) }))).toThrow(
      "A tensor of shape [2] belongs to another trace.",
    );
  });

  it("exists only inside a trace", () => {
    expect(() => op.exp(1)).toThrow("Tensors exist only while a function is traced.");
  });
});

describe("printing", () => {
  const build = (factor: number) =>
    trace({ x: [N, 2] }, ({ x }) => {
      const [[y]] = op.scan(([c]: readonly [Tensor]) => [[op.mul(c, factor)], []] as const, [x] as const, [], {
        length: 2,
      });
      return { y };
    });

  it("shows one node a line and inner graphs below theirs", () => {
    expect(printGraph(build(3))).toMatchInlineSnapshot(`
      "%0: [N, 2] = input x
      %1: [2] = iota() {size=2}
      %2: [N, 2] = scan(%0, %1) {constants=0, carry=1, length=2, reverse=false}
        body:
          %0: [N, 2] = input carry0
          %1: [] = input x0
          %2: [] = constant() {data=[3], shape=[]}
          %3: [N, 2] = mul(%0, %2)
          return output0 = %3
      return y = %2"
    `);
  });

  it("has a fingerprint that follows what is computed", () => {
    expect(hashGraph(build(3))).toBe(hashGraph(build(3)));
    expect(hashGraph(build(3))).not.toBe(hashGraph(build(4)));
    const long = (last: number) => trace({}, () => ({ y: op.constant([...Array(99).fill(1), last]) }));
    expect(hashGraph(long(1))).not.toBe(hashGraph(long(2)));
  });
});

describe("misuse", () => {
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    [
      "add",
      () => trace({ a: [2], b: [3] }, ({ a, b }) => ({ y: op.add(a, b) })),
      "add: shapes [2] and [3] do not broadcast.",
    ],
    [
      "matmul",
      () => trace({ a: [2, 3], b: [4, 5] }, ({ a, b }) => ({ y: op.matmul(a, b) })),
      "matmul: inner sizes 3 and 4 differ",
    ],
    [
      "reshape",
      () => trace({ a: [2, 3] }, ({ a }) => ({ y: op.reshape(a, [4]) })),
      "reshape: [2, 3] does not have the elements of [4].",
    ],
    [
      "axis",
      () => trace({ a: [2, 3] }, ({ a }) => ({ y: op.sum(a, 2) })),
      "There is no axis 2 in a tensor of shape [2, 3].",
    ],
    [
      "slice",
      () => trace({ a: [4] }, ({ a }) => ({ y: op.slice(a, 0, 2, 3) })),
      "slice: entries 2 to 5 are outside axis 0 of [4].",
    ],
    [
      "concat",
      () => trace({ a: [4], b: [2, 2] }, ({ a, b }) => ({ y: op.concat([a, b], 0) })),
      "concat: [4], [2, 2] differ outside axis 0.",
    ],
    [
      "gather",
      () => trace({ a: [4, 2], i: [3, 3] }, ({ a, i }) => ({ y: op.gather(a, 0, i) })),
      "gather: an index [3, 3] does not fit [4, 2] along axis 0.",
    ],
    [
      "gradient",
      () => trace({ a: [4] }, ({ a }) => ({ y: gradients(a, [a])[0]! })),
      "A gradient is taken of a scalar, not of [4].",
    ],
  ];
  it.each(cases)("%s", (_, misuse, sentence) => {
    expect(misuse).toThrow(sentence);
  });

  it("loop has no gradient of its own", () => {
    const misuse = () =>
      trace({ a: [] }, ({ a }) => {
        const [y] = op.loop(
          () => op.greater(1, 0),
          ([x]: readonly [Tensor]) => [op.mul(x, 2)] as const,
          [a] as const,
          { limit: 3 },
        );
        return { g: gradients(y, [a])[0]! };
      });
    expect(misuse).toThrow("loop: its number of steps is not known when the gradient is traced.");
  });
});

describe("reverse mode through scan", () => {
  const T = 7;
  const build = () =>
    trace({ x: [T, 3] }, ({ x }) => {
      const [[cache]] = op.scan(
        ([c]: readonly [Tensor], [row], index) =>
          [[op.dynamicUpdateSlice(c, 0, index, op.expandDims(op.add(op.sum(c, 0), op.sin(row)), 0))], []] as const,
        [op.broadcastTo(0, [T, 3])] as const,
        [x],
        { length: T },
      );
      return { g: gradients(op.sum(op.square(cache)), [x])[0]! };
    });

  it("runs the forward pass once", () => {
    const scans = optimise(build()).nodes.filter((n) => n.op === "scan");
    expect(scans).toHaveLength(2);
  });

  it("keeps of a cache only what each step overwrites", () => {
    for (const node of optimise(build()).nodes)
      if (node.op === "scan")
        for (const t of node.outputs) expect(t.shape.filter((d) => d === T).length, String(t.shape)).toBeLessThan(2);
  });
});
