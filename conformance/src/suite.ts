/**
 * Runs everything on one provider.
 *
 * @module
 */
import { type Backend, FlowError } from "@normflow/core";
import { conformanceCases, type Outcome, runCase } from "@normflow/core/conformance";
import { runLayer } from "./layer-figures.ts";
import { layerCases } from "./layers.ts";
import { type Figures, type ProgramCase, programCases } from "./programs.ts";
import type { Provider } from "./provider.ts";
import { type Drawn, draw, type Files } from "./thousand.ts";

/** How a case went; where it threw, what it said. */
export interface CaseResult extends Outcome {
  readonly primitive: string;
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
  readonly layers: readonly Outcome[];
  readonly programs: readonly ProgramResult[];
  /** What it drew of the saved models, where that was asked. */
  readonly drawn?: Drawn | undefined;
  /** Why it did not. */
  readonly notDrawn?: string | undefined;
  readonly seconds: number;
}

/** What a run is to do beside the programs. */
export interface RunOptions {
  /** Cases of primitives; they are run unless told. */
  readonly cases?: boolean;
  /** Small flows; they are asked unless told. */
  readonly layers?: boolean;
  /** A thousand samples of each model file; they are not drawn unless told. */
  readonly full?: boolean;
}

/** The results of a provider that does not run. */
export const nothing = { cases: [], layers: [], programs: [], seconds: 0 } as const;

/** An infinity, which JSON has not. */
const FAILED = 1e9;

const sentence = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof FlowError && error.hint ? `${message} ${error.hint}` : message;
};

/** What came of one subject after the other, where it threw too. */
async function outcomes<S extends Pick<Outcome, "name" | "tolerance">>(
  subjects: readonly S[],
  run: (subject: S) => Promise<Outcome>,
): Promise<Outcome[]> {
  const results: Outcome[] = [];
  for (const subject of subjects) {
    try {
      const outcome = await run(subject);
      results.push({ ...outcome, error: Math.min(outcome.error, FAILED) });
    } catch (error) {
      const { name, tolerance } = subject;
      results.push({ name, tolerance, error: FAILED, ok: false, said: sentence(error) });
    }
  }
  return results;
}

async function runCases(backend: Backend): Promise<CaseResult[]> {
  const results = await outcomes(conformanceCases, (subject) => runCase(subject, backend));
  return results.map((outcome, i) => ({ ...outcome, primitive: conformanceCases[i]!.primitive }));
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

/** Runs every case, every layer and every program on a provider, or what the options say. */
export async function runProvider(
  { id, title, open }: Provider,
  files: Files,
  { cases: primitives = true, layers: flows = true, full = false }: RunOptions = {},
): Promise<Report> {
  const start = Date.now();
  let backend: Backend;
  try {
    backend = await open();
  } catch (error) {
    return { id, title, missing: sentence(error), ...nothing };
  }
  const runsOn = backend.describe();
  const cases = primitives ? await runCases(backend) : [];
  const layers = flows ? await outcomes(layerCases, (layer) => runLayer(layer, backend)) : [];
  const programs = await runPrograms(backend, files.melody);
  const drawn = full
    ? await draw(backend, files).then(
        (result) => ({ drawn: result }),
        (error: unknown) => ({ notDrawn: sentence(error) }),
      )
    : {};
  await backend.dispose();
  return { id, title, runsOn, cases, layers, programs, ...drawn, seconds: (Date.now() - start) / 1000 };
}

function distance(actual: readonly number[] | undefined, expected: readonly number[]): number {
  if (actual?.length !== expected.length) return FAILED;
  return expected.reduce((worst, e, i) => {
    const error = Math.abs(actual[i]! - e) / (1 + Math.abs(e));
    return Math.max(worst, Number.isNaN(error) ? FAILED : error);
  }, 0);
}

/** Compares the programs of a report with those of the reference. */
export const verdicts = (report: Report, oracle: Report): Outcome[] =>
  programCases.map(({ name, tolerance }: ProgramCase) => {
    const [ours, theirs] = [report, oracle].map((r) => r.programs.find((p) => p.name === name));
    const expected = theirs?.figures ?? {};
    const errors = Object.entries(expected).map(([what, values]) => distance(ours?.figures?.[what], values));
    const error = errors.length === 0 ? FAILED : Math.max(...errors);
    return { name, error, tolerance, ok: error <= tolerance, said: ours?.said };
  });
