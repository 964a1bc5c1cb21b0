// Bundles what a page would import, with esbuild, and prints the bytes after gzip.
//
//   node scripts/bundle-sizes.mjs [--json]
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");

const core = 'export { fit, load, save } from "@normflow/core";';
const js = 'export { js } from "@normflow/backend-js";';

/** What is bundled: the entry's text, by the name that the table shows. */
export const entries = {
  core,
  "core + js": `${core}${js}`,
  "core + js + RealNVP": `${core}${js}export { realNVP } from "@normflow/layers";`,
  "core + js + melody flow": `${js}export { fit, open, save } from "@normflow/core";
    export { melodyFlow, melodyKinds, MelodyModel } from "@normflow/music";`,
};

/**
 * Bundles an entry for browsers, minified.
 * @returns its bytes, its bytes after gzip, and the bytes that each module contributes
 */
export async function bundle(contents) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: `${root}/packages/music`, loader: "js" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    metafile: true,
    nodePaths: [`${root}/node_modules`],
    logLevel: "silent",
  });
  const [output] = Object.values(metafile.outputs);
  return {
    bytes: outputFiles[0].contents.length,
    gzip: gzipSync(outputFiles[0].contents, { level: 9 }).length,
    modules: new Map(
      Object.entries(output.inputs)
        .map(([path, { bytesInOutput }]) => [path, bytesInOutput])
        .filter(([, bytes]) => bytes > 0),
    ),
  };
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { json: { type: "boolean", default: false }, modules: { type: "string" } } });
  for (const [name, contents] of Object.entries(entries)) {
    const { bytes, gzip, modules } = await bundle(contents);
    if (values.json) console.log(JSON.stringify({ name, bytes, gzip }));
    else console.log(`${name.padEnd(28)}${(gzip / 1000).toFixed(1).padStart(7)} kB`);
    if (values.modules === name)
      for (const [path, size] of [...modules].sort((a, b) => b[1] - a[1]))
        console.log(`  ${String(size).padStart(6)}  ${path}`);
  }
}
