import { writeFileSync } from "node:fs";
import { toJSON } from "@normflow/core";
import { recipes } from "@normflow/layers";
import { describe, expect, it } from "vitest";
import { kinds } from "../kinds/kinds.ts";
import { optionRows } from "../run/options.ts";
import { ask, flowctl, scratch } from "../testing/flowctl.ts";

const at = scratch();
const table = at("t.csv");
writeFileSync(table, Array.from({ length: 40 }, (_, i) => `${i},${Math.sin(i)},${i * i}`).join("\n"));

describe("flows", () => {
  it("lists every flow with the kinds of data that it is for", async () => {
    const { code, lines } = await ask(["flows"]);
    expect(code).toBe(0);
    expect(lines.map((l) => l["name"])).toEqual(expect.arrayContaining(["melody", "maf", "realNVP", "iaf"]));
    expect(lines.find((l) => l["name"] === "melody")).toMatchObject({ data: ["melodies"], default: ["melodies"] });
    const { output } = await flowctl(["flows"]);
    expect(output).toMatch(/^realNVP +tables +affine couplings/m);
  });

  it("says of each option what it takes, what it is without more, and what it means", async () => {
    for (const kind of kinds)
      for (const [name, { options, fromData }] of Object.entries(kind.flows))
        for (const row of optionRows(options, fromData)) {
          expect(row.description, `${name} ${row.name}`).not.toBe("");
          expect(row.type, `${name} ${row.name}`).not.toMatch(/value/);
        }
    const { lines } = await ask(["flows", "maf"]);
    expect(lines[1]).toEqual({
      name: "hidden",
      type: "a list, each entry a positive whole number",
      default: [64, 64],
      description: "widths of each network's hidden layers",
    });
    expect((await flowctl(["flows", "maf"])).output).toMatch(
      /^hidden +a list, each entry a positive whole number +64,64 +widths/m,
    );
    const unknown = await flowctl(["flows", "mav"]);
    expect([unknown.code, unknown.messages]).toEqual([2, expect.stringContaining('There is no flow "mav"')]);
    expect(unknown.messages).toContain('hint: Did you mean "maf"?');
    expect((await flowctl(["flows", "REALNVP"])).output).toMatch(/^realNVP: affine couplings/);
  });

  it("states the defaults that the recipes have", () => {
    for (const [name, recipe] of Object.entries(recipes)) {
      const stated = optionRows(recipe.options, ["features", "context", "categories", "columns", "steps"]).filter(
        (row) => row.default !== null,
      );
      const options = Object.fromEntries(stated.map((row) => [row.name, row.default]));
      const given = { features: 3, ...(name === "subsetFlow" ? { categories: 4 } : {}) };
      const made = recipe.make({ ...given, ...options } as never);
      expect(toJSON(made), name).toEqual(toJSON(recipe.make(given as never)));
    }
  });
});

describe("options of a flow", () => {
  const train = async (...args: string[]) => {
    const { code, messages } = await ask(["train", table, "-o", at("never"), "--epochs", "1", ...args]);
    expect(code).toBe(2);
    return messages;
  };

  it("that do not fit are refused by name", async () => {
    expect(await train("--option", "layers")).toContain("It has the form name=value");
    expect(await train("--option", "layers=2", "--option", "layers=3")).toContain("layers is given twice");
    expect(await train("--option", "layers=two")).toContain("option layers: expected a positive whole number");
    expect(await train("--option", "depth=2")).toContain("option depth");
    expect(await train("--option", "depth=2")).toContain("flowctl flows tabular lists its options");
    expect(await train("--option", "features=2")).toContain("follows from the table");
    expect(await train("--context", "x1,y")).toContain('no column "y" to condition on');
    expect(await train("--context", "x1,x1")).toContain("given twice");
    expect(await train("--context", "x0,x1,x2")).toContain("No column that varies is left");
  });

  it("are those of a flow in any letter case", async () => {
    expect(await train("--flow", "PLANARFLOW", "--option", "depth=2")).toContain("flowctl flows planarFlow lists");
    expect(await train("--flow", "planar")).toContain('hint: Did you mean "planarFlow"?');
  });

  it("and columns to condition on go into the model", async () => {
    // y depends on x alone: with x given, y is known to within .1.
    const path = at("pair.csv");
    const line = (i: number): string => {
      const x = 100 * Math.sin(i * 12.9898);
      return `${x},${x / 50 + 0.1 * Math.sin(i * 78.233)}`;
    };
    writeFileSync(path, ["x,y", ...Array.from({ length: 500 }, (_, i) => line(i))].join("\n"));
    const args = ["--batch", "64", "--option", "layers=2", "--option", "hidden=16", "--context", "x"];
    const { code, messages } = await ask([
      "train",
      path,
      "-o",
      at("given"),
      "--epochs",
      "150",
      "--threads",
      "1",
      ...args,
    ]);
    expect([code, messages]).toEqual([0, expect.stringContaining("500 rows of 1 columns read, given x.")]);
    const model = ["-m", at("given", "model.safetensors")];
    const mean = async (x: number): Promise<number> => {
      const { lines } = await ask(["sample", "-n", "200", "--context", `x=${x}`, ...model]);
      return lines.reduce((s, l) => s + (l["x"] as number[])[0]!, 0) / lines.length;
    };
    expect(await mean(80)).toBeCloseTo(1.6, 0);
    expect(await mean(-80)).toBeCloseTo(-1.6, 0);
    const scored = await ask(["score", path, ...model]);
    expect(scored.lines).toHaveLength(500);
    const encoded = await ask(["encode", path, ...model]);
    expect(encoded.lines[0]).toMatchObject({ row: 0, context: [expect.any(Number)], z: [expect.any(Number)] });
    const decoded = await ask(["decode", ...model], encoded.output);
    const wanted = Number(line(7).split(",")[1]);
    expect((decoded.lines[7]!["x"] as number[])[0]).toBeCloseTo(wanted, 3);
    for (const [wrong, sentence] of [
      [[], "This model conditions on x."],
      [["--context", "y=1"], "does not say what a column is"],
      [["--context", "x=warm"], "The value of x is no number"],
      [["--context", "x=1,x=2"], "x is given twice"],
    ] as const) {
      const refused = await ask(["sample", ...wrong, ...model]);
      expect([refused.code, refused.messages]).toEqual([2, expect.stringContaining(sentence)]);
    }
  });
});
