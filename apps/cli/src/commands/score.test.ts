import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { ask, flowctl, scratch } from "../testing/flowctl.ts";

const at = scratch();
const model = ["-m", at("run", "model.safetensors"), "--threads", "1"];

/** Rows near a line of whole numbers; each tenth row of the second table lies far from it. */
const row = (i: number, far: boolean): readonly number[] => {
  const x = Math.floor(20 * (0.5 + 0.5 * Math.sin(i * 12.9898)));
  return [x, far ? x + 12 : x + Math.round(Math.sin(i * 78.233)), Math.sin(i * 4.1414)];
};

beforeAll(async () => {
  const text = (far: (i: number) => boolean, labels: boolean): string => {
    const lines = Array.from({ length: 300 }, (_, i) =>
      [...row(i, far(i)), ...(labels ? [Number(far(i))] : [])].join(),
    );
    return [labels ? "a,b,c,y" : "a,b,c", ...lines].join("\n");
  };
  writeFileSync(
    at("train.csv"),
    text(() => false, false),
  );
  writeFileSync(
    at("test.csv"),
    text((i) => i % 10 === 9, true),
  );
  const args = ["--epochs", "40", "--batch", "64", "--option", "hidden=16", "--threads", "1"];
  const { code, messages } = await ask(["train", at("train.csv"), "-o", at("run"), ...args]);
  expect([code, messages]).toEqual([0, expect.stringContaining("Dequantized, as they are discrete: a, b.")]);
}, 60_000);

describe("score with labels", () => {
  it("prints how well anomalies are told apart, and writes scores", async () => {
    const out = ["-o", at("scores.csv")];
    const { code, lines } = await ask(["score", at("test.csv"), ...model, "--labels", "y", ...out]);
    expect([code, lines.length]).toEqual([0, 1]);
    expect(lines[0]).toMatchObject({ rows: 300, anomalies: 30 });
    expect(lines[0]!["auroc"]).toBeGreaterThan(0.99);
    expect(lines[0]!["averagePrecision"]).toBeGreaterThan(0.95);
    const [header, ...rows] = readFileSync(at("scores.csv"), "utf8").trim().split("\n");
    expect([header, rows.length]).toEqual(["row,nats,label", 300]);
    expect(rows[9]).toMatch(/^9,[-\d.e]+,1$/);
    const { output } = await flowctl(["score", at("test.csv"), ...model, "--labels", "y", ...out, "--force"]);
    expect(output).toMatch(/^rows +300\nanomalies +30\nauroc +[01](\.\d+)?\naveragePrecision +[01](\.\d+)?$/);
    // Without a file, rows come first and the figures last.
    expect((await ask(["score", at("test.csv"), ...model, "--labels", "y"])).lines).toHaveLength(301);
  });

  it("reads labels from a file, and keeps densities of discrete columns in bounds", async () => {
    const labels = Array.from({ length: 300 }, (_, i) => Number(i % 10 === 9));
    writeFileSync(at("labels.csv"), labels.join("\n"));
    const { lines } = await ask(["score", at("test.csv"), ...model, "--labels", at("labels.csv")]);
    expect(lines.at(-1)).toMatchObject({ anomalies: 30 });
    // Cells have the volume 1: no row is likelier than certain, but for the third column's density.
    for (const line of lines.slice(0, -1)) expect(line["nats"]).toBeGreaterThan(-3);
  });

  it("of the very table that trained, its label left out of training, and text beside it", async () => {
    const lines = readFileSync(at("test.csv"), "utf8").split("\n");
    writeFileSync(at("named.csv"), lines.map((line, i) => `${i === 0 ? "name" : `n${i}`},${line}`).join("\n"));
    const args = ["--epochs", "2", "--option", "hidden=8", "--threads", "1"];
    const told = await ask(["train", at("named.csv"), "-o", at("apart"), ...args, "--ignore", "y, name"]);
    expect([told.code, told.messages]).toEqual([0, expect.stringContaining("Left out, as told: y, name.")]);
    expect(told.messages).toContain("300 rows of 3 columns read.");
    const own = ["-m", at("apart", "model.safetensors")];
    const { code, lines: figures, messages } = await ask(["score", at("named.csv"), ...own, "--labels", "y"]);
    expect([code, figures.length, messages]).toEqual([0, 301, ""]);
    expect(figures.at(-1)).toMatchObject({ rows: 300, anomalies: 30 });
    expect((await ask(["inspect", ...own])).lines[0]).toMatchObject({ data: { ignored: ["y", "name"] } });
    // Without the columns too, and by a configuration.
    expect((await ask(["score", at("train.csv"), ...own])).code).toBe(0);
    writeFileSync(at("apart.json"), JSON.stringify({ ignore: ["y", "name", "b"] }));
    const given = await ask(["train", at("named.csv"), "-o", at("two"), ...args, "--config", at("apart.json")]);
    expect([given.code, given.messages]).toEqual([0, expect.stringContaining("300 rows of 2 columns read.")]);
  });

  it("and training names a column to leave out that it cannot", async () => {
    const columns = "Its columns are a, b, c, y.";
    for (const [flags, ...sentences] of [
      [["--ignore", "z"], 'The table has no column "z" to leave out.', columns],
      [["--ignore", "y,y"], 'The column "y" is given twice to leave out.', columns],
      [["--ignore", "a,b,c,y"], "No column that varies is left", columns],
      [["--ignore", "y", "--context", "y"], 'The column "y" is both', "The columns are a, b, c, y."],
    ] as const) {
      const { code, messages } = await ask(["train", at("test.csv"), "-o", at("never"), ...flags]);
      expect(code).toBe(2);
      for (const sentence of sentences) expect(messages).toContain(sentence);
    }
    writeFileSync(at("book.txt"), "a text that has no columns, and no need of any. ".repeat(50));
    const text = await ask(["train", at("book.txt"), "-o", at("never"), "--ignore", "y"]);
    expect([text.code, text.messages]).toEqual([2, expect.stringContaining("no columns to leave out of texts")]);
  });

  it("draws whole numbers where the columns hold them", async () => {
    const { lines } = await ask(["sample", "-n", "50", ...model]);
    for (const { x } of lines as unknown as { x: number[] }[])
      expect([x[0]! % 1, x[1]! % 1]).toEqual([0, 0].map(() => expect.closeTo(0, 4)));
  });

  it("refuses labels that are missing, too few, of one kind or no labels", async () => {
    writeFileSync(at("few.csv"), "1\n0\n");
    writeFileSync(at("ones.csv"), Array(300).fill(1).join("\n"));
    writeFileSync(at("other.csv"), Array.from({ length: 300 }, (_, i) => i % 3).join("\n"));
    writeFileSync(at("wide.csv"), Array(300).fill("0,1").join("\n"));
    for (const [labels, sentence] of [
      ["z", 'There are no labels "z"'],
      [at("few.csv"), "There are 2 labels"],
      [at("ones.csv"), "are 1: there is nothing to compare"],
      [at("other.csv"), "is 2; labels are 0 or 1"],
      [at("wide.csv"), "has 2 columns; labels are one"],
    ] as const) {
      const { code, lines, messages } = await ask(["score", at("test.csv"), ...model, "--labels", labels]);
      expect([code, lines, messages]).toEqual([2, [], expect.stringContaining(sentence)]);
    }
    const text = await ask(["score", at("test.csv"), ...model, "-o", at("scores.txt")]);
    expect([text.code, text.messages]).toEqual([2, expect.stringContaining("written as a .csv file")]);
  });
});
