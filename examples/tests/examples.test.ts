import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { copyExample, npm, pack, run, scratch } from "./installed.ts";
import { executable, press } from "./press.ts";

const folder = scratch();
const at = (...path: string[]): string => join(folder, ...path);
const node = (name: string, ...args: string[]): Promise<string> => run(copyExample(name, folder), "node", ...args);

// One install for all examples of Node: they resolve their packages from the folder above.
beforeAll(() => {
  const tarballs = pack(folder);
  writeFileSync(at("package.json"), JSON.stringify({ private: true, type: "module" }));
  npm(folder, "install", ...tarballs.values());
});

const python = [process.env["PYTHON"], "python3"].find((command) => {
  try {
    if (command === undefined || command === "") return false;
    execFileSync(command, ["-c", "import onnxruntime, numpy"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});
if (python === undefined)
  console.warn("Skipped: the Python example. pip install onnxruntime numpy, or set PYTHON to one that has both.");

describe("examples, installed from packed tarballs", () => {
  it("node-moons trains, saves, loads and draws", async () => {
    const output = await node("node-moons", "moons.mjs", "40");
    expect(output).toMatch(/^held out: \d\.\d{3} nats\n(-?\d+\.\d{3} {2}-?\d+\.\d{3}\n){5}$/);
  });

  it("conditional-density draws its picture", async () => {
    const output = await node("conditional-density", "density.mjs", "120");
    expect(output).toContain("density.svg is written.");
    expect(readFileSync(at("conditional-density", "density.svg"), "utf8").split("<rect").length).toBeGreaterThan(500);
  });

  it("custom-layer trains, inverts, and loads where it is named", async () => {
    const output = await node("custom-layer", "layer.mjs", "100");
    expect(output).toContain("-> 1.5000\n");
    expect(output).toContain('without the layer: The file holds a layer of kind "example/sinh-arcsinh"');
    expect(output).toContain("with it: 4 parameters");
  });

  it("custom-backend agrees with the reference, in 150 lines of code", async () => {
    const output = await node("custom-backend", "main.mjs");
    const figures = [...output.matchAll(/ln p = (\S+) here, (\S+) on the reference/g)];
    expect(figures).toHaveLength(2);
    for (const [, ours, theirs] of figures) expect(ours).toBe(theirs);
    const code = ["arrays.mjs", "tiny-backend.mjs"].flatMap((file) =>
      readFileSync(at("custom-backend", file), "utf8")
        .split("\n")
        .filter((line) => !/^\s*(\/\/|\/\*\*|\*|$)/.test(line)),
    );
    expect(code.length).toBeLessThanOrEqual(150);
  });

  it("from-the-shell loads what flowctl trained", async () => {
    const place = copyExample("from-the-shell", folder);
    const flowctl = resolve(folder, "node_modules/.bin/flowctl");
    await run(place, flowctl, ..."train people.csv -o run --flow maf --epochs 3".split(" "));
    expect(await run(place, "node", "use.mjs", "run/model.safetensors")).toMatch(
      /^columns: height, weight\n172, 66: -\d\.\d\d nats\n172, 95: -\d+\.\d\d nats\n(\d+\.\d, \d+\.\d\n){3}$/,
    );
  });

  it.skipIf(python === undefined)("onnx-python draws and decodes with onnxruntime alone", async () => {
    const place = copyExample("onnx-python", folder);
    await run(place, resolve(folder, "node_modules/.bin/flowctl"), "export", "--onnx", "-o", "melody");
    const output = await run(place, python!, "melody.py", "melody");
    expect(output).toContain("back from latents: 8 of 8");
    expect(output).toContain("credit: Trained on Ceol Rince na hÉireann");
  });
});

it("every example has a README and is in the list", () => {
  const examples = resolve(import.meta.dirname, "..");
  const list = readFileSync(join(examples, "README.md"), "utf8");
  const folders = readdirSync(examples).filter((f) => existsSync(join(examples, f, "README.md")));
  expect(folders).toHaveLength(8);
  for (const name of folders) expect(list).toContain(`| [${name}](${name}) `);
});

const slow = process.env["NORMFLOW_SLOW"] === "1";
if (!slow) console.warn("Skipped: the builds of the Vite and Next examples. NORMFLOW_SLOW=1 runs them.");

describe.skipIf(!slow)("examples with a bundler, each installed by itself", () => {
  const own = scratch();
  let tarballs: Map<string, string>;
  beforeAll(() => {
    tarballs = pack(own);
  });

  it.each([
    ["vite-melody", "dist"],
    ["next-melody", "out"],
  ])("%s builds a page that draws a melody", async (name, out) => {
    const place = copyExample(name, own, tarballs);
    npm(place, "install");
    await run(place, "npm", "run", "build");
    expect(existsSync(join(place, out, "index.html"))).toBe(true);
    expect(existsSync(join(place, out, "melody.safetensors"))).toBe(true);
    if (executable === undefined) return console.warn("Skipped: pressing the page's button. There is no Chromium.");
    const { text, problems } = await press(join(place, out));
    expect(text).toMatch(/seed 0, \d+\.\d bits.*?[5-8]\d/is);
    expect(problems).toEqual([]);
  });
});
