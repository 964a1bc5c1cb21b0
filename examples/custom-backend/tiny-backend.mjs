// A backend in plain loops on float64, for the primitives that coupling and masked flows need; another one is an error by name.
import * as core from "@normflow/core";
import { array, count, moved, places, repeated, shared, strides } from "./arrays.mjs";

const elementwise = (f) => (inputs) => {
  const shape = shared(inputs.map((x) => x.shape));
  const full = inputs.map((x) => repeated(x, shape).data);
  return array(shape, (i) => f(...full.map((data) => data[i])));
};

function matmul([a, b], { transposeA, transposeB }) {
  const outer = shared([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const [x, y] = [a, b].map((m) => repeated(m, [...outer, ...m.shape.slice(-2)]));
  const [rows, inner] = transposeA ? x.shape.slice(-2).reverse() : x.shape.slice(-2);
  const columns = y.shape.at(transposeB ? -2 : -1);
  const left = (row, k) => (transposeA ? k * rows + row : row * inner + k);
  const right = (k, column) => (transposeB ? column * inner + k : k * columns + column);
  return array([...outer, rows, columns], (i) => {
    const [row, column, batch] = [Math.floor(i / columns) % rows, i % columns, Math.floor(i / (rows * columns))];
    const [p, q] = [batch * rows * inner, batch * inner * columns];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += x.data[p + left(row, k)] * y.data[q + right(k, column)];
    return sum;
  });
}

function reduceSum([x], { axes, keepDims }) {
  const kept = x.shape.map((d, i) => (axes.includes(i) ? 1 : d));
  const out = array(kept, () => 0);
  const to = places(x.shape, strides(kept));
  for (const value of x.data) out.data[to.next().value] += value;
  return { data: out.data, shape: keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i)) };
}

function concat(inputs, { axis }) {
  const length = inputs.reduce((n, x) => n + x.shape[axis], 0);
  const out = array(inputs[0].shape.with(axis, length), () => 0);
  let start = 0;
  for (const x of inputs) {
    const to = places(x.shape, strides(out.shape), start * count(out.shape.slice(axis + 1)));
    for (const value of x.data) out.data[to.next().value] = value;
    start += x.shape[axis];
  }
  return out;
}

/** Entries of an axis. */
const cut = (x, axis, start, size) =>
  moved(x, x.shape.with(axis, size), strides(x.shape), start * count(x.shape.slice(axis + 1)));

const functions = ["abs", "sign", "floor", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "max", "min"];

/** What this backend computes: (arrays, parameters, sizes) to an array. */
const kernels = {
  constant: (_, { data, shape }) => ({ data, shape }),
  ...Object.fromEntries(functions.map((name) => [name, elementwise(Math[name])])),
  neg: elementwise((x) => -x),
  relu: elementwise((x) => Math.max(0, x)),
  sigmoid: elementwise((x) => 1 / (1 + Math.exp(-x))),
  add: elementwise((a, b) => a + b),
  sub: elementwise((a, b) => a - b),
  mul: elementwise((a, b) => a * b),
  div: elementwise((a, b) => a / b),
  greaterEqual: elementwise((a, b) => Number(a >= b)),
  iota: (_, { size }, sizes) => array([core.resolveSize(size, sizes)], (i) => i),
  matmul,
  reduceSum,
  concat,
  reshape: ([x], { shape }, sizes) => ({ data: x.data, shape: core.resolveShape(shape, sizes) }),
  broadcast: ([x], { shape }, sizes) => repeated(x, core.resolveShape(shape, sizes)),
  transpose: ([{ data, shape }], { perm }) => {
    const steps = strides(shape);
    const [axes, moves] = [shape, steps].map((list) => perm.map((p) => list[p]));
    return moved({ data }, axes, moves);
  },
  reverse: ([x], { axes }) => {
    const steps = strides(x.shape);
    const back = steps.map((step, i) => (axes.includes(i) ? -step : step));
    const last = axes.reduce((sum, axis) => sum + steps[axis] * (x.shape[axis] - 1), 0);
    return moved(x, x.shape, back, last);
  },
  slice: ([x], { axis, start, size }, sizes) => cut(x, axis, start, core.resolveSize(size, sizes)),
  dynamicSlice: ([x, start], { axis, size }) =>
    cut(x, axis, Math.max(0, Math.min(start.data[0], x.shape[axis] - size)), size),
};

/** Computes a graph's values in order, each once. */
function evaluate(graph, inputs, sizes) {
  const values = new Map(graph.inputs.map((t, i) => [t, inputs[i]]));
  for (const { op, params, inputs: from, outputs } of graph.nodes) {
    const given = from.map((t) => values.get(t));
    if (op !== "input") values.set(outputs[0], kernels[op](given, params, sizes));
  }
  return graph.outputs.map((t) => values.get(t));
}

async function compile(given, options = {}) {
  const graph = core.optimise(given);
  const missing = graph.nodes.find(({ op }) => op !== "input" && !(op in kernels));
  if (missing)
    throw new core.BackendError("not-lowered", `tiny: there is no primitive ${missing.op} here.`, {
      hint: "Take another backend for this flow.",
    });
  const specs = core.inputSpecs(graph);
  const resident = new Map();
  const keep = (name, value) => resident.set(name, value);
  return {
    async run(inputs) {
      const all = core.gatherInputs(specs, inputs, resident, options);
      const shapes = all.map((x) => x.shape);
      const outputs = evaluate(graph, all, core.bindSizes(specs, shapes));
      return core.splitOutputs(graph.outputNames, outputs, options, keep);
    },
    put: async (values) => Object.entries(values).forEach(([name, value]) => void keep(name, value)),
    get: async (names) => Object.fromEntries(names.map((name) => [name, resident.get(name)])),
    dispose: async () => resident.clear(),
  };
}

const describe = () => "tiny: cpu, 1 thread";

/** Makes the backend. */
export const tiny = () => ({
  name: "tiny",
  device: "cpu",
  precision: "float64",
  describe,
  compile,
  dispose: async () => {},
});
