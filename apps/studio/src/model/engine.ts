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

export interface EngineOptions {
  readonly spawn: () => WorkerLike;
  /** Told when a worker had to be replaced. */
  readonly onRestart?: () => void;
  readonly patience?: number;
}

type Kind = keyof MelodyRequests & string;
type Options<K extends Kind> = RequestOptions<MelodyRequests[K] extends { readonly progress: infer P } ? P : never>;

interface Life {
  readonly worker: WorkerLike;
  readonly client: Client<MelodyRequests>;
  /** Resolves when the worker has opened the model in use. */
  opened: Promise<ModelCard>;
}

/** Asks the model; survives its worker. */
export class Engine {
  private readonly options: EngineOptions;
  private life: Life | undefined;
  private bytes: Uint8Array | undefined;

  constructor(options: EngineOptions) {
    this.options = options;
  }

  /**
   * Uses a model from now on; where the file is refused, the one in use stays.
   * @throws {FlowError} where the file is no melody model
   */
  async use(bytes: Uint8Array): Promise<ModelCard> {
    const before = this.bytes;
    try {
      const card = await this.surviving(async () => {
        const life = this.life ?? this.start();
        const opened = this.send(life, "open", { bytes });
        if (before === undefined) life.opened = opened;
        return opened;
      });
      this.bytes = bytes;
      if (this.life) this.life.opened = Promise.resolve(card);
      return card;
    } catch (error) {
      if (before === undefined) this.end();
      throw error;
    }
  }

  /**
   * Asks the model in use.
   * @throws {FlowError} what the service threw; `no-model` before one is in use
   */
  request<K extends Kind>(
    kind: K,
    payload: MelodyRequests[K]["payload"],
    options?: Options<K>,
  ): Promise<MelodyRequests[K]["result"]> {
    return this.surviving(async () => {
      const life = this.life ?? (await this.reopen());
      await life.opened;
      return this.send(life, kind, payload, options);
    });
  }

  /** Ends the worker; the next request starts another. */
  end(): void {
    this.life?.client.close();
    this.life?.worker.terminate();
    this.life = undefined;
  }

  private start(): Life {
    const worker = this.options.spawn();
    const client = connect<MelodyRequests>(portOf(worker), { timeout: this.options.patience ?? PATIENCE });
    const noModel = Promise.reject<ModelCard>(new FlowError("no-model", "There is no model yet."));
    noModel.catch(() => {});
    this.life = { worker, client, opened: noModel };
    return this.life;
  }

  private async reopen(): Promise<Life> {
    const { bytes } = this;
    if (!bytes) throw new FlowError("no-model", "The model has not arrived yet.", { hint: "Wait a moment." });
    const life = this.start();
    life.opened = this.send(life, "open", { bytes });
    return life;
  }

  private send<K extends Kind>(
    life: Life,
    kind: K,
    payload: MelodyRequests[K]["payload"],
    options?: Options<K>,
  ): Promise<MelodyRequests[K]["result"]> {
    return life.client.request(kind, payload, options as never);
  }

  private async surviving<T>(ask: () => Promise<T>): Promise<T> {
    const asked = this.life;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof WorkerError && FATAL.has(error.code))) throw error;
      // Several requests fail together when a worker dies; the first one of them ends it for all.
      if (this.life === asked || asked === undefined) {
        this.end();
        this.options.onRestart?.();
      }
      return ask();
    }
  }
}
