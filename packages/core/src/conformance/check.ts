/**
 * A check: anything that every backend must do.
 *
 * @module
 */
import type { Arrays, Backend } from "../backend.ts";
import { BackendError } from "../error.ts";
import type { Graph } from "../graph/graph.ts";
import { type ConformanceCase, runCase } from "./case.ts";

/** One thing that is asked of every backend. */
export interface BackendCheck {
  readonly name: string;
  /** Tries it. @throws {BackendError} a sentence that says what was seen and what was due */
  run(backend: Backend): Promise<void>;
}

/** What is wrong with a result, as an error. */
export const differs = (backend: Backend, said: string): BackendError =>
  new BackendError("differs", `${backend.describe()}: ${said}.`, {
    hint: "Compare its rule with the reference kernel of that primitive.",
  });

/** That a backend gives on a case what the reference gives. */
export const caseCheck = (subject: Pick<ConformanceCase, "name" | "graph" | "inputs" | "tolerance">): BackendCheck => ({
  name: subject.name,
  async run(backend) {
    const { ok, said } = await runCase(subject, backend);
    if (!ok) throw differs(backend, said!);
  },
});

/**
 * Holds a backend against the reference on one graph.
 * @throws {BackendError} `differs`, naming the entry that is furthest off
 */
export const expectLikeReference = (backend: Backend, graph: Graph, inputs: Arrays, tolerance = 1e-5): Promise<void> =>
  caseCheck({ name: "a graph", graph: () => graph, inputs: () => inputs, tolerance }).run(backend);
