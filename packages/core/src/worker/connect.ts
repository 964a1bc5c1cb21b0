/**
 * Sends typed requests: the client's side.
 *
 * @module
 */
import type { Abortable } from "../abort.ts";
import { type FlowError, OptionError, WorkerError } from "../error.ts";
import { after } from "../timer.ts";
import { CANCEL, cancelled, type Exchanges, errorOf, type Port, type ProgressOf, type Reply } from "./messages.ts";

/** What a client needs of an AbortSignal. */
export interface CancelSignal extends Abortable {
  readonly reason?: unknown;
  /** Calls back when the signal fires. */
  addEventListener(type: "abort", listener: () => void): void;
  /** Takes a listener back. */
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What a caller may say of one request. */
export interface RequestOptions<P = never> {
  /** Cancels: the request is rejected at once with `cancelled`, and the worker stops when it next looks. */
  readonly signal?: CancelSignal;
  /** Told what the handler reports before its result. */
  readonly onProgress?: (value: P) => void;
  /** Memory of the payload that is given away instead of copied. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Milliseconds without an answer or progress, time in the queue included, after which to give up; none by default. */
  readonly timeout?: number;
}

/** How a client treats all of its requests. */
export interface ClientOptions {
  /** The timeout of requests that state none. */
  readonly timeout?: number;
  /** Makes the error of an ended worker from what is known of why. */
  readonly ended?: (cause: unknown) => FlowError;
  /** Told when the first request goes out and when the last one is settled. */
  readonly onBusy?: (busy: boolean) => void;
}

/** Sends requests to a worker, and refuses them once it has ended. */
export interface Client<R extends Exchanges<R>> {
  readonly alive: boolean;
  /**
   * Sends a request and waits for its result.
   * @throws {FlowError} what the handler threw, with its class, code and hint
   * @throws {WorkerError} `cancelled`; `timeout`; `worker-ended`, now and from then on; `payload` where it cannot be sent
   */
  request<K extends keyof R & string>(
    kind: K,
    payload: R[K]["payload"],
    options?: RequestOptions<ProgressOf<R[K]>>,
  ): Promise<R[K]["result"]>;
  /** Rejects what is pending and refuses what comes; the worker itself is the caller's to end. */
  close(error?: FlowError): void;
}

interface Pending {
  readonly settle: (outcome: { readonly value: unknown } | { readonly error: FlowError }) => void;
  readonly progress: (value: unknown) => void;
}

const workerEnded = (cause: unknown): WorkerError =>
  new WorkerError("worker-ended", "The worker has ended; what it held is gone.", {
    hint: "Start a new one and send the request again.",
    cause,
  });

/** Connects to a worker that serves `R`. */
export function connect<R extends Exchanges<R>>(port: Port, options: ClientOptions = {}): Client<R> {
  const pending = new Map<number, Pending>();
  let next = 0;
  let end: FlowError | undefined;

  const close = (error: FlowError): void => {
    end ??= error;
    for (const { settle } of [...pending.values()]) settle({ error: end });
  };
  port.onEnd?.((cause) => close((options.ended ?? workerEnded)(cause)));
  port.onMessage((message) => {
    const { id, kind, payload } = (message ?? {}) as Reply;
    const waiting = pending.get(id);
    // Answers to requests that were given up arrive all the same.
    if (!waiting) return;
    switch (kind) {
      case "progress":
        return waiting.progress(payload);
      case "result":
        return waiting.settle({ value: payload });
      case "error":
        return waiting.settle({ error: errorOf(payload) });
      default:
        return kind satisfies never;
    }
  });

  function send(
    kind: string,
    payload: unknown,
    { signal, onProgress, transfer = [], timeout = options.timeout }: RequestOptions<never>,
  ): Promise<unknown> {
    if (end) return Promise.reject(end);
    if (signal?.aborted) return Promise.reject(cancelled(signal.reason));
    if (timeout !== undefined && !(timeout > 0))
      return Promise.reject(
        new OptionError("timeout", `A timeout is a number of milliseconds above 0, not ${timeout}.`, {
          hint: "Leave it out to wait as long as it takes.",
        }),
      );
    return new Promise((resolve, reject) => {
      const id = next++;
      let unwind = (): void => {};
      const give = (error: WorkerError): void => {
        port.postMessage({ id, kind: CANCEL, payload: undefined });
        settle({ error });
      };
      const abort = (): void => give(cancelled(signal?.reason));
      const wind = (): void => {
        if (timeout === undefined) return;
        unwind();
        unwind = after(timeout, () =>
          give(
            new WorkerError("timeout", `The worker did not answer "${kind}" within ${timeout} ms.`, {
              hint: "It may be busy with something long, or hang: wait longer, or start a new one.",
            }),
          ),
        );
      };
      const settle: Pending["settle"] = (outcome) => {
        if (!pending.delete(id)) return;
        unwind();
        signal?.removeEventListener("abort", abort);
        if (pending.size === 0) options.onBusy?.(false);
        if ("error" in outcome) reject(outcome.error);
        else resolve(outcome.value);
      };
      pending.set(id, {
        settle,
        progress: (value) => {
          wind();
          onProgress?.(value as never);
        },
      });
      if (pending.size === 1) options.onBusy?.(true);
      signal?.addEventListener("abort", abort);
      wind();
      try {
        port.postMessage({ id, kind, payload }, [...transfer]);
      } catch (cause) {
        settle({
          error: new WorkerError("payload", `The payload of "${kind}" cannot be sent.`, {
            hint: "Send plain data and typed arrays; functions and classes stay behind.",
            cause,
          }),
        });
      }
    });
  }

  return {
    get alive() {
      return end === undefined;
    },
    request: (kind, payload, given = {}) => send(kind, payload, given as RequestOptions<never>) as Promise<never>,
    close: (error = workerEnded(undefined)) => close(error),
  };
}
