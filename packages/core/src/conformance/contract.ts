/**
 * What every backend promises of its executables beside the numbers: whose memory is whose, what is carried, what is refused.
 *
 * @module
 */
import type { Backend, Executable, HostArray } from "../backend.ts";
import { BackendError, FlowError } from "../error.ts";
import { trace } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { symbol } from "../graph/size.ts";
import { add, mul, square, sub } from "../ops/elementwise.ts";
import { dynamicSlice, dynamicUpdateSlice } from "../ops/layout.ts";
import { sum } from "../ops/reduce.ts";
import type { BackendCheck } from "./check.ts";

const N = symbol("N");
const row = (...data: number[]): HostArray => ({ data: Float32Array.from(data), shape: [data.length] });
const list = (array: HostArray | undefined): number[] => Array.from(array!.data);

const HINT = "The reference backend keeps this promise: compare with it.";

/** Holds plain data against what was due. */
function expectSame(actual: unknown, due: unknown, what: string): void {
  const [a, d] = [JSON.stringify(actual), JSON.stringify(due)];
  if (a !== d) throw new BackendError("contract", `${what}: ${a} where ${d} was due.`, { hint: HINT });
}

/** Holds a refusal against the code that was due. */
async function expectRefused(promise: Promise<unknown>, code: string, what: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  const seen = error instanceof FlowError ? error.code : error === undefined ? "no error" : String(error);
  if (seen !== code)
    throw new BackendError("contract", `${what}: ${seen} where an error of code ${code} was due.`, {
      hint: HINT,
      cause: error,
    });
}

/** A case on one executable, which is disposed of whatever happens. */
const on = (
  name: string,
  graph: () => Graph,
  options: Parameters<Backend["compile"]>[1],
  body: (executable: Executable, backend: Backend) => Promise<void>,
): BackendCheck => ({
  name,
  async run(backend) {
    const executable = await backend.compile(graph(), options);
    try {
      await body(executable, backend);
    } finally {
      await executable.dispose();
    }
  },
});

/** Momentum: v′ = v/2 + x, p′ = p − v′, and the old p returned. */
const momentum = (): Graph =>
  trace({ p: [2], v: [2], x: [2] }, ({ p, v, x }) => {
    const next = add(mul(v, 0.5), x);
    return { moved: sub(p, next), next, before: p };
  });
const kept = { resident: ["p", "v"], carry: { moved: "p", next: "v" } };

const resident: readonly BackendCheck[] = [
  on("carried values go from one run to the next", momentum, kept, async (e) => {
    await e.put({ p: row(10, 20), v: row(0, 0) });
    const seen: number[][] = [];
    for (let i = 0; i < 3; i++) seen.push(list((await e.run({ x: row(1, 2) }))["before"]));
    const { p, v } = await e.get(["p", "v"]);
    expectSame(
      [seen, list(p), list(v)],
      [
        [
          [10, 20],
          [9, 18],
          [7.5, 15],
        ],
        [5.75, 11.5],
        [1.75, 3.5],
      ],
      "p and v",
    );
  }),
  on(
    "carried values may change places",
    () => trace({ a: [2], b: [2] }, ({ a, b }) => ({ a: b, b: a, total: add(a, b) })),
    { resident: ["a", "b"], carry: { a: "a", b: "b" } },
    async (e) => {
      await e.put({ a: row(1, 2), b: row(3, 4) });
      for (let i = 0; i < 3; i++) expectSame(list((await e.run({}))["total"]), [4, 6], "a + b");
      const { a, b } = await e.get(["a", "b"]);
      expectSame(
        [list(a), list(b)],
        [
          [3, 4],
          [1, 2],
        ],
        "a and b after three exchanges",
      );
    },
  ),
  on("resident values are the backend's own: nothing put, got or returned is shared", momentum, kept, async (e) => {
    const p = row(10, 20);
    await e.put({ p, v: row(0, 0) });
    p.data[0] = 99;
    const got = (await e.get(["p"]))["p"]!;
    got.data[1] = 99;
    const first = (await e.run({ x: row(0, 0) }))["before"]!;
    expectSame(list(first), [10, 20], "p after the caller changed what was put and got");
    first.data.fill(7);
    expectSame(Object.keys(await e.run({ x: row(0, 0) })), ["before"], "what is returned");
    expectSame(list((await e.get(["p"]))["p"]), [10, 20], "p after the caller changed what was returned");
  }),
  on("results lie in memory that later runs leave alone", momentum, kept, async (e) => {
    await e.put({ p: row(10, 20), v: row(0, 0) });
    const first = await e.run({ x: row(1, 1) });
    const { p } = await e.get(["p"]);
    for (let i = 0; i < 4; i++) await e.run({ x: row(1, 1) });
    expectSame(
      [list(first["before"]), list(p)],
      [
        [10, 20],
        [9, 19],
      ],
      "what an earlier run and get gave",
    );
  }),
  on(
    "resident values are computed with again when they are put again",
    () => trace({ w: [2], x: [2] }, ({ w, x }) => ({ y: mul(square(w), x) })),
    { resident: ["w"] },
    async (e) => {
      for (const w of [2, 3]) {
        await e.put({ w: row(w, w) });
        for (const x of [1, 5])
          expectSame(list((await e.run({ x: row(x, x) }))["y"]), [w * w * x, w * w * x], `y for w = ${w}`);
      }
    },
  ),
  on("resident values survive a run that is refused", momentum, kept, async (e) => {
    await e.put({ p: row(1, 2), v: row(0, 0) });
    const refused = e.run({ x: row(1, 2, 3) });
    const said = await refused.then(
      () => "nothing",
      (error: Error) => error.message,
    );
    const due = "Input x has shape [3] where [2] is expected";
    if (!said.includes(due))
      throw new BackendError("contract", `A wrong shape: ${said} where "${due}" was due.`, { hint: HINT });
    expectSame(list((await e.get(["p"]))["p"]), [1, 2], "p after a refused run");
  }),
  on("resident values are missing until they are put, and refused in the wrong size", momentum, kept, async (e) => {
    await expectRefused(e.run({ x: row(1, 2) }), "missing-input", "a run without p");
    await expectRefused(e.get(["p"]), "missing-input", "get of p");
    const wrong = { data: new Float32Array(3), shape: [2] };
    await expectRefused(e.put({ p: wrong }), "input-size", "three values for shape [2]");
  }),
  on(
    "resident values may change their size",
    () => trace({ s: [N], x: [N] }, ({ s, x }) => ({ next: add(s, x), total: sum(s) })),
    { resident: ["s"], carry: { next: "s" } },
    async (e) => {
      await e.put({ s: row(1, 2, 3) });
      await e.run({ x: row(1, 1, 1) });
      await e.put({ s: row(5, 5) });
      expectSame(list((await e.run({ x: row(1, 2) }))["total"]), [10], "the sum of two");
      expectSame(list((await e.get(["s"]))["s"]), [6, 7], "s");
      const error = await e.run({ x: row(1, 2, 3) }).catch((cause: unknown) => cause);
      expectSame((error as Error).name, "ShapeError", "three beside two");
    },
  ),
];

