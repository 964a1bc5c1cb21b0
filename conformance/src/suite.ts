/**
 * Runs everything on one provider.
 *
 * @module
 */
import { type Backend, FlowError } from "@normflow/core";
import { conformanceCases, type Outcome, runCase } from "@normflow/core/conformance";
import { type Figures, type ProgramCase, programCases } from "./programs.ts";
import type { Provider } from "./provider.ts";

/** How a case went; where it threw, what it said. */
export interface CaseResult extends Outcome {
  readonly primitive: string;
  readonly said?: string | undefined;
}

/** How a program went. */
export interface ProgramResult {
  readonly name: string;
  readonly figures?: Figures;
  readonly said?: string;
}

/** What a provider did. Plain data, so that a page can hand it over. */
export interface Report {
  readonly id: string;
  readonly title: string;
  /** What it says of itself: `onnx: cpu, 1 thread`. */
  readonly runsOn?: string;
  /** Why it did not run, and what to do about it. */
  readonly missing?: string;
  readonly cases: readonly CaseResult[];
  readonly programs: readonly ProgramResult[];
  readonly seconds: number;
}

/** An infinity, which JSON has not. */
const FAILED = 1e9;

const sentence = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof FlowError && error.hint ? `${message} ${error.hint}` : message;
};

async function runCases(backend: Backend): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const subject of conformanceCases) {
    const { name, primitive, tolerance } = subject;
    try {
      const outcome = await runCase(subject, backend);
      results.push({ ...outcome, primitive, error: Math.min(outcome.error, FAILED) });
    } catch (error) {
      results.push({ name, primitive, tolerance, error: FAILED, ok: false, said: sentence(error) });
    }
  }
  return results;
}

async function runPrograms(backend: Backend, melody: Uint8Array): Promise<ProgramResult[]> {
  const results: ProgramResult[] = [];
  for (const { name, run } of programCases) {
    try {
      results.push({ name, figures: await run(backend, melody) });
    } catch (error) {
      results.push({ name, said: sentence(error) });
    }
  }
  return results;
}

/** Runs every case and every program on a provider; without cases the programs only. */
export async function runProvider(
  { id, title, open }: Provider,
  melody: Uint8Array,
  options: { readonly cases?: boolean } = {},
): Promise<Report> {
  const start = Date.now();
  let backend: Backend;
  try {
    backend = await open();
  } catch (error) {
    return { id, title, missing: sentence(error), cases: [], programs: [], seconds: 0 };
  }
  const runsOn = backend.describe();
  const cases = options.cases === false ? [] : await runCases(backend);
  const programs = await runPrograms(backend, melody);
  await backend.dispose();
  return { id, title, runsOn, cases, programs, seconds: (Date.now() - start) / 1000 };
}

/** How far a program's figures are from the reference's. */
export interface Verdict {
  readonly name: string;
  readonly error: number;
  readonly tolerance: number;
  readonly ok: boolean;
  readonly said?: string | undefined;
}

function distance(actual: readonly number[] | undefined, expected: readonly number[]): number {
  if (actual?.length !== expected.length) return FAILED;
  return expected.reduce((worst, e, i) => {
    const error = Math.abs(actual[i]! - e) / (1 + Math.abs(e));
    return Math.max(worst, Number.isNaN(error) ? FAILED : error);
  }, 0);
}

/** Compares the programs of a report with those of the reference. */
export const verdicts = (report: Report, oracle: Report): Verdict[] =>
  programCases.map(({ name, tolerance }: ProgramCase) => {
    const [ours, theirs] = [report, oracle].map((r) => r.programs.find((p) => p.name === name));
    const expected = theirs?.figures ?? {};
    const errors = Object.entries(expected).map(([what, values]) => distance(ours?.figures?.[what], values));
    const error = errors.length === 0 ? FAILED : Math.max(...errors);
    return { name, error, tolerance, ok: error <= tolerance, said: ours?.said };
  });
