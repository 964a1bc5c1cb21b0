import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { bundle, entries } from "../scripts/bundle-sizes.mjs";

const layers = resolve(import.meta.dirname, "../packages/layers");

describe("a page downloads, after gzip,", () => {
  test.each([
    ["core + js + RealNVP", 45_000],
    ["core + js + melody flow", 70_000],
  ] as const)("%s in at most %i bytes", async (name, most) => {
    expect((await bundle(entries[name])).gzip).toBeLessThanOrEqual(most);
  });
});

/** The kinds of the layers package with the files that define them. */
const kinds = [
  ...readFileSync(`${layers}/src/kinds.ts`, "utf8").matchAll(/^export \{(.*)\} from "\.\/(.*)\.ts";$/gm),
].flatMap(([, names, file]) =>
  names!
    .split(",")
    .map((name) => name.trim())
    .filter((name) => !name.startsWith("type "))
    .map((name) => [name, `${layers}/dist/${file}.js`] as const),
);

test("importing a layer by name brings what its own file brings, and nothing else", async () => {
  expect(kinds.length).toBeGreaterThan(10);
  for (const [name, file] of kinds) {
    const [byName, byFile] = await Promise.all([
      bundle(`export { ${name} } from "@normflow/layers";`),
      bundle(`export { ${name} } from ${JSON.stringify(file)};`),
    ]);
    expect([...byName.modules.keys()].sort(), name).toEqual([...byFile.modules.keys()].sort());
    expect(Math.abs(byName.bytes - byFile.bytes), name).toBeLessThan(50);
  }
});

test("a page without music gets none, and no layer that it does not name", async () => {
  const { modules } = await bundle(entries["core + js"]);
  expect([...modules.keys()].filter((path) => /packages\/(layers|music)/.test(path))).toEqual([]);
});
