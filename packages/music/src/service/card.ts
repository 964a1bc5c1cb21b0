/**
 * What the service says of a model.
 *
 * @module
 */
import type { MelodyModel } from "../flow/melody-model.ts";
import type { ModelCard } from "./requests.ts";

/** An entry of nested facts. */
function at(facts: unknown, ...path: readonly string[]): unknown {
  let value = facts;
  for (const name of path)
    value =
      typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  return value;
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** What a model's file says of it; facts are free, so whatever is not as expected is left out. */
export function cardOf({ plain }: MelodyModel): ModelCard {
  const { facts } = plain;
  return {
    parameters: plain.parameters,
    backend: plain.backend.describe(),
    title: text(at(facts, "title")),
    windows: number(at(facts, "data", "windows")),
    validation: number(at(facts, "valid", "bits")),
    test: number(at(facts, "test", "bits")),
  };
}
