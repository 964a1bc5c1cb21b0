/**
 * The melody model in a worker, started again when it crashes or hangs.
 *
 * @module
 */
import { type Client, connect, FlowError, type RequestOptions, WorkerError } from "@normflow/core";
import type { MelodyRequests, ModelCard } from "@normflow/music";
import { portOf, type WorkerLike } from "./port.ts";

/** Milliseconds without an answer after which a worker counts as hanging. */
const PATIENCE = 15_000;

/** Failures of the worker itself, after which a new one gets the request once more. */
const FATAL = new Set(["worker-ended", "timeout"]);

const isFatal = (error: unknown): boolean => error instanceof WorkerError && FATAL.has(error.code);

export interface EngineOptions {
  readonly spawn: () => WorkerLike;
  /** Told when a worker had to be replaced. */
  readonly onRestart?: () => void;
  readonly patience?: number;
}

type Kind = keyof MelodyRequests & string;
type Options<K extends Kind> = RequestOptions<MelodyRequests[K] extends { readonly progress: infer P } ? P : never>;

/** A worker that opens one model and answers for it. */
interface Life {
  readonly worker: WorkerLike;
  readonly client: Client<MelodyRequests>;
  readonly opened: Promise<ModelCard>;
}

function endLife({ client, worker }: Life): void {
  client.close();
  worker.terminate();
}

/** Asks the model; survives its worker. */
export class Engine {
  private readonly options: EngineOptions;
  private life: Life | undefined;
  private bytes: Uint8Array | undefined;
  /** Counts calls of `use`; of two that overlap the later one has the say. */
  private calls = 0;
  private used = 0;

  constructor(options: EngineOptions) {
    this.options = options;
  }

  /**
   * Uses a model from now on; where the file is refused, or its worker does not survive it, the one in use stays.
   * @throws {FlowError} where the file is no melody model
   * @throws {WorkerError} `cancelled` where a model that was asked for later is in use already
   */
  async use(bytes: Uint8Array): Promise<ModelCard> {
    const call = ++this.calls;
    // In a worker of its own: whatever a file does to that, the model in use goes on.
    const next = this.start(bytes);
    try {
      const card = await next.opened;
      if (call < this.used) throw new WorkerError("cancelled", "Another model was asked for after this one.");
      const before = this.life;
      this.used = call;
      this.bytes = bytes;
      this.life = next;
      // What was asked of the one before is asked again of this one.
      if (before) endLife(before);
      return card;
    } catch (error) {
      endLife(next);
      throw error;
    }
  }

  /**
   * Asks the model in use.
   * @throws {FlowError} what the service threw; `no-model` before one is in use
   */
  async request<K extends Kind>(
    kind: K,
    payload: MelodyRequests[K]["payload"],
    options?: Options<K>,
  ): Promise<MelodyRequests[K]["result"]> {
    const send = async (life: Life): Promise<MelodyRequests[K]["result"]> => {
      await life.opened;
      return life.client.request(kind, payload, options as never);
    };
    const life = this.living();
    try {
      return await send(life);
    } catch (error) {
      if (!isFatal(error)) throw error;
      // Several requests fail together when a worker dies; the first one of them ends it for all.
      if (this.life === life) {
        this.end();
        this.options.onRestart?.();
      }
      return await send(this.living());
    }
  }

  /** Ends the worker; the next request starts another. */
  end(): void {
    if (this.life) endLife(this.life);
    this.life = undefined;
  }

  private start(bytes: Uint8Array): Life {
    const worker = this.options.spawn();
    const client = connect<MelodyRequests>(portOf(worker), { timeout: this.options.patience ?? PATIENCE });
    const opened = client.request("open", { bytes });
    // Whoever waits for it hears of it.
    opened.catch(() => {});
    return { worker, client, opened };
  }

  private living(): Life {
    if (!this.bytes) throw new FlowError("no-model", "The model has not arrived yet.", { hint: "Wait a moment." });
    this.life ??= this.start(this.bytes);
    return this.life;
  }
}
