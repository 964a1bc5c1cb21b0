/**
 * Where sessions live: in this thread or in a worker.
 *
 * @module
 */
import type { Provider } from "../lowering/scope.ts";

/** An input or output of a session. */
export interface SessionPort {
  /** The name in the model. */
  readonly port: string;
  readonly name: string;
  readonly shape: readonly number[];
}

/** An input; where `resident`, its value is what the program holds under its name. */
export interface SessionInput extends SessionPort {
  readonly resident: boolean;
}

/** An output; where `into` is set it becomes the program's resident value of that name. */
export interface SessionOutput extends SessionPort {
  readonly into: string | undefined;
}

/** What a session takes and returns. */
export interface SessionPlan {
  readonly inputs: readonly SessionInput[];
  readonly outputs: readonly SessionOutput[];
}

/** Float32 values with a shape. */
export interface Float32Values {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Values by name. */
export type Values = Readonly<Record<string, Float32Values>>;

/** How the sessions of a host run. */
export interface HostOptions {
  readonly device: Provider;
  readonly threads: number;
  /** Without a pool of memory. */
  readonly lean?: boolean;
}

/** The resident values of one compiled graph, and its sessions, one for each set of sizes. */
export interface Program {
  /** Makes a session of a model. */
  load(model: Uint8Array, plan: SessionPlan): Promise<number>;
  unload(session: number): Promise<void>;
  /** Runs a session on what is not resident; the values returned are the caller's own. */
  run(session: number, inputs: Values): Promise<Values>;
  put(values: Values): Promise<void>;
  get(names: readonly string[]): Promise<Values>;
  close(): Promise<void>;
}

/** Opens programs. */
export interface Host {
  open(): Promise<Program>;
  dispose(): Promise<void>;
}
