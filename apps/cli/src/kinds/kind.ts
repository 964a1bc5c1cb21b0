/**
 * What flowctl knows of a kind of data: how it is recognised and read, which flows suit it, and how its models answer.
 *
 * @module
 */
import type { Backend, Opened, z } from "@normflow/core";
import type { DecodeCommand } from "../commands/decode.ts";
import type { EncodeCommand } from "../commands/encode.ts";
import type { SampleCommand } from "../commands/sample.ts";
import type { ScoreCommand } from "../commands/score.ts";
import type { Io } from "../io.ts";
import type { RunConfig } from "../run/config.ts";
import type { Job } from "../run/train.ts";

/** A flow that a kind of data can be trained with. */
export interface FlowChoice {
  /** One line for people. */
  readonly summary: string;
  /** Schema of the options that a user may set. */
  readonly options: z.Schema<never> | z.Schema<object>;
  /** Options that follow from the data, which nobody sets. */
  readonly fromData?: readonly string[];
}

/** What a reader needs to know before there are settings. */
export interface ReadRequest {
  readonly seed: number;
  /** Columns to condition on. */
  readonly context: readonly string[];
  /** Columns to leave out. */
  readonly ignore: readonly string[];
}

/** Data that were read. */
export interface Prepared {
  /** Items to train on, from which the settings follow. */
  readonly rows: number;
  /** What is to be trained by resolved settings. @throws {UsageError} where the flow does not take its options */
  job(config: RunConfig): Job;
}

/** A line as encode prints it. */
export interface LatentLine {
  readonly file?: string | undefined;
  readonly window?: number | undefined;
  readonly row?: number | undefined;
  readonly z: readonly number[];
  readonly context?: readonly number[] | undefined;
  readonly meta?:
    | {
        readonly folds?: readonly number[] | undefined;
        /** Characters of a text, where they are fewer than a window has. */
        readonly length?: number | undefined;
        /** Characters of a text that are not in the model's alphabet. */
        readonly unknown?: readonly string[] | undefined;
      }
    | undefined;
}

/** A model that answers the commands; each returns an exit code. */
export interface KindModel {
  /** Numbers in a latent. */
  readonly latent: number;
  /** The head of what decode prints for people. */
  readonly decoded: string;
  /** Whether decode can write a file that holds exactly what was encoded. */
  readonly writesText?: boolean;
  sample(options: SampleCommand, io: Io): Promise<number>;
  score(path: string, options: ScoreCommand, io: Io): Promise<number>;
  encode(path: string, options: EncodeCommand, io: Io): Promise<number>;
  /** Prints what some lines decode to; returns how many did. */
  decode(lines: readonly LatentLine[], options: DecodeCommand, io: Io): Promise<number>;
  dispose(): Promise<void>;
}

/** A kind of data. */
export interface DataKind {
  /** As settings and messages call it. */
  readonly name: string;
  /** As sentences call it: "There is no flow of that name for …". */
  readonly plural: string;
  /** What train takes: "a folder of …". */
  readonly takes: string;
  /** Whether its items are rows of named columns, of which some may be left out. */
  readonly hasColumns?: boolean;
  /** Flows by name; the first is the default. */
  readonly flows: Readonly<Record<string, FlowChoice>>;
  /** Whether a path holds this kind, by its name or by what is in the folder. */
  detects(path: string, isFolder: boolean): boolean;
  /** Reads, splits and tells what was left out. @throws {UsageError} where nothing can be trained on */
  read(path: string, request: ReadRequest, io: Io): Prepared | Promise<Prepared>;
  /** Settings of a run over so many items; of the default flow unless told. */
  settings(rows: number, flow?: string): RunConfig;
  /** Whether a model file holds a model of this kind. */
  holds(opened: Opened): boolean;
  open(opened: Opened, backend: Backend): KindModel;
}
