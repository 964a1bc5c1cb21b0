// Memory of training Glow with stored and with recomputed activations: peak of the whole process in MiB, depth by depth, and
// how far the gradients of the two lie apart.
//
//   node bench/reversible.mjs [--depths 16,64] [--batch 64] [--hidden 64] [--size 32] [--json]
//
// Each figure is a process of its own: one scale of `depth` steps on images [1, size, size], gradients of the mean negative
// log-likelihood with ONNX Runtime on the CPU, run three times; its peak is the largest resident size that Linux saw
// (VmHWM) after the program was built, `above start` what was added to that of an idle process with the runtime loaded, and
// `steps add` what steps add to the built program, which itself grows with the number of layers where activations are
// stored. Times are of the clock and of the processor. `difference` is ‖g − g′‖ / ‖g‖ of all parameters' gradients in
// float32.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { onnx } from "@normflow/backend-onnx";
import {
  gradients,
  hostArray,
  key,
  layoutOf,
  mean,
  neg,
  normal,
  startValues,
  traceProgram,
  uniform,
} from "@normflow/core";
import { glow } from "@normflow/layers";

const { values: args } = parseArgs({
  options: {
    depths: { type: "string", default: "16,64" },
    batch: { type: "string", default: "64" },
    hidden: { type: "string", default: "64" },
    size: { type: "string", default: "32" },
    json: { type: "boolean", default: false },
    one: { type: "string" },
    into: { type: "string" },
  },
});

const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;

/** One measurement, in this process. */
async function measure(kind, depth) {
  const [batch, size] = [Number(args.batch), Number(args.size)];
  const backend = await onnx({ threads: 2, lean: true });
  const idle = peak();
  if (kind === "idle") return { peak: idle };
  const flow = glow({
    event: [1, size, size],
    levels: 1,
    steps: depth,
    hidden: Number(args.hidden),
    reversible: kind === "reversible",
  });
  const { graph, noises } = traceProgram(flow, { mode: "train", inputs: { x: [batch, ...flow.event] } }, (program) => {
    const loss = mean(neg(flow.logProb(program.scope, program.inputs.x)));
    return { loss, gradient: gradients(loss, [program.flat])[0] };
  });
  const layout = layoutOf(flow.params);
  const pixels = uniform(key(3), batch * size * size).map((u) => Math.floor(256 * u));
  const x = hostArray(Float32Array.from(pixels), [batch, ...flow.event]);
  const stateSize = layoutOf(flow.state).size;
  const draws = (specs) =>
    Object.fromEntries(
      specs.map(({ name }) => [
        name,
        hostArray(Float32Array.from(uniform(key(4), batch * size * size)), [batch, ...flow.event]),
      ]),
    );
  // ActNorm starts from data, as in training; then couplings leave the identity, where most gradients would be 0.
  const first = traceProgram(flow, { mode: "init", inputs: { x: [batch, ...flow.event] } }, ({ scope, inputs }) => ({
    loss: mean(neg(flow.logProb(scope, inputs.x))),
  }));
  const starter = await backend.compile(first.graph);
  const started = await starter.run({
    x,
    params: hostArray(startValues(layout, key(1)), [layout.size]),
    state: hostArray(new Float32Array(stateSize), [stateSize]),
    ...draws(first.noises),
  });
  await starter.dispose();
  const jitter = normal(key(2), layout.size);
  const params = Float32Array.from(started.params.data);
  for (const { path, offset, parameter } of layout.entries)
    if (path.includes("network/last"))
      for (let i = offset; i < offset + parameter.size; i++) params[i] += 0.005 * jitter[i];
  const executable = await backend.compile(graph);
  const inputs = {
    x,
    params: hostArray(params, [layout.size]),
    state: hostArray(new Float32Array(stateSize).fill(1), [stateSize]),
    ...draws(noises),
  };
  const own = Object.fromEntries(
    graph.inputs.map(({ node }) => [node.params.name, inputs[node.params.name]]).filter(([, v]) => v),
  );
  // Building a program of many layers leaves garbage that has nothing to do with what a step needs: it is collected, and the
  // kernel's mark of the peak set back, before the steps that are measured.
  const built = peak();
  const warm = await executable.run(own);
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 200));
  globalThis.gc();
  writeFileSync("/proc/self/clear_refs", "5");
  const before = peak();
  let outputs = warm;
  const start = performance.now();
  const cpu = process.cpuUsage();
  for (let i = 0; i < 3; i++) outputs = await executable.run(own);
  const seconds = (performance.now() - start) / 3000;
  const { user, system } = process.cpuUsage(cpu);
  if (args.into) writeFileSync(args.into, Float32Array.from(outputs.gradient.data));
  return {
    peak: peak(),
    before,
    built,
    seconds,
    processor: (user + system) / 3e6,
    loss: outputs.loss.data[0],
    parameters: layout.size,
  };
}

if (args.one) {
  const [kind, depth] = args.one.split(":");
  console.log(JSON.stringify(await measure(kind, Number(depth))));
} else {
  const child = (kind, depth, into) => {
    const extra = ["batch", "hidden", "size"].flatMap((name) => [`--${name}`, args[name]]);
    const result = spawnSync(
      process.execPath,
      ["--expose-gc", fileURLToPath(import.meta.url), "--one", `${kind}:${depth}`, "--into", into, ...extra],
      { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
    );
    if (result.status !== 0) throw new Error(`${kind} of depth ${depth} ended with ${result.status}`);
    return JSON.parse(result.stdout);
  };
  const read = (file) => {
    const bytes = readFileSync(file);
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  };
  const folder = tmpdir();
  const idle = child("idle", 1, join(folder, "idle.bin")).peak;
  const rows = [];
  for (const depth of args.depths.split(",").map(Number)) {
    const files = {};
    for (const kind of ["stored", "reversible"]) {
      files[kind] = join(folder, `gradient-${process.pid}-${kind}-${depth}.bin`);
      const one = child(kind, depth, files[kind]);
      rows.push({ kind, depth, ...one, "above start": one.peak - idle, "steps add": one.peak - one.before });
    }
    const [stored, again] = [read(files.stored), read(files.reversible)];
    let [apart, norm] = [0, 0];
    stored.forEach((v, i) => {
      apart += (v - again[i]) ** 2;
      norm += v ** 2;
    });
    rows.at(-1).difference = Math.sqrt(apart / norm);
  }
  for (const row of rows)
    console.log(
      args.json
        ? JSON.stringify(row)
        : `${row.kind.padEnd(10)} depth ${String(row.depth).padStart(3)}  peak ${row.peak.toFixed(0).padStart(6)} MiB  above start ${row["above start"].toFixed(0).padStart(6)} MiB  steps add ${row["steps add"].toFixed(0).padStart(6)} MiB  ${row.seconds.toFixed(2)} s a pass (processor ${row.processor.toFixed(2)} s)${row.difference === undefined ? "" : `  difference ${row.difference.toExponential(1)}`}`,
    );
  for (const kind of ["stored", "reversible"]) {
    const own = rows.filter((r) => r.kind === kind);
    const [first, last] = [own[0], own.at(-1)];
    const growth = last.peak / first.peak - 1;
    const ofSteps = last["steps add"] / first["steps add"] - 1;
    console.log(
      args.json
        ? JSON.stringify({ kind, from: first.depth, to: last.depth, growth, "growth of what steps add": ofSteps })
        : `${kind}: from depth ${first.depth} to ${last.depth} the peak grows by ${(100 * growth).toFixed(1)}%, what steps add by ${(100 * ofSteps).toFixed(1)}%`,
    );
  }
}
