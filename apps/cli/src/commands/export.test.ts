import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { ask, flowctl, scratch } from "../testing/flowctl.ts";

const at = scratch();
const FILES = ["decode.onnx", "encode.onnx", "export.md", "log_density.onnx", "sample.onnx"];

async function run(file: string, feeds: Readonly<Record<string, ort.Tensor>>): Promise<ort.Tensor> {
  const session = await ort.InferenceSession.create(file);
  const results = await session.run(feeds);
  await session.release();
  return Object.values(results)[0]!;
}

const float32 = (rows: readonly (readonly number[])[]): ort.Tensor =>
  new ort.Tensor("float32", Float32Array.from(rows.flat()), [rows.length, rows[0]!.length]);

describe("export", () => {
  it("writes the melody model: densities and tokens are those of flowctl", async () => {
    const { code, lines, messages } = await ask(["export", "--onnx", "-o", at("melody")]);
    expect(code).toBe(0);
    expect(readdirSync(at("melody")).sort()).toEqual(FILES);
    expect(messages).toBe(`4 graphs written to ${at("melody")}; export.md there says how to use them.`);
    expect(lines.map((l) => l["file"])).toEqual(["sample.onnx", "log_density.onnx", "encode.onnx", "decode.onnx"]);
    await flowctl(["sample", "-n", "6", "--seed", "4", "-o", at("tunes")]);
    const encoded = (await ask(["encode", at("tunes")])).lines;
    const z = float32(encoded.map((l) => l["z"] as number[]));
    const x = await run(at("melody", "decode.onnx"), { z });
    const density = await run(at("melody", "log_density.onnx"), { x });
    const scored = (await ask(["score", at("tunes")])).lines;
    scored.forEach((l, i) => {
      expect((density.data[i] as number) / -Math.LN2).toBeCloseTo(l["bits"] as number, 3);
    });
    const again = await run(at("melody", "encode.onnx"), { x });
    z.data.forEach((v, i) => void expect(again.data[i] as number).toBeCloseTo(v as number, 3));
  });

  it("says how noise is fed, in which units, and whose work it is", async () => {
    const page = readFileSync(at("melody", "export.md"), "utf8");
    expect(page).toContain('"noise/base/base": rng.standard_normal((n, 40)).astype(np.float32),');
    expect(page).toContain("Breandán Breathnach");
    expect(page).toContain("in nats per event");
    expect((await flowctl(["export", "--help"])).output).toContain("sample.onnx takes its noise as inputs");
  });

  it("writes a table's model in the table's own units and names its columns", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => [170 + 9 * Math.sin(i), 60 + 5 * Math.cos(3 * i)]);
    writeFileSync(at("people.csv"), ["height,weight", ...rows.map((r) => r.join(","))].join("\n"));
    const trained = await flowctl([
      ..."train --flow maf --epochs 1 --backend js -o".split(" "),
      at("run"),
      at("people.csv"),
    ]);
    expect(trained.code, trained.messages).toBe(0);
    const model = at("run", "model.safetensors");
    const { code, output } = await flowctl(["export", model, "-o", at("table")]);
    expect(code).toBe(0);
    expect(output).toContain("noise/base/base [N, 2] -> x [N, 2]");
    expect(readFileSync(at("table", "export.md"), "utf8")).toContain("Columns, in order: `height`, `weight`.");
    const scored = (await ask(["score", "-m", model, at("people.csv")])).lines;
    const density = await run(at("table", "log_density.onnx"), { x: float32(rows) });
    scored.forEach((l, i) => void expect(-(density.data[i] as number)).toBeCloseTo(l["nats"] as number, 3));
  });

  it("never writes over what is there, unless told to", async () => {
    const { code, messages } = await flowctl(["export", "-o", at("melody")]);
    expect(code).toBe(2);
    expect(messages).toContain("sample.onnx exists already.");
    expect((await flowctl(["export", "-o", at("melody"), "--force"])).code).toBe(0);
    expect((await flowctl(["export", at("nothing"), "-o", at("none")])).code).toBe(2);
  });
});
