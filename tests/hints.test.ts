import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const files = ts.sys
  .readDirectory(resolve(root, "packages"), [".ts"], ["**/*.test.ts", "**/dist", "**/node_modules"], ["*/src/**/*"])
  .sort();

/** Every `new …Error(code, message, options?)` of a file; errors of the language are for what cannot happen. */
function errorsOf(file: string): { readonly place: string; readonly hint: boolean }[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
  const found: { place: string; hint: boolean }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && /^[A-Z]\w+Error$/.test(node.expression.getText())) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      const options = node.arguments?.[2]?.getText() ?? "";
      found.push({ place: `${relative(root, file)}:${line + 1}`, hint: /\bhint\b|^error$|^options$/.test(options) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test("every error of the packages has a hint", () => {
  const errors = files.flatMap(errorsOf);
  expect(errors.length).toBeGreaterThan(150);
  expect(errors.filter(({ hint }) => !hint).map(({ place }) => place)).toEqual([]);
});
