import {
  add,
  at,
  type Backend,
  broadcastTo,
  concat,
  constant,
  customVjp,
  div,
  dynamicSlice,
  dynamicUpdateSlice,
  exp,
  expandDims,
  FlowError,
  gradients,
  greater,
  iota,
  less,
  loop,
  matmul,
  mul,
  reshape,
  scan,
  select,
  sin,
  slice,
  softmax,
  square,
  sub,
  sum,
  symbol,
  type Tensor,
  tanh,
  trace,
} from "@normflow/core";
import { expectLikeReference, uniformValues } from "@normflow/core/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onnx } from "./index.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await onnx({ threads: 1 });
});
afterAll(() => backend.dispose());

const random = (shape: readonly number[], low = -2, high = 2, seed = 1) => uniformValues(shape, low, high, seed);
const N = symbol("N");

/** A recurrent layer that reads a captured matrix. */
const recurrent = (w: Tensor, x: Tensor, length: number, reverse = false) =>
  scan(
    ([h]: readonly [Tensor], [xi], i): readonly [readonly [Tensor], readonly [Tensor, Tensor]] => {
      const next = tanh(add(matmul(h, w), xi));
      return [[next], [add(next, i), sum(next)]];
    },
    [mul(reshape(slice(x, 0, 0, 1), [2, 3]), 0.5)] as const,
    [x],
    { length, reverse },
  );

describe("scan", () => {
  for (const reverse of [false, true])
    it(`captures constants${reverse ? ", in reverse" : ""}`, async () => {
      const graph = trace({ w: [3, 3], x: [5, 2, 3] }, ({ w, x }) => {
        const [[last], [all, sums]] = recurrent(exp(mul(w, 0.3)), x, 5, reverse);
        return { last, all, sums, start: reshape(slice(x, 0, 0, 1), [2, 3]) };
      });
      await expectLikeReference(backend, graph, { w: random([3, 3]), x: random([5, 2, 3], -1, 1, 7) });
    });

  it("of no steps returns its first carry and empty results", async () => {
    const graph = trace({ w: [3, 3], x: [0, 2, 3], h: [2, 3] }, ({ w, x, h }) => {
      const [[last], [all]] = scan(
        ([c]: readonly [Tensor], [xi]) => [[matmul(c, w)], [xi]] as const,
        [h] as const,
        [x],
        { length: 0 },
      );
      return { last, all };
    });
    const empty = { data: new Float32Array(0), shape: [0, 2, 3] };
    await expectLikeReference(backend, graph, { w: random([3, 3]), x: empty, h: random([2, 3]) });
  });

  it("passes through carries that are inputs, captured, literal or swapped", async () => {
    const graph = trace({ a: [2], b: [2] }, ({ a, b }) => {
      const c = exp(a);
      const [carry, ys] = scan(
        ([p, q]: readonly [Tensor, Tensor, Tensor, Tensor], _none, i) =>
          [
            [q, p, c, constant([1, 2])],
            [p, p, c, i],
          ] as const,
        [a, b, add(a, b), b] as const,
        [],
        { length: 3 },
      );
      return Object.fromEntries([...carry, ...ys, a, a].map((t, i) => [`y${i}`, t]));
    });
    await expectLikeReference(backend, graph, { a: random([2]), b: random([2], -2, 2, 3) });
  });

  it("nests", async () => {
    const graph = trace({ x: [3, 4], k: [4] }, ({ x, k }) => {
      const [[total], [rows]] = scan(
        ([t]: readonly [Tensor], [row], i) => {
          const [[inner]] = scan(
            ([s]: readonly [Tensor], [v, kv]) => [[add(mul(s, kv), mul(v, add(i, sum(k))))], []] as const,
            [sum(row)] as const,
            [row, k],
            { length: 4 },
          );
          return [[add(t, inner)], [inner]] as const;
        },
        [constant(0)] as const,
        [x],
        { length: 3 },
      );
      return {
        total,
        rows,
        gradient: gradients(total, [x])[0]!,
        second: gradients(sum(square(gradients(total, [x])[0]!)), [k])[0]!,
      };
    });
    await expectLikeReference(backend, graph, { x: random([3, 4]), k: random([4], -1, 1, 5) });
  });

  it("has gradients, and gradients of these, through captured constants", async () => {
    const graph = trace({ w: [3, 3], x: [4, 2, 3] }, ({ w, x }) => {
      const [[last], [all]] = recurrent(w, x, 4);
      const loss = add(sum(square(last)), sum(sin(all)));
      const [gw, gx] = gradients(loss, [w, x]) as [Tensor, Tensor];
      const [gg] = gradients(sum(square(gw)), [w]) as [Tensor];
      return { loss, gw, gx, gg };
    });
    await expectLikeReference(backend, graph, { w: random([3, 3], -0.7, 0.7), x: random([4, 2, 3], -1, 1, 7) }, 1e-4);
  });

  it("has gradients through a cache of keys and values", async () => {
    const [T, d] = [5, 4];
    const graph = trace({ x: [T, N, d], w: [d, d] }, ({ x, w }) => {
      const empty = broadcastTo(0, [N, T, d]);
      const [, [ys]] = scan(
        ([keys]: readonly [Tensor], [xi], i) => {
          const key = matmul(xi, w);
          const next = dynamicUpdateSlice(keys, 1, i, expandDims(key, 1));
          const scores = matmul(expandDims(xi, 1), next, { transposeB: true });
          const seen = select(greater(add(i, 1), iota(T)), scores, -1e9);
          return [[next], [reshape(matmul(softmax(seen, -1), next), [N, d])]] as const;
        },
        [empty] as const,
        [x],
        { length: T },
      );
      const [gx, gw] = gradients(sum(square(ys)), [x, w]) as [Tensor, Tensor];
      return { ys, gx, gw };
    });
    await expectLikeReference(backend, graph, { x: random([T, 3, d], -1, 1), w: random([d, d], -0.7, 0.7, 9) }, 1e-4);
  });

  it("computes before the loop what does not change in it", async () => {
    const graph = trace({ x: [3, 2], w: [2, 2] }, ({ x, w }) => {
      const [[h]] = scan(
        ([c]: readonly [Tensor], [xi]) =>
          [[add(mul(c, sum(exp(w))), select(greater(w, 0), expandDims(xi, 0), at(w, 0, 1)))], []] as const,
        [w] as const,
        [x],
        { length: 3 },
      );
      return { h };
    });
    await expectLikeReference(backend, graph, { x: random([3, 2]), w: random([2, 2], -1, 1, 3) });
  });
});

