// Packs the packages, installs the tarballs together into an empty project outside the repository, type-checks what
// tests/consumer holds under both resolutions, and runs it.
//
//   node scripts/test-tarballs.mjs [--node 22 --node 24] [--keep]
//
// Each --node brings that version's binary from npm and runs the script on it as well.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pack } from "./pack.mjs";

const root = resolve(import.meta.dirname, "..");
const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** No library is exempt from the check, and every strict flag that a consumer may have is on. */
const strict = {
  target: "es2022",
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
};
const configs = {
  nodenext: { compilerOptions: { ...strict, module: "nodenext", types: ["node"], outDir: "out" }, files: ["main.ts"] },
  bundler: {
    compilerOptions: { ...strict, module: "esnext", moduleResolution: "bundler", types: ["node"], noEmit: true },
    files: ["main.ts"],
  },
  page: {
    compilerOptions: {
      ...strict,
      module: "esnext",
      moduleResolution: "bundler",
      lib: ["es2022", "dom"],
      types: [],
      noEmit: true,
    },
    files: ["page.ts"],
  },
};

/** The environment without what an npm around this process says of its own project. */
const { npm_config_local_prefix: _, ...environment } = process.env;

/** Runs a program in the project; returns what it prints, throws with all that it said where it fails. */
function run(cwd, program, args) {
  try {
    return execFileSync(program, args, {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...environment, ONNXRUNTIME_NODE_INSTALL: "skip", NODE_OPTIONS: "" },
      shell: process.platform === "win32",
    });
  } catch (error) {
    throw new Error(`${program} ${args.join(" ")} failed:\n${error.stdout ?? ""}${error.stderr ?? ""}`, {
      cause: error,
    });
  }
}

/**
 * Installs, type-checks and runs.
 * @param nodes further versions of Node to run on
 * @returns what the runs printed, a line for each
 */
export function testTarballs({ nodes = [], keep = false } = {}) {
  const project = mkdtempSync(join(tmpdir(), "normflow-consumer-"));
  try {
    const tarballs = pack(project);
    const manifest = {
      private: true,
      type: "module",
      dependencies: Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:${path}`])),
      devDependencies: {
        typescript: devDependencies.typescript,
        "@types/node": devDependencies["@types/node"],
        ...Object.fromEntries(nodes.map((n) => [`node-${n}`, `npm:node-${process.platform}-${process.arch}@${n}`])),
      },
    };
    writeFileSync(join(project, "package.json"), JSON.stringify(manifest, null, 2));
    run(project, "npm", [
      "install",
      "--prefer-offline",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--no-package-lock",
    ]);
    cpSync(join(root, "tests/consumer"), project, { recursive: true });
    for (const [name, config] of Object.entries(configs)) {
      writeFileSync(join(project, `tsconfig.${name}.json`), JSON.stringify(config, null, 2));
      run(project, process.execPath, ["node_modules/typescript/bin/tsc", "-p", `tsconfig.${name}.json`]);
    }
    for (const [name] of tarballs)
      if (!existsSync(join(project, "node_modules", name, "LICENSE"))) throw new Error(`${name} brings no licence.`);
    const programs = [process.execPath, ...nodes.map((n) => join(project, `node_modules/node-${n}/bin/node`))];
    return programs.flatMap((program) => run(project, program, ["out/main.js"]).trim().split("\n"));
  } finally {
    if (keep) console.log(project);
    else rmSync(project, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { node: { type: "string", multiple: true, default: [] }, keep: { type: "boolean", default: false } },
  });
  for (const line of testTarballs({ nodes: values.node, keep: values.keep })) console.log(line);
}