const runs: readonly BackendCheck[] = [
  on(
    "runs return arrays of the caller's own, inputs and one value twice among them",
    () => trace({ x: [2], unused: [1] }, ({ x }) => ({ x, y: add(x, 1), again: add(x, 1) })),
    {},
    async (e) => {
      const given = row(1, 2);
      const first = await e.run({ x: given, unused: row(0) });
      for (const { data } of Object.values(first)) {
        expectSame(data.buffer.byteLength, 2 * data.BYTES_PER_ELEMENT, "bytes behind a result of two");
        data.fill(9);
      }
      await e.run({ x: row(5, 6), unused: row(0) });
      expectSame(list(given), [1, 2], "the input after the caller changed the results");
      expectSame(Object.values(first).map(list), Array(3).fill([9, 9]), "the results after another run");
    },
  ),
  on(
    "runs of many sizes share one executable",
    () => trace({ x: [N] }, ({ x }) => ({ y: sum(square(x)) })),
    {},
    async (e) => {
      for (const turn of [0, 1])
        for (let n = 0; n < 20; n++) {
          const x = Array.from({ length: n }, (_, i) => i + turn);
          const due = x.reduce((a, b) => a + b * b, 0);
          expectSame(list((await e.run({ x: row(...x) }))["y"]), [due], `the sum of ${n} squares`);
        }
    },
  ),
  on("runs that overlap are done one after another", momentum, kept, async (e) => {
    await e.put({ p: row(0, 0), v: row(0, 0) });
    const results = await Promise.all([1, 2, 3].map((k) => e.run({ x: row(k, k) })));
    expectSame(
      results.map((r) => list(r["before"])[0]),
      [0, -1, -3.5],
      "p before each of three runs",
    );
  }),
  on(
    "a start that is no number stays within memory",
    () =>
      trace({ x: [100], u: [50], s: [] }, ({ x, u, s }) => ({
        y: dynamicUpdateSlice(mul(x, 2), 0, s, u),
        z: dynamicSlice(x, 0, s, 50),
      })),
    {},
    async (e) => {
      const [x, u] = [new Float32Array(100).fill(1), new Float32Array(50).fill(5)];
      for (const start of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.9]) {
        const s = { data: Float32Array.of(start), shape: [] };
        const result = await e.run({ x: { data: x, shape: [100] }, u: { data: u, shape: [50] }, s }).catch((error) => {
          // NaN may be refused, as ONNX Runtime does; it must not read or write elsewhere.
          if (Number.isNaN(start) && error instanceof BackendError) return undefined;
          throw error;
        });
        if (!result) continue;
        const { y, z } = result;
        const totals = [y, z].map((t) => list(t).reduce((a, b) => a + b));
        expectSame(totals, [350, 50], `the sums for a start of ${start}`);
      }
    },
  ),
  {
    name: "two executables do not disturb each other",
    async run(backend) {
      const [one, two] = [await backend.compile(momentum(), kept), await backend.compile(momentum(), kept)];
      try {
        await one.put({ p: row(1, 1), v: row(0, 0) });
        await two.put({ p: row(5, 5), v: row(0, 0) });
        const seen = await Promise.all([one, two, one, two].map((e) => e.run({ x: row(1, 1) })));
        expectSame(
          seen.map((r) => list(r["before"])[0]),
          [1, 5, 0, 4],
          "p before each run",
        );
        await one.dispose();
        expectSame(list((await two.run({ x: row(0, 0) }))["before"]), [2.5, 2.5], "p of the one that is left");
      } finally {
        await one.dispose();
        await two.dispose();
      }
    },
  },
  on("after dispose everything is refused, and dispose may come twice", momentum, kept, async (e) => {
    await e.dispose();
    await e.dispose();
    const calls = { run: () => e.run({}), put: () => e.put({}), get: () => e.get(["p"]) };
    for (const [name, call] of Object.entries(calls)) await expectRefused(call(), "disposed", `${name} after dispose`);
  }),
];

/** Every promise that a backend keeps, whatever it computes on. */
export const contractChecks: readonly BackendCheck[] = [...resident, ...runs];
