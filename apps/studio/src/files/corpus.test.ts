/** Real files of thousands of tunes: each is read, or refused in a sentence, soon. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FlowError } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { encodePiece } from "../keep/link.ts";
import { emptySide, type Piece } from "../piece/piece.ts";
import { exportMidi } from "./export.ts";
import { readDropped } from "./import.ts";

const data = process.env["NORMFLOW_DATA"];

const piece: Omit<Piece, "a" | "tempo"> = {
  b: emptySide("B"),
  scale: "chromatic",
  path: { points: 5, preset: "musical" },
  seed: 0,
  temperature: 1,
  similarity: 1,
};

describe.each(["corpus/cre/midi", "corpus/openewld/mxl", "corpus/nottingham/abc"])("%s", (path) => {
  const folder = join(data ?? "", path);
  const there = data !== undefined && existsSync(folder);
  if (!there) console.log(`NORMFLOW_DATA holds no ${path}: its files are not dropped.`);

  test.skipIf(!there)("is read or refused, file by file", { timeout: 600_000 }, () => {
    const counts = new Map<string, number>();
    let [read, refused, choices, slowest, slowestName] = [0, 0, 0, 0, ""];
    for (const file of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, file));
      // The processor's time: how long others keep it busy is not the file's doing.
      const begin = process.cpuUsage();
      try {
        const dropped = readDropped(file, bytes);
        if (dropped.kind !== "tunes") throw new Error(`${file} is no model`);
        read++;
        choices += dropped.choices.length;
        for (const remark of dropped.remarks) expect(remark).toMatch(/^[A-Z0-9].*\.$/);
        const { user, system } = process.cpuUsage(begin);
        if ((user + system) / 1000 > slowest) [slowest, slowestName] = [(user + system) / 1000, file];
        for (const { title, notes, place, tempo } of dropped.choices.slice(0, 3)) {
          const a = { ...emptySide(title), notes, origin: notes, place };
          expect(encodePiece({ ...piece, a, tempo }).length).toBeLessThan(250);
          expect(exportMidi(a, tempo).length).toBeGreaterThan(50);
        }
      } catch (error) {
        if (!(error instanceof FlowError)) throw error;
        refused++;
        expect(error.message).toMatch(/^\S.*\.$/);
        expect(error.hint).toMatch(/^[A-Z].*\.$/);
        counts.set(error.code, (counts.get(error.code) ?? 0) + 1);
      }
    }
    console.log(
      `${path}: ${read} files read, ${refused} refused (${[...counts].map(([code, n]) => `${code} ${n}`).join(", ")}), ` +
        `${choices} melodies; slowest ${Math.round(slowest)} ms, ${slowestName}`,
    );
    expect(read).toBeGreaterThan(0);
    expect(slowest).toBeLessThan(2000);
  });
});
