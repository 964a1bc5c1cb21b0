import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { ask, fixtures, flowctl } from "./testing/flowctl.ts";

describe("flowctl", () => {
  it("explains itself and its version with exit code 0", async () => {
    const help = await flowctl(["--help"]);
    expect(help.code).toBe(0);
    for (const name of ["train", "sample", "score", "encode", "decode", "morph", "inspect", "doctor"]) {
      expect(help.output).toContain(`  ${name} `);
      const own = await flowctl([name, "--help"]);
      expect([own.code, own.output.includes(`Examples:\n  flowctl ${name}`)], name).toEqual([0, true]);
      expect(own.output, name).toContain("--json");
    }
    expect((await flowctl(["--version"])).output).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("answers wrong usage with a sentence and exit code 2", async () => {
    for (const [args, sentence] of [
      [["smaple"], "Did you mean sample?"],
      [["sample", "--sede", "1"], "Did you mean --seed?"],
      [["sample", "-n", "0"], "It is a whole number from 1"],
      [["sample", "-n", "1e3"], "It is a whole number from 1"],
      [["sample", "--temperature", "-1"], "It is a number from 0"],
      [["sample", "--temperature", "warm"], "It is a number from 0"],
      [["sample", "--backend", "abacus"], "Allowed choices are onnx, onnx:cpu, onnx:cuda, onnx:webgpu, js, tfjs, "],
      [["sample", "--backend", "onnx:tpu"], "Allowed choices are onnx, onnx:cpu, onnx:cuda, onnx:webgpu, js, tfjs, "],
      [["sample", "--backend", "reference", "--threads", "2"], "has one thread"],
      [["sample", "--backend", "tfjs:wasm", "--threads", "2"], "chooses its threads by itself"],
      [["inspect", "--jsn"], "Did you mean --json?"],
      [["train", "x", "-o", "y", "--resum"], "Did you mean --resume?"],
      [["score"], "missing required argument"],
      [["score", "a", "b"], "too many arguments"],
      [["train", "x"], "required option '-o, --output <run>'"],
      [["morph", "a"], "missing required argument"],
    ] as const) {
      const { code, messages, output } = await flowctl(args);
      expect([code, output], args.join(" ")).toEqual([2, ""]);
      expect(messages).toContain(sentence);
    }
    expect(await flowctl([])).toMatchObject({ code: 2 });
  });

  it("says what runs here, and what to do about the rest", async () => {
    const { code, lines } = await ask(["doctor"]);
    expect(code).toBe(0);
    const backends = lines[0]!["backends"] as Record<string, unknown>[];
    expect(backends.map((b) => `${b["name"]} ${b["device"]}`)).toEqual([
      "onnx cpu",
      "onnx cuda",
      "onnx webgpu",
      "js cpu",
      "tfjs wasm",
      "tfjs cpu",
      "tfjs node",
      "tfjs node-gpu",
      "reference cpu",
    ]);
    for (const b of backends) {
      if (!b["ok"]) expect(b["remedy"]).toMatch(/\.$/);
      expect(Object.keys(b)).toEqual(["name", "device", "ok", "detail", "reason", "remedy"]);
    }
    const { output } = await flowctl(["doctor"]);
    expect(output).toMatch(/^onnx:cpu {7}runs\nonnx:cuda {6}(runs|does not run: .*)\n(.*\n)*reference {6}runs$/);
  });

  it("draws the same melodies with TensorFlow.js where it is installed, and says how to install what is not", async () => {
    const { lines } = await ask(["doctor"]);
    const found = (lines[0]!["backends"] as Record<string, unknown>[]).filter((b) => b["name"] === "tfjs");
    const [wasm, missing] = [found.find((b) => b["device"] === "wasm")!, found.find((b) => !b["ok"])];
    if (wasm["ok"]) {
      const args = ["sample", "-n", "2", "--seed", "4"];
      expect((await flowctl([...args, "--backend", "tfjs:wasm"])).output).toBe((await flowctl(args)).output);
    } else console.log(`Skipped: melodies on tfjs. ${wasm["reason"]}`);
    if (!missing) return;
    const { code, messages } = await flowctl(["sample", "--backend", `tfjs:${missing["device"]}`]);
    expect(code).toBe(1);
    expect(messages).toContain(`hint: ${missing["remedy"]}`);
  });

  it("names a device that does not run here, with the remedy", async () => {
    const { lines } = await ask(["doctor"]);
    const absent = (lines[0]!["backends"] as Record<string, unknown>[]).find((b) => !b["ok"]);
    if (!absent) return console.log("Skipped: every device runs here.");
    const { code, messages } = await flowctl(["sample", "--backend", `onnx:${absent["device"]}`]);
    expect(code).toBe(1);
    expect(messages).toContain(`hint: ${absent["remedy"]}`);
  });
});

describe("the program", () => {
  it("runs from the shell, and survives a pipe that closes", async () => {
    const bin = fileURLToPath(new URL("../bin/flowctl.mjs", import.meta.url));
    const run = promisify(execFile);
    const { stdout } = await run("sh", ["-c", `"${process.execPath}" "${bin}" sample -n 300 --json | head -n 1`]);
    expect(JSON.parse(stdout)).toMatchObject({ index: 0 });
    const open = `"${process.execPath}" "${bin}" score "${fixtures}/midi"; echo $? >&2`;
    expect((await run("sh", ["-c", `(${open}) | head -n 1`])).stderr).toMatch(/(^|\n)0\n$/);
    const twinkle = `${fixtures}/abc/twinkle.abc`;
    const pipe = `"${process.execPath}" "${bin}" encode "${twinkle}" | "${process.execPath}" "${bin}" decode --json`;
    const lines = (await run("sh", ["-c", pipe])).stdout.trim().split("\n");
    expect(lines.map((l) => JSON.parse(l))).toEqual(
      (await ask(["encode", twinkle])).lines.map(({ file, window, notes }) => ({ file, window, notes })),
    );
    await expect(run(process.execPath, [bin, "smaple"])).rejects.toMatchObject({ code: 2 });
  });
});
