import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readPng } from "../data/png.ts";
import { ask, scratch } from "../testing/flowctl.ts";

const at = scratch();

/** Sixty pictures of 4 × 4, a bright upper or lower half by class. */
function writeHalves(): string {
  const count = 60;
  const head = (sizes: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(4 + 4 * sizes.length);
    bytes.set([0, 0, 8, sizes.length]);
    sizes.forEach((s, i) => void bytes.writeUInt32BE(s, 4 + 4 * i));
    return bytes;
  };
  const pixel = (i: number): number =>
    (Math.floor((i % 16) / 8) === Math.floor(i / 16) % 2 ? 200 : 20) + ((i * 37) % 30);
  const pixels = Uint8Array.from({ length: count * 16 }, (_, i) => pixel(i));
  writeFileSync(at("halves-images-idx3-ubyte"), Buffer.concat([head([count, 4, 4]), pixels]));
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  writeFileSync(at("halves-labels-idx1-ubyte"), Buffer.concat([head([count]), labels]));
  return at("halves-images-idx3-ubyte");
}

describe("flowctl on images", () => {
  it("trains, draws grids, scores, encodes and decodes", async () => {
    const data = writeHalves();
    writeFileSync(at("short.json"), JSON.stringify({ warmup: 10, average: 0.9, epochs: 100, batch: 24, lr: 0.01 }));
    const options = ["levels=1", "steps=2", "hidden=8"].flatMap((o) => ["--option", o]);
    const trained = await ask([
      "train",
      data,
      "-o",
      at("run"),
      "--config",
      at("short.json"),
      "--threads",
      "1",
      "--context",
      "label",
      ...options,
    ]);
    expect([trained.code, trained.messages]).toEqual([
      0,
      expect.stringContaining("60 images of 4 × 4 read, of 2 classes."),
    ]);
    const model = ["-m", at("run", "model.safetensors")];

    const { lines } = await ask(["sample", "-n", "20", "--context", "label=1", "--temperature", "0.5", ...model]);
    const brighter = lines.filter(({ x }) => {
      const pixels = x as number[];
      const half = (from: number) => pixels.slice(from, from + 8).reduce((a, b) => a + b);
      return half(8) > half(0);
    });
    expect(brighter.length).toBeGreaterThan(17);

    for (const [args, shape] of [
      [
        ["-n", "3"],
        [1, 9, 14],
      ],
      [
        ["-n", "3", "--grid", "temperatures", "--context", "label=0"],
        [1, 24, 14],
      ],
      [
        ["-n", "2", "--grid", "interpolation", "--context", "label=0"],
        [1, 9, 44],
      ],
    ] as const) {
      const drawn = await ask(["sample", ...args, "-o", at("x.png"), "--force", ...model]);
      expect(drawn.code, drawn.messages).toBe(0);
      expect(readPng(readFileSync(at("x.png"))).shape).toEqual(shape);
    }

    const scored = await ask(["score", data, ...model]);
    expect(scored.lines).toHaveLength(60);
    expect(scored.lines[0]).toMatchObject({ "bits per dimension": expect.any(Number) });
    const encoded = await ask(["encode", data, ...model]);
    const decoded = await ask(["decode", ...model], encoded.output);
    const pixels = readFileSync(data).subarray(16);
    expect(decoded.lines[5]!["x"]).toEqual(Array.from(pixels.subarray(80, 96)));
  }, 60_000);

  it("refuses what it cannot do, by name", async () => {
    const data = writeHalves();
    const refused = async (...args: string[]): Promise<string> => {
      const { code, messages } = await ask(["train", data, "-o", at("never"), "--epochs", "1", ...args]);
      expect(code).toBe(2);
      return messages;
    };
    expect(await refused("--context", "colour")).toContain('Images have no column "colour"');
    expect(await refused("--option", "event=1,2,2")).toContain("follows from the images");
    expect(await refused("--flow", "maf")).toContain('There is no flow "maf" for images');
    writeFileSync(at("bad-idx3-ubyte"), "nonsense");
    expect((await ask(["train", at("bad-idx3-ubyte"), "-o", at("never")])).messages).toContain("It is no IDX file");
  });
});
