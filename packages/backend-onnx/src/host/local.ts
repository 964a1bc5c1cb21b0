/**
 * Sessions of ONNX Runtime in this thread.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { BackendError } from "@normflow/core";
import type * as Ort from "onnxruntime-node";
import { cudaProvider, remedies, sessionOptions } from "../device.ts";
import type { Float32Values, Host, HostOptions, Program, SessionPlan, Values } from "./host.ts";

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

async function loadRuntime(): Promise<typeof Ort> {
  try {
    return await import("onnxruntime-node");
  } catch (cause) {
    throw new BackendError("runtime-missing", "onnx: ONNX Runtime could not be loaded.", { hint: remedies.cpu, cause });
  }
}

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

class LocalProgram implements Program {
  private readonly ort: typeof Ort;
  private readonly options: HostOptions;
  private readonly detachable: boolean;
  private readonly sessions = new Map<number, Session>();
  private readonly slots = new Map<string, Slot>();
  private next = 0;

  constructor(ort: typeof Ort, options: HostOptions, detachable: boolean) {
    this.ort = ort;
    this.options = options;
    this.detachable = detachable;
  }

  async load(model: Uint8Array, plan: SessionPlan): Promise<number> {
    const { device, threads } = this.options;
    // ONNX Runtime would look for it by itself, and write to standard error when it finds nothing.
    if (device === "cuda" && !existsSync(cudaProvider()))
      throw new BackendError("session", "onnx: the CUDA provider library of onnxruntime-node is not installed.", {
        hint: remedies.cuda,
      });
    try {
      const session = await this.ort.InferenceSession.create(model, sessionOptions(device, threads));
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
      if (into !== undefined) fetches[port] = this.spare(into, shape);
      // Memory that ONNX Runtime has allocated cannot be handed to another thread.
      else fetches[port] = this.detachable ? this.empty(shape) : null;
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
    return new this.ort.Tensor("float32", data, shape);
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
      throw new BackendError("run", `onnx: a run on ${this.options.device} failed: ${messageOf(cause)}`, { cause });
    }
  }
}

/** @param detachable whether results are to lie in memory that can be transferred to another thread */
export async function localHost(options: HostOptions, detachable = false): Promise<Host> {
  const ort = await loadRuntime();
  ort.env.logLevel = "error";
  return {
    open: async () => new LocalProgram(ort, options, detachable),
    dispose: async () => {},
  };
}
