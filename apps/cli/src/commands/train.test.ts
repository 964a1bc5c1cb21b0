import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Split, splitOf } from "@normflow/music";
import { describe, expect, it } from "vitest";
import { ask, fixtures, flowctl, scratch } from "../testing/flowctl.ts";

const at = scratch();

/** Tunes under names that the split sends where they are to go. */
const SPLITS: Readonly<Record<string, Split>> = {
  twinkle: "train",
  "oh-susanna": "train",
  "yankee-doodle": "train",
  "jingle-bells": "valid",
  "auld-lang-syne": "test",
};
function corpus(): string {
  const folder = at("melodies");
  mkdirSync(folder, { recursive: true });
  for (const [tune, split] of Object.entries(SPLITS)) {
    let i = 0;
    while (splitOf(`${tune}-${i}.abc`) !== split) i++;
    copyFileSync(`${fixtures}/abc/${tune}.abc`, `${folder}/${tune}-${i}.abc`);
  }
  return folder;
}

writeFileSync(
  at("small.json"),
  JSON.stringify({ epochs: 3, batch: 4, options: { width: 16, blocks: 1, hidden: 16, dropout: 0.1 } }),
);
const small = ["--config", at("small.json"), "--threads", "1"];
const run = (name: string) => ({
  file: (path: string) => readFileSync(at(name, path)),
  metrics: () =>
    readFileSync(at(name, "metrics.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((l) => JSON.parse(l) as Record<string, number>),
});

describe("train on melodies", () => {
  it("leaves a run that holds everything, and a model that samples and scores as it says", async () => {
    const { code, lines, messages } = await ask(["train", corpus(), "-o", at("whole"), ...small]);
    expect([code, messages.includes("5 files read, 0 skipped;")]).toEqual([0, true]);
    expect(readdirSync(at("whole")).sort()).toEqual([
      "checkpoints",
      "config.resolved.json",
      "env.json",
      "loss.svg",
      "metrics.jsonl",
      "model.safetensors",
    ]);
    expect(JSON.parse(run("whole").file("config.resolved.json").toString())).toMatchObject({
      epochs: 3,
      seed: 0,
      lr: 2e-3,
    });
    const metrics = run("whole").metrics();
    expect(metrics.map((m) => m["epoch"])).toEqual([1, 2, 3]);
    expect(metrics[2]!["valid"]).toBeLessThan(metrics[0]!["valid"]!);
    const summary = lines[0] as { valid: { bits: number }; test: { bits: number } };
    expect(summary.valid.bits).toBeCloseTo(Math.min(...metrics.map((m) => m["valid"]!)), 3);

    const model = ["-m", at("whole", "model.safetensors")];
    expect((await ask(["inspect", ...model])).lines[0]).toMatchObject({
      kind: "melody",
      training: { test: summary.test },
    });
    expect((await ask(["sample", "-n", "3", ...model])).lines).toHaveLength(3);
    const tests = readdirSync(at("melodies")).filter((name) => splitOf(name) === "test");
    const bits = (await ask(["score", `${at("melodies")}/${tests[0]}`, ...model])).lines.map(
      (l) => l["bits"] as number,
    );
    const distinct = [...new Set(bits)];
    expect(distinct.reduce((a, b) => a + b, 0) / distinct.length).toBeCloseTo(summary.test.bits, 3);
  });

  it("stopped and resumed, any number of times, ends with the same bytes", async () => {
    const data = corpus();
    const every = ["--checkpoint-every", "2"];
    await ask(["train", data, "-o", at("one"), ...small, ...every]);
    const stop = ["--time-limit", "0.000001"];
    const first = await ask(["train", data, "-o", at("parts"), ...small, ...every, ...stop]);
    expect(first.messages).toContain("The time limit was reached at step 1 of ");
    // Its model can be used, best so far or not.
    expect((await ask(["sample", "-m", at("parts", "model.safetensors")])).code).toBe(0);
    for (let i = 0; i < 6; i++) await ask(["train", data, "-o", at("parts"), "--resume", "--threads", "1", ...stop]);
    const last = await ask(["train", data, "-o", at("parts"), "--resume", "--threads", "1"]);
    expect(last.code).toBe(0);
    for (const path of [
      "model.safetensors",
      "metrics.jsonl",
      "checkpoints/last.safetensors",
      "loss.svg",
      "config.resolved.json",
    ])
      expect(run("parts").file(path).equals(run("one").file(path)), path).toBe(true);
    // Once more there is nothing left to do.
    expect((await ask(["train", data, "-o", at("parts"), "--resume", "--threads", "1"])).code).toBe(0);
    expect(run("parts").file("model.safetensors").equals(run("one").file("model.safetensors"))).toBe(true);
  });

  it("interrupted keeps its model and exits with 130", async () => {
    const data = corpus();
    const training = ask(["train", data, "-o", at("stopped"), ...small, "--epochs", "100000"]);
    setTimeout(() => process.emit("SIGINT"), 1500);
    const { code, messages } = await training;
    expect(code).toBe(130);
    expect(messages).toMatch(
      /Interrupted at step \d+ of \d+; the best model so far is .*model\.safetensors\.\nhint: Go on by/,
    );
    expect((await ask(["sample", "-m", at("stopped", "model.safetensors")])).code).toBe(0);
  });

  it("ends at once where it is interrupted twice, also in the middle of a step", async () => {
    const bin = fileURLToPath(new URL("../../bin/flowctl.mjs", import.meta.url));
    const args = ["train", corpus(), "-o", at("twice"), ...small, "--epochs", "100000"];
    const child = spawn(process.execPath, [bin, ...args]);
    const end = once(child, "exit");
    const said = async (text: string): Promise<void> => {
      for await (const part of child.stderr) if (String(part).includes(text)) return;
    };
    await said("Training melody");
    child.stderr.resume();
    child.kill("SIGINT");
    child.kill("SIGINT");
    // As a shell tells it: an exit code of 130 in both cases.
    expect([130, "SIGINT"]).toContain((await end).find((how) => how !== null));
  });

  it("never touches a run that is there, and resumes none with other settings or data", async () => {
    const data = corpus();
    mkdirSync(at("there"));
    writeFileSync(at("there", "diary.txt"), "mine");
    const messages = async (...args: string[]) => {
      const { code, messages, lines } = await ask(["train", ...args]);
      expect([code, lines]).toEqual([2, []]);
      return messages;
    };
    expect(await messages(data, "-o", at("there"), ...small)).toContain("there exists already and is not empty.");
    expect(readdirSync(at("there"))).toEqual(["diary.txt"]);
    expect(await messages(data, "-o", at("there"), "--resume")).toContain("holds no run to go on with");
    expect(await messages(data, "-o", at("whole"), "--resume", "--lr", "1")).toContain("--lr cannot change them");
    mkdirSync(at("other"));
    for (const name of readdirSync(data)) copyFileSync(`${data}/${name}`, at("other", name));
    writeFileSync(at("other", "more.abc"), readFileSync(`${fixtures}/abc/snaps.abc`));
    expect(await messages(at("other"), "-o", at("whole"), "--resume")).toContain("is not what");
  });

  it("says of a damaged checkpoint that it is one", async () => {
    const path = at("stopped", "checkpoints", "last.safetensors");
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 7));
    const { code, messages } = await ask(["train", corpus(), "-o", at("stopped"), "--resume"]);
    expect(code).toBe(1);
    expect(messages).toMatch(/^flowctl: .*last\.safetensors.*\n/m);
  });
});

