/** The model file that is kept, with a database of the test's own. */
import { FlowError } from "@normflow/core";
import { expect, test } from "vitest";
import { forgetModel, loadModel, type ModelDatabase, saveModel } from "./model-store.ts";

function fake(): ModelDatabase & { readonly map: Map<string, unknown> } {
  const map = new Map<string, unknown>();
  return {
    map,
    get: async (key) => map.get(key),
    set: async (key, value) => void map.set(key, value),
    del: async (key) => void map.delete(key),
  };
}
const model = { name: "own.safetensors", bytes: Uint8Array.of(1, 2, 3) };

test("a model is kept, replaced and forgotten", async () => {
  const db = fake();
  expect(await loadModel(db)).toBeUndefined();
  await saveModel({ ...model, name: "first" }, db);
  await saveModel(model, db);
  expect(await loadModel(db)).toEqual(model);
  await forgetModel(db);
  expect(await loadModel(db)).toBeUndefined();
});

test("what is no model there is none", async () => {
  const db = fake();
  for (const value of [null, 7, "x", { name: 1, bytes: model.bytes }, { name: "x", bytes: [1] }]) {
    db.map.set("normflow:1:model", value);
    expect(await loadModel(db)).toBeUndefined();
  }
});

test("without a database nothing is found, and keeping is refused in a sentence", async () => {
  const error = await saveModel(model).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(FlowError);
  expect((error as FlowError).message).toMatch(/^The browser does not keep the model.*\.$/);
  expect(await loadModel()).toBeUndefined();
  await expect(forgetModel()).resolves.toBeUndefined();
});
