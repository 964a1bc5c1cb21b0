import { describe, expect, it } from "vitest";
import { cancelInChromium, executable, modelFiles, runInChromium } from "./chromium.ts";
import { nodeProviders } from "./node-providers.ts";
import { pageProviders } from "./page-providers.ts";
import { programCases } from "./programs.ts";
import { type Report, runProvider, verdicts } from "./suite.ts";

if (executable === undefined)
  console.warn("Skipped: the conformance suite in Chromium. Install it, or set CHROMIUM to where it is.");

describe.skipIf(executable === undefined)("the conformance suite in Chromium", () => {
  let oracle: Promise<Report> | undefined;
  const theirs = async (): Promise<Report> =>
    (oracle ??= runProvider(nodeProviders.find((p) => p.id === "reference")!, await modelFiles(), {
      cases: false,
      layers: false,
    }));

  const slow = process.env["NORMFLOW_SLOW"] === "1";
  const quick = pageProviders.filter((p) => !p.slow || slow);
  for (const { title } of pageProviders.filter((p) => !quick.includes(p)))
    console.warn(`Skipped: ${title}, which npm run conformance runs. NORMFLOW_SLOW=1 runs it here.`);

  it.each(quick.map((p) => [p.title, p.id]))("%s: all cases and all programs", async (_, id) => {
    const report = await runInChromium(id!, { layers: slow });
    if (report.missing !== undefined) return console.warn(`Skipped: ${report.title}. ${report.missing}`);
    expect([...report.cases, ...report.layers].filter((c) => !c.ok)).toEqual([]);
    expect(report.cases.length).toBeGreaterThan(200);
    const found = verdicts(report, await theirs());
    expect(found.filter((v) => !v.ok)).toEqual([]);
    expect(found).toHaveLength(programCases.length);
  });

  it("frees a worker within 20 ms of cancelling a long request", async () => {
    const late = await cancelInChromium(5);
    console.log(`the next answer after ${late.map((t) => t.toFixed(1)).join(", ")} ms`);
    expect(Math.min(...late)).toBeLessThan(20);
  });
});
