import { readFileSync } from "node:fs";
import { open, reference } from "@normflow/core";
import type { TrainingCase } from "@normflow/core/conformance";
import { all } from "@normflow/layers/all";
import { MelodyModel } from "@normflow/music";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeInBrowser, openHarness } from "./testing/browser.ts";
import type { harness as Harness } from "./testing/page.ts";

declare const harness: typeof Harness;

const vectors = new URL("../../core/fixtures/vectors/training.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(vectors, "utf8")) as { cases: TrainingCase[] };
const file = readFileSync(new URL("../../../apps/cli/models/melody.safetensors", import.meta.url));
const SAMPLES = 50;

/** Shaders are compiled one by one, which takes minutes on a machine that is busy. */
const PATIENCE = 300_000;

const slow = process.env["NORMFLOW_SLOW"] === "1";
if (!slow) console.warn("Skipped: webgl in Chromium, whose shaders take a minute. npm run test:full runs it.");

(slow ? describeInBrowser : describe.skip)("webgl in Chromium", () => {
  let opened: Awaited<ReturnType<typeof openHarness>>;
  beforeAll(async () => {
    opened = await openHarness();
    expect(await opened.page.evaluate(() => harness.start("webgl"))).toMatch(/^tfjs: webgl [12], ./);
  }, 120_000);
  afterAll(() => opened?.browser.close());

  it(
    "passes the conformance suite",
    async () => {
      const outcomes = await opened.page.evaluate(() => harness.conformance());
      expect(outcomes.length).toBeGreaterThan(200);
      expect(outcomes.filter((o) => !o.ok)).toEqual([]);
    },
    PATIENCE,
  );

  it.each(cases)("follows $id, computed by PyTorch, to 1e-3", async (given) => {
    expect(await opened.page.evaluate((c) => harness.training(c), given)).toBeLessThan(1e-3);
  });

  it(
    `draws ${SAMPLES} of the reference's melodies, and decodes what it encodes`,
    async () => {
      const expected = await MelodyModel.from(open(file, all), reference()).sample(SAMPLES, { seed: 21 });
      const { melodies, decoded, grown } = await opened.page.evaluate(([bytes, n]) => harness.melody(bytes, n), [
        [...file],
        SAMPLES,
      ] as const);
      const same = (a: readonly number[], b: ArrayLike<number>): boolean => a.join() === Array.from(b).join();
      expect(melodies.filter((m, i) => same(m, expected[i]!)).length).toBe(SAMPLES);
      expect(decoded.filter((m, i) => same(m, melodies[i]!)).length).toBe(SAMPLES);
      expect(grown).toBe(0);
    },
    PATIENCE,
  );
});
