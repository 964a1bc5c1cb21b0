import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = resolve(import.meta.dirname, "../bench/fuzz-model-file.mjs");

test("5,000 damaged model files give a flow or a typed error, in arrays of twice their size and a heap of 64 MB", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--max-old-space-size=64",
    script,
    "--count",
    "5000",
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ count: 5000 });
});
