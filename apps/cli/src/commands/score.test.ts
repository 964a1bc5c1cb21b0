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
}, 30_000);

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
