import { js } from "@normflow/backend-js";
import { onnx } from "@normflow/backend-onnx";
import { type Backend, toJSON } from "@normflow/core";
import { imageRecipes, recipes } from "@normflow/layers";
import { all } from "@normflow/layers/all";
import { afterAll, describe, expect, it } from "vitest";
import { runLayer } from "./layer-figures.ts";
import { exceptions, layerCases } from "./layers.ts";

/** The kinds of a description and of all that it holds. */
function kindsWithin(json: unknown): string[] {
  if (typeof json !== "object" || json === null) return [];
  const own = "kind" in json && "options" in json ? [String(json.kind)] : [];
  return [...own, ...Object.values(json).flatMap(kindsWithin)];
}

const names = new Set(layerCases.map((c) => c.name));

describe("the small flows", () => {
  it.each(all.map((k) => k.kind))("have one about the kind %s, which holds it", (kind) => {
    const own = layerCases.filter((c) => c.name === kind);
    expect(own.length, `no flow of conformance/src/layers.ts is about the kind ${kind}`).toBeGreaterThan(0);
    for (const { flow } of own) expect(kindsWithin(toJSON(flow))).toContain(kind);
  });

  it("have one of each recipe", () => {
    const due = Object.keys({ ...recipes, ...imageRecipes }).map((name) => `recipe ${name}`);
    expect([...names].filter((name) => name.startsWith("recipe "))).toEqual(due);
  });

  it("are excused for a reason only where they are", () => {
    for (const name of Object.keys(exceptions)) expect(names).toContain(name);
  });
});

const backends: Backend[] = [js(), await onnx({ device: "cpu", threads: 1 })];
afterAll(() => Promise.all(backends.map((backend) => backend.dispose())));

describe.each(backends.map((backend) => [backend.describe(), backend] as const))("on %s", (_, backend) => {
  it.each(layerCases.map((c) => [c.name, c] as const))("%s", async (_name, layer) => {
    expect(await runLayer(layer, backend)).toMatchObject({ ok: true });
  });
});
