import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = resolve(import.meta.dirname, "../scripts/test-tarballs.mjs");

test("the tarballs, installed together elsewhere, type-check under bundler and nodenext, and run", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  expect(stdout.match(/^v.*: (js|onnx): cpu.*: all of it works$/gm)).toHaveLength(2);
});
