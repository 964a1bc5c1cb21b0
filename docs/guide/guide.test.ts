import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const here = import.meta.dirname;
const pages = readdirSync(here).filter((name) => /^\d\d-.*\.md$/.test(name));
const read = (name: string): string => readFileSync(join(here, name), "utf8");
/** A page whose first line says so trains for minutes. */
const slow = (page: string): boolean => read(page).startsWith("<!-- slow");

test("the index names every page", () => {
  const index = read("README.md");
  expect(pages.filter((page) => !index.includes(`(${page})`))).toEqual([]);
});

test.each(pages)("%s shows pictures that exist, with words for those who do not see them", (page) => {
  const shown = [...read(page).matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)];
  expect(shown.filter(([, words, file]) => words!.length < 10 || !existsSync(join(here, file!)))).toEqual([]);
});

for (const page of pages)
  test.skipIf(slow(page) && !process.env["NORMFLOW_SLOW"])(`${page} holds`, () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(here, "run.mjs"), page.slice(0, -3), "--keep"],
      {
        encoding: "utf8",
      },
    );
    expect(status, `${stdout}\n${stderr}`).toBe(0);
  });
