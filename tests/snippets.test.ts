import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportedNames, moduleOf, snippets } from "./snippets.ts";

// Inside the repository, so that the packages and Node's types are found by name.
const folder = resolve(import.meta.dirname, ".snippets");
const scratch = mkdtempSync(join(tmpdir(), "normflow-snippets-"));
const all = snippets();
const files = all.map((_, i) => join(folder, `snippet-${i}.ts`));

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  const exported = exportedNames();
  all.forEach((snippet, i) => void writeFileSync(files[i]!, moduleOf(snippet, exported)));
});
afterAll(() => {
  for (const path of [folder, scratch]) rmSync(path, { recursive: true, force: true });
});

test("there are snippets in the README and in the docstrings", () => {
  expect(all.filter(({ place }) => place.startsWith("README")).length).toBeGreaterThan(0);
  expect(all.length).toBeGreaterThan(10);
});

test("every snippet compiles", () => {
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    types: ["node"],
    noEmitOnError: true,
  });
  const { diagnostics } = program.emit();
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ file, messageText }) => {
    const place = all[files.indexOf(file?.fileName ?? "")]?.place ?? file?.fileName;
    return `${place}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
  expect(problems).toEqual([]);
});

test("every snippet runs", async () => {
  const run = all.map(
    ({ place }, i) => `await import(${JSON.stringify(files[i]!.replace(/\.ts$/, ".js"))}).catch((error) => {
      console.log(${JSON.stringify(place)}, error);
      process.exitCode = 1;
    });`,
  );
  writeFileSync(join(folder, "run.mjs"), run.join("\n"));
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "run.mjs")], { cwd: scratch }).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).not.toMatch(/^(packages|README|docs|CONTRIBUTING)/m);
});
