// Packs the packages and lets publint and attw judge the tarballs: metadata, exports maps, types for every resolution
// that knows ES modules. Prints what is wrong and fails.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pack } from "./pack.mjs";

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "normflow-packages-"));
const failed = [];
try {
  const tarballs = pack(folder);
  for (const [name, tarball] of tarballs) {
    const tools = [
      ["publint/src/cli.js", "run", tarball, "--strict"],
      [
        "@arethetypeswrong/cli/dist/index.js",
        tarball,
        "--profile",
        "esm-only",
        "--no-emoji",
        "--format",
        "table-flipped",
      ],
    ];
    for (const [tool, ...args] of tools)
      try {
        execFileSync(process.execPath, [join(root, "node_modules", tool), ...args], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "pipe"],
        });
      } catch (error) {
        failed.push(`${tool} ${name}\n${error.stdout ?? ""}${error.stderr ?? error.message}`);
      }
  }
  if (failed.length > 0) {
    console.error(failed.join("\n"));
    process.exitCode = 1;
  } else console.log(`packages: ${tarballs.size} tarballs, publint and attw are content`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