describe("a configuration", () => {
  const refused = async (content: string): Promise<string> => {
    writeFileSync(at("c.json"), content);
    const { code, messages } = await ask(["train", corpus(), "-o", at("c"), "--config", at("c.json")]);
    expect(code).toBe(2);
    rmSync(at("c"), { recursive: true, force: true });
    return messages;
  };
  it("that is no JSON, has unknown settings or wrong values is refused by name", async () => {
    expect(await refused("{")).toContain("is no JSON");
    expect(await refused('{"epoch": 3}')).toContain('setting "epoch" that there is not.\nhint: Did you mean "epochs"?');
    expect(await refused('{"lr": -1}')).toContain("lr: ");
    expect(await refused('{"flow": "maf"}')).toContain('no flow "maf" for melodies');
    expect(await refused('{"options": {"width": 15}}')).toMatch(/flowctl: .*(width|heads)/);
    expect(await refused('{"options": {"wide": 96}}')).toContain("wide");
    const table = at("plain.csv");
    writeFileSync(table, Array.from({ length: 40 }, (_, i) => `${i},${i * i}`).join("\n"));
    writeFileSync(at("c.json"), '{"options": {"layer": 3}}');
    expect((await ask(["train", table, "-o", at("c"), "--config", at("c.json")])).messages).toContain(
      "option layer: there is no such option",
    );
    expect(await ask(["train", corpus(), "-o", at("c"), "--config", at("no.json")])).toMatchObject({ code: 2 });
  });
});

