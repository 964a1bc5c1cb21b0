/**
 * What a backend is: something that compiles graphs and runs them on arrays of the host.
 *
 * @module
 */
import type { Abortable } from "./abort.ts";
import type { Graph } from "./graph/graph.ts";

/** Floating-point values on the host, row by row. */
export type FloatArray = Float32Array | Float64Array;

/** An array of the host. */
export interface HostArray {
  readonly data: FloatArray;
  readonly shape: readonly number[];
}

/** Arrays by the name of the input or output. */
export type Arrays = Readonly<Record<string, HostArray>>;

/** What stays with the backend between the runs of a graph. */
export interface CompileOptions {
  /** Inputs that stay with the backend between runs; `put` sets them. */
  readonly resident?: readonly string[];
  /** Outputs that become resident inputs of the next run instead of being returned: input by output. */
  readonly carry?: Readonly<Record<string, string>>;
}

/** What a caller may say of one run. */
export interface RunOptions {
  /**
   * Stops the run where it is, on a backend that can: backend-js lets other work have its turn every few milliseconds and
   * looks at the signal then. Others run to the end. A run that carries values runs to the end too, so that what is
   * carried is the state before it or the state after it.
   */
  readonly signal?: Abortable | undefined;
}

/** A compiled graph. Runs that are asked for at once are done one after another. */
export interface Executable {
  /**
   * Runs on the inputs that are not resident.
   * @returns the outputs that are not carried, by name
   * @throws {ShapeError} where shapes disagree with the declared ones
   * @throws what the signal says, where it stopped the run; the program can be run again
   */
  run(inputs: Arrays, options?: RunOptions): Promise<Arrays>;
  /** Sets resident inputs. */
  put(values: Arrays): Promise<void>;
  /** Reads resident inputs back. */
  get(names: readonly string[]): Promise<Arrays>;
  /** Frees the plan and what is resident; a disposed executable is not run again. */
  dispose(): Promise<void>;
}

/** Runs graphs on one device in one precision. */
export interface Backend {
  /** `onnx`, `reference`, … */
  readonly name: string;
  /** What it really runs on: `cpu`, `cuda`, `webgpu`. */
  readonly device: string;
  readonly precision: "float32" | "float64";
  /** One line for people: `onnx: cpu, 2 threads`. */
  describe(): string;
  /** Plans a graph; `optimise` first, whatever the backend does after it. @throws {BackendError} where it cannot run it */
  compile(graph: Graph, options?: CompileOptions): Promise<Executable>;
  /** Frees the device; what was compiled on it is gone. */
  dispose(): Promise<void>;
}

/** An array of the host from values and a shape. */
export const hostArray = (data: FloatArray, shape: readonly number[]): HostArray => ({ data, shape });