describe("loop", () => {
  const newton = (limit: number) =>
    trace({ a: [N], start: [N] }, ({ a, start }) => {
      const [x, steps] = loop(
        ([y, k]: readonly [Tensor, Tensor]) => mul(greater(sum(square(sub(square(y), a))), 1e-8), less(k, 40)),
        ([y, k]) => [mul(0.5, add(y, div(a, y))), add(k, 1)] as const,
        [start, constant(0)] as const,
        { limit },
      );
      return { x, steps };
    });

  for (const limit of [0, 1, 3, 60])
    it(`ends by its condition or after ${limit} steps`, async () => {
      const a = { data: Float32Array.of(2, 9, 0.25), shape: [3] };
      await expectLikeReference(backend, newton(limit), { a, start: { data: Float32Array.of(1, 1, 1), shape: [3] } });
    });

  it("does not begin where its condition fails", async () => {
    const graph = trace({ x: [2] }, ({ x }) => {
      const [y] = loop(
        ([c]: readonly [Tensor]) => greater(sum(c), 1e6),
        ([c]) => [mul(c, 2)] as const,
        [x] as const,
        { limit: 9 },
      );
      return { y };
    });
    await expectLikeReference(backend, graph, { x: random([2]) });
  });

  it("has no gradient but that of a customVjp", async () => {
    const graph = trace({ x: [2] }, ({ x }) => {
      const [root] = customVjp(
        "double",
        ([v]) =>
          loop(
            ([c]: readonly [Tensor]) => less(sum(c), 100),
            ([c]) => [mul(c, 2)] as const,
            [v!] as const,
            { limit: 20 },
          ),
        (_, __, [ct]) => [mul(ct!, 3)],
        [x],
      ) as readonly [Tensor];
      return { y: concat([root, gradients(sum(root), [x])[0]!], 0), z: dynamicSlice(root, 0, 1, 1) };
    });
    await expectLikeReference(backend, graph, { x: random([2], 0.5, 1) });
    expect(() =>
      trace({ x: [2] }, ({ x }) => {
        const [y] = loop(
          ([c]: readonly [Tensor]) => less(sum(c), 9),
          ([c]) => [mul(c, 2)] as const,
          [x] as const,
          { limit: 20 },
        );
        return { g: gradients(sum(y), [x])[0]! };
      }),
    ).toThrow(FlowError);
  });
});