describe("train on a table", () => {
  const csv = (
    path: string,
    rows: number,
    row: (i: number) => readonly (number | string)[],
    header: string,
  ): string => {
    writeFileSync(path, [header, ...Array.from({ length: rows }, (_, i) => row(i).join(","))].join("\n"));
    return path;
  };
  // A line with noise, far from the origin and in unequal units, and a column that says nothing.
  const line = csv(
    at("line.csv"),
    600,
    (i) => {
      const x = 1000 + 50 * Math.sin(i * 12.9898);
      return [x, 7, x * 1e-3 + 0.001 * Math.sin(i * 78.233)];
    },
    "mass,constant,length",
  );

  // Sizes that keep the plans of flows with a search in them small.
  const sizes: Record<string, object> = { residualFlow: { layers: 2, hidden: [16] }, ffjord: { hidden: [16] } };

  it.each(["maf", "realNVP", "iaf", "residualFlow", "ffjord"])(
    "by %s, in the data's own units, and back as a table",
    async (flow) => {
      writeFileSync(at("sizes.json"), JSON.stringify({ options: sizes[flow] ?? {} }));
      const args = ["--flow", flow, "--epochs", "4", "--threads", "1", "--config", at("sizes.json")];
      const { code, lines, messages } = await ask(["train", line, "-o", at(flow), ...args]);
      expect(code).toBe(0);
      expect(messages).toContain("Left out, as they do not vary: constant.");
      const { test } = lines[0] as { test: { nats: number } };
      const model = ["-m", at(flow, "model.safetensors")];
      const sampled = await ask(["sample", "-n", "200", ...model, "-o", at(`${flow}.csv`)]);
      expect(sampled.code).toBe(0);
      const [header, ...rows] = readFileSync(at(`${flow}.csv`), "utf8")
        .trim()
        .split("\n");
      expect([header, rows.length]).toEqual(["mass,length", 200]);
      const mean = rows.reduce((s, r) => s + Number(r.split(",")[0]), 0) / rows.length;
      expect(Math.abs(mean - 1000)).toBeLessThan(50);

      const scored = await ask(["score", line, ...model]);
      const nats = scored.lines.map((l) => l["nats"] as number);
      expect(nats).toHaveLength(600);
      expect(Object.keys(scored.lines[0]!)).toEqual(["file", "row", "nats"]);
      expect(scored.lines[3]).toMatchObject({ file: "line.csv", row: 3 });
      expect(Math.abs(nats.reduce((a, b) => a + b, 0) / 600 - test.nats)).toBeLessThan(1);

      const encoded = await ask(["encode", line, ...model]);
      const decoded = await ask(["decode", ...model, "--backend", "reference"], encoded.output);
      const x = decoded.lines[5]!["x"] as number[];
      const wanted = readFileSync(line, "utf8").split("\n")[6]!.split(",").map(Number);
      expect(Math.abs(x[0]! - wanted[0]!)).toBeLessThan(0.05);
      expect(Math.abs(x[1]! - wanted[2]!)).toBeLessThan(1e-4);
      expect((await ask(["sample", ...model, "-o", at("folder")])).code).toBe(2);
      const text = async (args: readonly string[], input?: string) =>
        (await flowctl([...args, ...model], input)).output.split("\n");
      expect(await text(["sample", "-n", "2", "-o", at(`${flow}-again.csv`)])).toEqual([""]);
      for (const table of [await text(["sample", "-n", "2"]), (await text(["decode"], encoded.output)).slice(0, 3)])
        expect(table).toEqual(["mass,length", ...Array(2).fill(expect.stringMatching(/^[\d.]+,[-\d.e]+$/))]);
      expect((await text(["score", line])).slice(0, 2)).toEqual([
        "        nats  row",
        expect.stringMatching(/^ +-?\d+\.\d{4} {2}0$/),
      ]);
      expect((await ask(["morph", line, line, ...model])).code).toBe(2);
    },
  );

  it("refuses what is no table, and flows that it does not know", async () => {
    writeFileSync(at("data.parquet"), "PAR1");
    expect(await ask(["train", at("data.parquet"), "-o", at("p")])).toMatchObject({ code: 2 });
    expect((await ask(["train", line, "-o", at("p"), "--flow", "mav"])).messages).toContain('There is no flow "mav"');
    csv(at("few.csv"), 5, (i) => [i, i], "a,b");
    expect(await ask(["train", at("few.csv"), "-o", at("p")])).toMatchObject({ code: 2 });
    csv(at("words.csv"), 50, (i) => [i, "red"], "a,b");
    const words = await ask(["train", at("words.csv"), "-o", at("p")]);
    expect([words.code, words.messages]).toEqual([2, expect.stringContaining('hold text: b ("red")')]);
    for (const command of ["score", "encode"]) {
      const told = await ask([command, at("words.csv"), "-m", at("maf", "model.safetensors")]);
      expect([told.code, told.lines]).toEqual([
        2,
        [{ file: "words.csv", error: expect.stringContaining('hold text: b ("red")') }],
      ]);
    }
  });

  it("goes back where the loss is not finite, and says so", async () => {
    const args = ["train", line, "-o", at("wild"), "--epochs", "3", "--threads", "1", "--lr", "1e30"];
    const { code, messages, lines } = await ask(args);
    expect(messages).toMatch(
      /The loss at step \d+ was not finite: back to the last good state, at 0\.5 of the learning/,
    );
    expect([code, lines]).toEqual([1, []]);
    expect(messages).toContain("hint: Lower the learning rate");
  });
});
