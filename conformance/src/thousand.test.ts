import { readFileSync } from "node:fs";
import { js } from "@normflow/backend-js";
import { reference } from "@normflow/core";
import { COORDINATES } from "@normflow/music";
import { beforeAll, describe, expect, it } from "vitest";
import { agreement, type Drawn, distances, draw, type Files, realnvpFile } from "./thousand.ts";

const SAMPLES = 8;

describe("samples of one file and one seed", () => {
  let [files, theirs] = [undefined as Files | undefined, undefined as Drawn | undefined];
  beforeAll(async () => {
    const melody = readFileSync(new URL("../../apps/cli/models/melody.safetensors", import.meta.url));
    files = { melody, realnvp: await realnvpFile(js()) };
    theirs = await draw(reference(), files, SAMPLES);
  });

  it("are the reference's on plain JavaScript", async () => {
    const found = await agreement(await draw(js(), files!, SAMPLES), theirs!, files!);
    expect(found).toMatchObject({ melodies: SAMPLES, exceptions: [], points: SAMPLES, ok: true });
  });

  it("lie in the reference's own cells", async () => {
    const { melodies } = theirs!;
    const all = Array.from({ length: SAMPLES }, (_, row) =>
      [0, 5, 9, 30].map((place) => ({
        row,
        place,
        tokens: melodies.slice(row * COORDINATES, (row + 1) * COORDINATES),
      })),
    ).flat();
    expect(Math.max(...(await distances(all, files!.melody, SAMPLES)))).toBeLessThan(1e-12);
  });

  it("are excused within 1e-5 of a cell's edge only", async () => {
    const melodies = [...theirs!.melodies];
    melodies[2 * COORDINATES] = (melodies[2 * COORDINATES]! + 1) % 81;
    const found = await agreement({ ...theirs!, melodies }, theirs!, files!);
    expect(found).toMatchObject({ melodies: SAMPLES - 1, ok: false });
    expect(found.exceptions[0]).toBeGreaterThan(1e-5);
  });
});
