/**
 * The conformance suite: what every backend must compute, op by op and gradient by gradient.
 *
 * @module
 * @example
 * for (const subject of conformanceCases) {
 *   const { ok, error } = await runCase(subject, backend);
 *   if (!ok) console.log(`${subject.name} is ${error} away`);
 * }
 */
import type { Primitive } from "../primitives/params.ts";
import { type ConformanceCase, casesOf, type Subject } from "./case.ts";
import { controlSubjects } from "./control.ts";
import { opSubjects } from "./ops.ts";

export { type ConformanceCase, expectLikeReference, type Outcome, runCase, values as uniformValues } from "./case.ts";
export { type ContractCase, contractCases } from "./contract.ts";
export { type Compared, compareTraining, type TrainingCase, vectorFlow } from "./training-vectors.ts";

/** Everything that is differentiated, for tests against finite differences. */
export const subjects: readonly Subject[] = [
  ...Object.values(opSubjects).flat(),
  ...Object.values(controlSubjects).flat(),
];

/** The cases of a table of subjects by primitive. */
const casesBy = (table: Readonly<Record<string, readonly Subject[]>>, group: "op" | "control"): ConformanceCase[] =>
  Object.entries(table).flatMap(([primitive, list]) => list.flatMap((s) => casesOf(s, group, primitive as Primitive)));

/** Every case: each primitive, its gradient and the gradient of that, and control flow. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...casesBy(opSubjects, "op"),
  ...casesBy(controlSubjects, "control"),
];
