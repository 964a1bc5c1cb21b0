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
import { type ConformanceCase, casesOf, type Subject } from "./case.ts";
import { controlSubjects } from "./control.ts";
import { opSubjects } from "./ops.ts";

export { type ConformanceCase, type Outcome, runCase } from "./case.ts";
export { type Compared, compareTraining, type TrainingCase, vectorFlow } from "./training-vectors.ts";

/** Everything that is differentiated, for tests against finite differences. */
export const subjects: readonly Subject[] = [
  ...Object.values(opSubjects).flat(),
  ...Object.values(controlSubjects).flat(),
];

/** Every case: each primitive, its gradient and the gradient of that, and control flow. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...Object.values(opSubjects).flatMap((list) => list.flatMap((s) => casesOf(s, "op"))),
  ...Object.values(controlSubjects).flatMap((list) =>
    (list as readonly Subject[]).flatMap((s) => casesOf(s, "control")),
  ),
];
