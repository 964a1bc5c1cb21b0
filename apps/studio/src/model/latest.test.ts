import { expect, it } from "vitest";
import { nextTask } from "../next-task.ts";
import { Latest } from "./latest.ts";

it("runs the first and the last of what comes while it is busy", async () => {
  const latest = new Latest();
  const done: number[] = [];
  const release: (() => void)[] = [];
  for (const i of [1, 2, 3, 4])
    latest.run(async () => {
      await new Promise<void>((resolve) => release.push(resolve));
      done.push(i);
    });
  release.shift()!();
  await nextTask();
  release.shift()!();
  await nextTask();
  expect(done).toEqual([1, 4]);
});

it("forgets what waits", async () => {
  const latest = new Latest();
  const done: number[] = [];
  latest.run(async () => void done.push(1));
  latest.run(async () => void done.push(2));
  latest.clear();
  await nextTask();
  expect(done).toEqual([1]);
});
