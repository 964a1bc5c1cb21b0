import { broadcastTo, gather, iota, trace } from "@normflow/core";
import { expect, it } from "vitest";
import { tfjs } from "./index.ts";

it.each(["cpu", "wasm"] as const)("places beyond 2²⁴ are exact integers on %s", async (device) => {
  const backend = await tfjs({ device });
  const [rows, columns] = [3, 6_000_000];
  const graph = trace({ i: [rows, 2] }, ({ i }) => ({
    y: gather(broadcastTo(iota(columns), [rows, columns]), 1, i),
  }));
  const places = Float32Array.of(0, columns - 1, 1, columns - 2, 5_999_997, 7);
  const executable = await backend.compile(graph);
  const { y } = await executable.run({ i: { data: places, shape: [rows, 2] } });
  expect([...y!.data]).toEqual([...places]);
  await backend.dispose();
});
