/**
 * Serves typed requests: the worker's side.
 *
 * @module
 */
import { type Abortable, checkpoint } from "../abort.ts";
import { WorkerError } from "../error.ts";
import { turn } from "../timer.ts";
import {
  CANCEL,
  cancelled,
  type Exchanges,
  failureOf,
  type Port,
  type ProgressOf,
  type Reply,
  type Request,
} from "./messages.ts";

/** What a handler may do while it works on a request. */
export interface Task<P = never> {
  /** Aborted when the client cancels; its `turn` lets the message that says so arrive. */
  readonly signal: Abortable;
  /** Tells the client how far the work is. */
  progress(value: P): void;
  /** Gives the memory of the result away instead of copying it. */
  transfer(buffers: readonly ArrayBuffer[]): void;
}

/** A function for each kind of request. */
export type Handlers<R extends Exchanges<R>> = {
  readonly [K in keyof R]: (
    payload: R[K]["payload"],
    task: Task<ProgressOf<R[K]>>,
  ) => R[K]["result"] | Promise<R[K]["result"]>;
};

class TaskSignal implements Abortable {
  aborted = false;
  readonly turn = turn;

  throwIfAborted(): void {
    if (this.aborted) throw cancelled();
  }
}

const isRequest = (message: unknown): message is Request =>
  typeof message === "object" &&
  message !== null &&
  typeof (message as Partial<Request>).id === "number" &&
  typeof (message as Partial<Request>).kind === "string";

/**
 * Answers requests one after another, in the order in which they came; one that is cancelled while it waits never starts.
 *
 * Payloads come from outside: a handler checks what it is given. What a handler throws goes back as an error with code,
 * message and hint; a kind without a handler is refused with `unknown-request`, and what is no request is passed over.
 */
export function serve<R extends Exchanges<R>>(port: Port, handlers: Handlers<R>): void {
  const signals = new Map<number, TaskSignal>();
  const table = handlers as Readonly<Record<string, (payload: unknown, task: Task<unknown>) => unknown>>;

  const send = (reply: Reply, transfer: ArrayBuffer[] = []): void => port.postMessage(reply, transfer);
  const fail = (id: number, error: unknown): void => send({ id, kind: "error", payload: failureOf(error) });

  async function answer({ id, kind, payload }: Request, signal: TaskSignal): Promise<void> {
    try {
      // Work that never waits would otherwise begin before the message that cancels it is read.
      await checkpoint(signal);
      if (!Object.hasOwn(table, kind))
        throw new WorkerError("unknown-request", `The worker serves no request "${kind}".`, {
          hint: `It serves ${Object.keys(table).join(", ")}.`,
        });
      let given: ArrayBuffer[] = [];
      const result = await table[kind]!(payload, {
        signal,
        progress: (value) => send({ id, kind: "progress", payload: value }),
        transfer: (buffers) => void (given = [...buffers]),
      });
      send({ id, kind: "result", payload: result }, given);
    } catch (error) {
      fail(id, error);
    } finally {
      signals.delete(id);
    }
  }

  let last: Promise<void> = Promise.resolve();
  port.onMessage((message) => {
    if (!isRequest(message)) return;
    const { id } = message;
    if (message.kind === CANCEL) {
      const signal = signals.get(id);
      if (signal) signal.aborted = true;
      return;
    }
    const signal = new TaskSignal();
    signals.set(id, signal);
    last = last.then(() => answer(message, signal));
  });
}
