/**
 * Sessions of ONNX Runtime, whichever of its packages it comes from.
 *
 * @module
 */
import { BackendError } from "@normflow/core";
import type * as Ort from "onnxruntime-node";
import type { Provider } from "../lowering/scope.ts";
import { remedies } from "../remedies.ts";
import type { Float32Values, Program, SessionPlan, Values } from "./host.ts";

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!.trim();

/** A resident value, and the buffer that its successor is written to: an output must not lie over an input. */
interface Slot {
  current: Ort.Tensor;
  spare: Ort.Tensor | undefined;
}

interface Session {
  readonly session: Ort.InferenceSession;
  readonly plan: SessionPlan;
}

/** What a program needs of ONNX Runtime, in Node or in a page. */
export interface OrtRuntime {
  readonly device: Provider;
  readonly Tensor: typeof Ort.Tensor;
  create(model: Uint8Array): Promise<Ort.InferenceSession>;
  /** Which results are written to memory given to the runtime: those that are carried, all of them, or none. */
  readonly results: "carried" | "own" | "none";
}

/** The resident values of one compiled graph, and its sessions. */
export class OrtProgram implements Program {
  private readonly runtime: OrtRuntime;
  private readonly sessions = new Map<number, Session>();
  private readonly slots = new Map<string, Slot>();
  private next = 0;

  constructor(runtime: OrtRuntime) {
    this.runtime = runtime;
  }

  async load(model: Uint8Array, plan: SessionPlan): Promise<number> {
    const { device } = this.runtime;
    try {
      const session = await this.runtime.create(model);
      this.sessions.set(this.next, { session, plan });
      return this.next++;
    } catch (cause) {
      throw new BackendError("session", `onnx: no session on ${device}: ${messageOf(cause)}`, {
        hint: remedies[device],
        cause,
      });
    }
  }

  async unload(id: number): Promise<void> {
    const found = this.sessions.get(id);
    this.sessions.delete(id);
    await found?.session.release();
  }

  async run(id: number, inputs: Values): Promise<Values> {
    const { session, plan } = this.sessions.get(id)!;
    const feeds: Record<string, Ort.Tensor> = {};
    for (const { name, port, resident } of plan.inputs)
      feeds[port] = resident ? this.slots.get(name)!.current : this.tensor(inputs[name]!);
    const fetches: Record<string, Ort.Tensor | null> = {};
    for (const { port, shape, into } of plan.outputs) {
      if (this.runtime.results === "none") fetches[port] = null;
      else if (into !== undefined) fetches[port] = this.spare(into, shape);
      else fetches[port] = this.runtime.results === "own" ? this.empty(shape) : null;
    }
    const results = await this.attempt(() => session.run(feeds, fetches));
    const returned: Record<string, Float32Values> = {};
    for (const { name, port, shape, into } of plan.outputs) {
      const tensor = results[port] as Ort.Tensor;
      if (into === undefined) returned[name] = { data: tensor.data as Float32Array, shape };
      else this.swap(into, tensor);
    }
    return returned;
  }

  async put(values: Values): Promise<void> {
    for (const [name, { data, shape }] of Object.entries(values))
      this.slots.set(name, { current: this.tensor({ data: Float32Array.from(data), shape }), spare: undefined });
  }

  async get(names: readonly string[]): Promise<Values> {
    return Object.fromEntries(
      names.map((name) => {
        const { data, dims } = this.slots.get(name)!.current;
        return [name, { data: Float32Array.from(data as Float32Array), shape: dims }];
      }),
    );
  }

  async close(): Promise<void> {
    const ids = [...this.sessions.keys()];
    for (const id of ids) await this.unload(id);
    this.slots.clear();
  }

  private tensor({ data, shape }: Float32Values): Ort.Tensor {
    return new this.runtime.Tensor("float32", data, shape);
  }

  private empty(shape: readonly number[]): Ort.Tensor {
    return this.tensor({ data: new Float32Array(count(shape)), shape });
  }

  private spare(name: string, shape: readonly number[]): Ort.Tensor {
    const spare = this.slots.get(name)?.spare;
    return spare && String(spare.dims) === String(shape) ? spare : this.empty(shape);
  }

  private swap(name: string, tensor: Ort.Tensor): void {
    this.slots.set(name, { current: tensor, spare: this.slots.get(name)?.current });
  }

  private async attempt<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
      throw new BackendError("run", `onnx: a run on ${this.runtime.device} failed: ${messageOf(cause)}`, {
        hint: "If memory ran out, pass fewer events at once: chunk, or batch.",
        cause,
      });
    }
  }
}
