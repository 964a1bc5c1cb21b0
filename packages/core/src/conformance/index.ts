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
import { type BackendCheck, caseCheck } from "./check.ts";
import { combinedChecks } from "./combined.ts";
import { contractChecks } from "./contract.ts";
import { controlSubjects } from "./control.ts";
import { digitChecks, edgeChecks } from "./edges.ts";
import { opSubjects } from "./ops.ts";
import { type TrainingCase, trainingChecks } from "./training-vectors.ts";

export {
  type ConformanceCase,
  type Outcome,
  outcomeOf,
  runCase,
  values as uniformValues,
} from "./case.ts";
export { type BackendCheck, expectLikeReference } from "./check.ts";
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

/**
 * All that a backend's own tests ask of it, by group; each check throws where the backend fails.
 *
 * @param trajectories those of `core/fixtures/vectors/training.json`, computed by PyTorch
 * @example
 * for (const [group, checks] of Object.entries(backendChecks([])))
 *   for (const { name, run } of checks)
 *     await run(backend).catch((error: Error) => console.log(`${group}, ${name}: ${error.message}`));
 */
export const backendChecks = (
  trajectories: readonly TrainingCase[],
): Readonly<Record<string, readonly BackendCheck[]>> => ({
  "the contract of a backend": contractChecks,
  "the conformance suite": conformanceCases.map(caseCheck),
  "numbers at the edge": edgeChecks,
  "digits next to 0": digitChecks,
  "primitives together": combinedChecks,
  "training trajectories computed by PyTorch": trainingChecks(trajectories),
});
