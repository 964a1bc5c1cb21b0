/**
 * The examples of docstrings and documents, as programs: what they name is imported, what they take for granted is there.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import ts from "typescript";

const root = resolve(import.meta.dirname, "..");
const packages = ["core", "layers", "backend-js", "backend-onnx", "backend-tfjs", "music"];
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/architecture.md",
  "docs/gpu.md",
  ...packages.map((name) => `packages/${name}/README.md`),
];

/** A piece of code in a document. */
export interface Snippet {
  /** Where it stands, `packages/core/src/fit/fit.ts:150`. */
  readonly place: string;
  readonly code: string;
}

/** What examples may use without saying where it comes from. */
const given: Readonly<Record<string, string>> = {
  backend: "js()",
  x: "Array.from({ length: 64 }, (_, i) => [Math.cos(i), Math.sin(i)])",
  trained: "await fit(realNVP({ features: 2, layers: 2 }), { x }, { backend, steps: 1 })",
  model: "await fit(realNVP({ features: 2, layers: 2 }), { x }, { backend, steps: 1 })",
  worker:
    "{ postMessage(_: unknown, __: unknown) {}, addEventListener(_: string, __: (event: { data: unknown }) => void) {} }",
};

/** Every `@example` in a source file. */
function examplesOf(file: string): Snippet[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
  const found = new Map<number, Snippet>();
  const visit = (node: ts.Node): void => {
    for (const tag of ts.getJSDocTags(node))
      if (tag.tagName.text === "example") {
        const line = source.getLineAndCharacterOfPosition(tag.pos).line + 1;
        const code = ts.getTextOfJSDocComment(tag.comment) ?? "";
        found.set(tag.pos, { place: `${relative(root, file)}:${line}`, code });
      }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found.values()];
}

/** Every fence of TypeScript or JavaScript in a document. */
const fencesOf = (document: string): Snippet[] =>
  [
    ...readFileSync(resolve(root, document), "utf8").matchAll(/^```(?:ts|js|tsx|typescript|javascript)\n(.*?)^```$/gms),
  ].map(({ 1: code, index, input }) => ({
    place: `${document}:${input.slice(0, index).split("\n").length}`,
    code: code!,
  }));

/** All snippets of the documents and of the packages' docstrings. */
export const snippets = (): Snippet[] => [
  ...documents.flatMap(fencesOf),
  ...packages.flatMap((name) =>
    ts.sys
      .readDirectory(resolve(root, "packages", name, "src"), [".ts"], ["**/*.test.ts"])
      .sort()
      .flatMap(examplesOf),
  ),
];

/** Where each exported name comes from. */
export function exportedNames(): ReadonlyMap<string, string> {
  const modules = [
    ...packages.map((name) => `@normflow/${name}`),
    "@normflow/layers/all",
    "@normflow/core/conformance",
  ];
  const entry = resolve(root, "tests/entry.ts");
  const options: ts.CompilerOptions = { module: ts.ModuleKind.NodeNext, skipLibCheck: true };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  const text = modules.map((name, i) => `import * as m${i} from "${name}"; m${i};`).join("\n");
  host.getSourceFile = (file, target) =>
    file === entry ? ts.createSourceFile(file, text, target, true) : read(file, target);
  const program = ts.createProgram([entry], options, host);
  const checker = program.getTypeChecker();
  const names = new Map<string, string>();
  program.getSourceFile(entry)!.statements.forEach((statement) => {
    if (!ts.isImportDeclaration(statement)) return;
    const { moduleSpecifier } = statement;
    const symbol = checker.getSymbolAtLocation(moduleSpecifier);
    if (symbol)
      for (const { name } of checker.getExportsOfModule(symbol))
        if (!names.has(name)) names.set(name, (moduleSpecifier as ts.StringLiteral).text);
  });
  return names;
}

/** A snippet as a module of its own. */
export function moduleOf({ code }: Snippet, exported: ReadonlyMap<string, string>): string {
  let body = code;
  const used = new Set<string>();
  const declared = new Set<string>();
  const collect = (text: string): void => {
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) used.add(node.text);
      if ((ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node)) && node.name && ts.isIdentifier(node.name))
        declared.add(node.name.text);
      if (ts.isImportSpecifier(node) || ts.isNamespaceImport(node)) declared.add(node.name.text);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile("snippet.ts", text, ts.ScriptTarget.ES2022, true));
  };
  collect(body);
  // What is given may itself need something that is given.
  for (const name of Object.keys(given).reverse())
    if (used.has(name) && !declared.has(name) && !exported.has(name)) {
      body = `const ${name} = ${given[name]};\n${body}`;
      collect(body);
    }
  const imports = [...used]
    .filter((name) => exported.has(name) && !declared.has(name))
    .map((name) => `import { ${name} } from "${exported.get(name)}";`);
  return `${imports.join("\n")}\n${body}\nexport {};\n`;
}
