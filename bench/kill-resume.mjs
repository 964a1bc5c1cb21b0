// Kills training runs and resumes them: what stands after a SIGKILL, and whether the resumed run ends alike.
//
//   node bench/kill-resume.mjs --corpus FOLDER [--kills 20] [--epochs 6] [--threads 1]
//
// One run is left alone. Then, for each kill, a run of the same settings is killed: two in three at moments spread from
// its first checkpoint to its last, the others while a file is being written (seen by its .partial). The model that
// stands must load, and its validation figure, recomputed, be one in metrics.jsonl; resumed, the run must end with the
// bytes and the files of the run left alone. Prints one JSON line a kill and one of the counts.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { onnx } from "@normflow/backend-onnx";
import { open } from "@normflow/core";
import { all } from "@normflow/layers/all";
import { Corpus, MelodyModel, readTunes, toEvent } from "@normflow/music";

const { values: args } = parseArgs({
  options: {
    corpus: { type: "string" },
    kills: { type: "string", default: "20" },
    epochs: { type: "string", default: "6" },
    threads: { type: "string", default: "1" },
  },
});
const kills = Number(args.kills);
const flowctl = fileURLToPath(new URL("../apps/cli/bin/flowctl.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "normflow-kill-"));
const config = join(folder, "config.json");
writeFileSync(
  config,
  JSON.stringify({
    epochs: Number(args.epochs),
    checkpointEvery: 10,
    options: { width: 32, blocks: 1, hidden: 64 },
  }),
);

const start = (run, ...more) =>
  spawn(process.execPath, [flowctl, "train", args.corpus, "-o", run, "--threads", args.threads, ...more], {
    stdio: "ignore",
  });
const ended = (child) => new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const filesOf = (run) =>
  readdirSync(run, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(run, join(entry.parentPath, entry.name)))
    .sort();
const partials = (run) => filesOf(run).filter((name) => name.endsWith(".partial"));
const lastCheckpoint = (run) => join(run, "checkpoints", "last.safetensors");
const lines = (run) =>
  readFileSync(join(run, "metrics.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line) => JSON.parse(line));

/** Waits until a run has written its n-th checkpoint or has ended; returns how many it wrote. */
async function checkpoints(run, end, n) {
  let [seen, last, over] = [0, 0, false];
  end.then(() => {
    over = true;
  });
  while (!over && seen < n) {
    const time = statSync(lastCheckpoint(run), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (time !== last) seen++;
    last = time;
    await pause(1);
  }
  return seen;
}

// The run left alone, and how many checkpoints it writes.
const alone = join(folder, "alone");
const whole = ended(start(alone, "--config", config));
const total = await checkpoints(alone, whole, Number.POSITIVE_INFINITY);
if ((await whole) !== 0) throw new Error("The run left alone failed.");

const corpus = new Corpus();
for (const name of readdirSync(args.corpus).sort())
  corpus.add(name, readTunes(name, readFileSync(join(args.corpus, name))));
const valid = corpus
  .finish()
  .windows.filter((w) => w.inRange && w.split === "valid")
  .map((w) => toEvent(w.grid));
const cpu = await onnx();

/** Whether the model of a killed run loads and scores as one of the lines says; without an evaluation there is none. */
async function surviving(run) {
  const path = join(run, "model.safetensors");
  if (!existsSync(path))
    return { model: "none yet", sound: !existsSync(join(run, "metrics.jsonl")) || lines(run).length <= 1 };
  const opened = open(readFileSync(path), all);
  const model = MelodyModel.from(opened, cpu);
  const bits = await model.bits(valid);
  await model.dispose();
  const measured = bits.reduce((a, b) => a + b, 0) / bits.length;
  const stated = opened.facts.valid.bits;
  const known = lines(run).some((line) => line.valid === stated);
  return { model: stated, sound: known && Math.abs(measured - stated) < 1e-4 };
}

const counts = { kills: 0, duringWrites: 0, models: 0, sound: 0, sameBytes: 0, strayFiles: 0 };
for (let k = 0; k < kills; k++) {
  const run = join(folder, `run-${k}`);
  const duringWrite = k % 3 === 0;
  const child = start(run, "--config", config);
  const exit = ended(child);
  await checkpoints(run, exit, 1 + Math.round(((total - 2) * k) / Math.max(1, kills - 1)));
  if (!duringWrite) await pause((k * 37) % 100);
  // Since this loop has no pause, the kill follows the sight of the partial file within a fraction of a millisecond.
  if (duringWrite)
    for (const until = performance.now() + 20_000; partials(run).length === 0 && performance.now() < until; );
  child.kill("SIGKILL");
  const how = await exit;
  const [killed, left] = [how === "SIGKILL", partials(run).length];
  const state = await surviving(run);
  const code = await ended(start(run, "--resume"));
  const names = filesOf(run);
  const wanted = filesOf(alone);
  const differing = wanted.filter(
    (name) => name !== "env.json" && !readFileSync(join(run, name)).equals(readFileSync(join(alone, name))),
  );
  const stray = names.filter((name) => !wanted.includes(name));
  counts.kills += killed ? 1 : 0;
  counts.duringWrites += left > 0 ? 1 : 0;
  counts.models += typeof state.model === "number" ? 1 : 0;
  counts.sound += state.sound ? 1 : 0;
  counts.sameBytes += code === 0 && differing.length === 0 ? 1 : 0;
  counts.strayFiles += stray.length;
  console.log(
    JSON.stringify({ kill: k, ended: how, duringWrite: left > 0, ...state, resumed: code, differing, stray }),
  );
  rmSync(run, { recursive: true });
}
console.log(JSON.stringify({ ...counts, of: kills }));
await cpu.dispose();
rmSync(folder, { recursive: true });
const good = counts.kills === kills && counts.sound === kills && counts.sameBytes === kills && counts.strayFiles === 0;
process.exitCode = good ? 0 : 1;
