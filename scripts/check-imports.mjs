// Checks the direction of imports: apps -> music -> layers -> core, backends -> core, nothing from Node or a browser in
// core, layers, music, backend-js and backend-tfjs, nothing from Node in the studio's pages, no circle of modules, no undeclared
// package. Prints what is wrong and fails.
import { existsSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

const root = resolve(import.meta.dirname, "..");

/** What each workspace may import of the others. */
const allowed = {
  "packages/core": [],
  "packages/layers": ["@normflow/core"],
  "packages/backend-js": ["@normflow/core"],
  "packages/backend-onnx": ["@normflow/core"],
  "packages/backend-tfjs": ["@normflow/core"],
  "packages/music": ["@normflow/core", "@normflow/layers"],
  "apps/cli": [
    "@normflow/core",
    "@normflow/layers",
    "@normflow/music",
    "@normflow/backend-js",
    "@normflow/backend-onnx",
    "@normflow/backend-tfjs",
  ],
  "apps/studio": ["@normflow/core", "@normflow/layers", "@normflow/music", "@normflow/backend-js"],
};
const withoutNode = [
  "packages/core",
  "packages/layers",
  "packages/backend-js",
  "packages/backend-tfjs",
  "packages/music",
  "apps/studio",
];

const problems = [];
const files = (folder) => ts.sys.readDirectory(join(root, folder), [".ts", ".tsx"]).map((f) => relative(root, f));
const graph = new Map();

for (const [workspace, others] of Object.entries(allowed)) {
  const manifest = JSON.parse(readFileSync(join(root, workspace, "package.json"), "utf8"));
  const declared = new Set([
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
  ]);
  for (const file of files(`${workspace}/src`)) {
    const test = /\.test\.tsx?$|\/testing\//.test(file);
    const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.ES2022);
    const edges = [];
    for (const { specifier, typeOnly } of importsOf(source)) {
      const say = (what) => problems.push(`${file}: imports ${specifier}: ${what}`);
      if (specifier.startsWith(".")) {
        const target = join(dirname(file), specifier);
        if (!existsSync(join(root, target))) say("there is no such file");
        if (!target.startsWith(`${workspace}/`)) say("a relative import leaves its package");
        if (!typeOnly) edges.push(target);
        continue;
      }
      const name = specifier.startsWith("@") ? specifier.split("/").slice(0, 2).join("/") : specifier.split("/")[0];
      const node = specifier.startsWith("node:") || builtinModules.includes(name);
      if (test) continue;
      if (node && withoutNode.includes(workspace)) say(`${workspace} runs everywhere and takes nothing from Node`);
      if (name.startsWith("@normflow/") && !others.includes(name))
        say(`${workspace} may import ${others.join(", ") || "no other package"}`);
      if (!node && !declared.has(name)) say("the package is not declared in package.json");
    }
    if (!test) graph.set(file, edges);
  }
}

/** Every import and re-export of a module. */
function importsOf(source) {
  const found = [];
  const visit = (node) => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const clause = ts.isImportDeclaration(node) ? node.importClause : node;
      const named = ts.isImportDeclaration(node) ? clause?.namedBindings : node.exportClause;
      const elements = named && "elements" in named ? named.elements : undefined;
      const typeOnly =
        clause?.isTypeOnly === true ||
        (elements !== undefined && !clause?.name && elements.length > 0 && elements.every((e) => e.isTypeOnly));
      found.push({ specifier: node.moduleSpecifier.text, typeOnly });
    }
    if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      ts.isStringLiteral(node.arguments[0])
    )
      found.push({ specifier: node.arguments[0].text, typeOnly: false });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Entries that pages import although their package runs in Node too: what they reach takes nothing from there. */
for (const entry of ["packages/backend-onnx/src/web.ts"]) {
  const reached = new Set([entry]);
  for (const file of reached) {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.ES2022);
    for (const { specifier, typeOnly } of importsOf(source)) {
      if (typeOnly) continue;
      if (specifier.startsWith(".")) reached.add(join(dirname(file), specifier));
      else if (specifier.startsWith("node:") || specifier === "onnxruntime-node" || builtinModules.includes(specifier))
        problems.push(`${file}: imports ${specifier}, and pages reach it from ${entry}`);
    }
  }
}

const state = new Map();
const circles = (file, path) => {
  if (state.get(file) === "done") return;
  if (path.includes(file)) {
    problems.push(`circle: ${[...path.slice(path.indexOf(file)), file].join(" -> ")}`);
    return;
  }
  for (const next of graph.get(file) ?? []) circles(next, [...path, file]);
  state.set(file, "done");
};
for (const file of graph.keys()) circles(file, []);

if (problems.length > 0) {
  console.error(problems.join("\n"));
  console.error(`${problems.length} imports point the wrong way.`);
  process.exit(1);
}
console.log(`imports: ${graph.size} modules, all in order`);
