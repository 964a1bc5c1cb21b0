// Runs the pages of the guide: each is one program, the TypeScript blocks of a Markdown file from top to bottom.
//
//   npm run guide [-- PAGE…] [--keep] [--extract]
//
// Claims are assertions in the blocks: the first that does not hold ends its page, and the command with status 1. What
// a block prints is written beneath it and its pictures into images/, unless --keep leaves the files as they are.
// --extract only writes the programs into .run/, for the type checker.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const here = import.meta.dirname;
const work = join(here, ".run");
const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: "boolean", default: false }, extract: { type: "boolean", default: false } },
});

/** A block of code, and what it printed last time beneath it. */
const block = /^```ts\n(.*?)^```\n(?:\n```text\n.*?^```\n)?/gms;
/** Printed after each block, so that what it printed is known from the rest. */
const MARK = "\u0000end of block";

const pages = readdirSync(here)
  .filter((name) => /^\d\d-.*\.md$/.test(name))
  .map((name) => name.slice(0, -3))
  .sort();
const unknown = positionals.find((name) => !pages.includes(name));
if (unknown !== undefined) {
  console.error(`There is no page "${unknown}"; there are ${pages.join(", ")}.`);
  process.exit(2);
}
const chosen = positionals.length > 0 ? positionals : pages;

rmSync(work, { recursive: true, force: true });
mkdirSync(work);
const textOf = (page) => readFileSync(join(here, `${page}.md`), "utf8");
for (const page of chosen) {
  const code = Array.from(textOf(page).matchAll(block), ([, code]) => `${code}console.log(${JSON.stringify(MARK)});\n`);
  writeFileSync(join(work, `${page}.ts`), `${code.join("\n")}export {};\n`);
}
if (args.extract) process.exit();

/** Runs a page's program; gives its status and what each block printed. */
async function run(page) {
  const program = join(work, `${page}.mjs`);
  await build({
    entryPoints: [join(work, `${page}.ts`)],
    outfile: program,
    bundle: true,
    packages: "external",
    alias: { "@normflow/guide": join(here, "src/index.ts") },
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    logLevel: "warning",
  });
  const images = args.keep ? work : join(here, "images");
  const child = spawn(process.execPath, ["--enable-source-maps", program], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NORMFLOW_GUIDE_IMAGES: images },
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    printed += text;
    process.stdout.write(text.replaceAll(`${MARK}\n`, ""));
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  return { status, outputs: printed.split(`${MARK}\n`) };
}

let failed = 0;
for (const page of chosen) {
  console.log(`\n== ${page}`);
  const start = performance.now();
  const { status, outputs } = await run(page);
  console.log(`== ${page}: ${status === 0 ? "holds" : "FAILED"}, ${((performance.now() - start) / 1000).toFixed(1)} s`);
  if (status !== 0) failed++;
  else if (!args.keep) {
    let i = 0;
    const written = textOf(page).replace(block, (_, code) => {
      const output = outputs[i++];
      return `\`\`\`ts\n${code}\`\`\`\n${output ? `\n\`\`\`text\n${output}\`\`\`\n` : ""}`;
    });
    writeFileSync(join(here, `${page}.md`), written);
  }
}
console.log(`\n${chosen.length - failed} pages hold, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
