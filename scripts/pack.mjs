// Packs the packages that people import, as npm would publish them. Their builds must be fresh.
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

/** The packages that people import, in the order of their dependencies. */
export const published = ["core", "layers", "backend-js", "backend-onnx", "backend-tfjs", "music"];

/** Packs into a folder; returns the tarballs' paths by package. */
export function pack(folder) {
  const workspaces = published.flatMap((name) => ["-w", `packages/${name}`]);
  const json = execFileSync("npm", ["pack", "--json", "--pack-destination", folder, ...workspaces], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  // Lifecycle scripts write to standard output too; the report is the JSON at its end.
  const report = Object.values(JSON.parse(json.slice(json.search(/^[[{]/m))));
  return new Map(report.map(({ name, filename }) => [name, join(folder, filename)]));
}
