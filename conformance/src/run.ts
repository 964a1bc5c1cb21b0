/**
 * Runs the suite on every provider and prints how each did: `npm run conformance`, with ids of providers to run those only.
 * With `--full` each also draws a thousand samples of saved models, with `--docs` docs/backends.md is written.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { executable, modelFiles, runInChromium } from "./chromium.ts";
import { nodeProviders } from "./node-providers.ts";
import { pageProviders } from "./page-providers.ts";
import { BACKENDS_PAGE, backendsPage, type Reported, summary } from "./pages.ts";
import { nothing, type Report, runProvider } from "./suite.ts";
import { agreement } from "./thousand.ts";

const DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** The loader reads these when a process starts: with Chromium's driver WebGPU runs where there is no GPU. */
function withDriver(): never | undefined {
  if (process.env["VK_ICD_FILENAMES"] !== undefined || !existsSync(DRIVER)) return undefined;
  const { status } = spawnSync(process.execPath, process.argv.slice(1), {
    stdio: "inherit",
    env: {
      ...process.env,
      VK_ICD_FILENAMES: DRIVER,
      XDG_RUNTIME_DIR: process.env["XDG_RUNTIME_DIR"] ?? mkdtempSync(join(tmpdir(), "normflow-")),
      LD_LIBRARY_PATH: [process.env["LD_LIBRARY_PATH"], "/usr/lib/chromium"].filter(Boolean).join(":"),
    },
  });
  process.exit(status ?? 1);
}

withDriver();
const docs = process.argv.includes("--docs");
const full = process.argv.includes("--full");
const wanted = process.argv.slice(2).filter((a) => !a.startsWith("--"));
const chosen = (id: string): boolean => wanted.length === 0 || id === "reference" || wanted.includes(id);
const files = await modelFiles();
const reports: Reported[] = [];
const print = async (report: Report): Promise<void> => {
  const theirs = reports[0]?.drawn ?? report.drawn;
  const agreed = report.drawn && (await agreement(report.drawn, theirs!, files));
  reports.push({ ...report, agreed });
  console.log(summary(reports.at(-1)!, reports[0]!));
};

for (const provider of nodeProviders)
  if (chosen(provider.id)) await print(await runProvider(provider, files, { full }));
const inPage = pageProviders.filter((p) => chosen(p.id));
if (executable === undefined)
  for (const { id, title } of inPage)
    await print({ id, title, missing: "There is no Chromium here. Install it, or set CHROMIUM.", ...nothing });
else for (const { id } of inPage) await print(await runInChromium(id, { full }));

if (docs && wanted.length === 0) {
  writeFileSync(BACKENDS_PAGE, backendsPage(reports));
  console.log("docs/backends.md is written.");
}
const oracle = reports[0]!;
process.exitCode = reports.every((r) => !summary(r, oracle).includes("FAILED")) ? 0 : 1;
