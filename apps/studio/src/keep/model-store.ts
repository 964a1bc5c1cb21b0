/**
 * The model file that a musician dropped, kept in the browser's database: it is too large for the other store.
 *
 * @module
 */
import { FlowError } from "@normflow/core";
import { del, get, set } from "idb-keyval";

const KEY = "normflow:1:model";

/** A model file. */
export interface OwnModel {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What is needed of the database. */
export interface ModelDatabase {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  del(key: string): Promise<void>;
}

const database: ModelDatabase = { get, set, del };

/** Returns the model file that was kept; undefined where there is none, none that can be read, or no database. */
export async function loadModel(db: ModelDatabase = database): Promise<OwnModel | undefined> {
  try {
    const kept = (await db.get(KEY)) as Partial<OwnModel> | undefined;
    return typeof kept?.name === "string" && kept.bytes instanceof Uint8Array
      ? { name: kept.name, bytes: kept.bytes }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Keeps a model file instead of the one before.
 * @throws {FlowError} `model-not-kept` where the browser has no room or no database
 */
export async function saveModel({ name, bytes }: OwnModel, db: ModelDatabase = database): Promise<void> {
  try {
    await db.set(KEY, { name, bytes });
  } catch (cause) {
    throw new FlowError(
      "model-not-kept",
      "The browser does not keep the model: after a reload it has to be dropped again.",
      {
        hint: "Allow the page to store data, or free some space.",
        cause,
      },
    );
  }
}

/** Forgets the model file. */
export async function forgetModel(db: ModelDatabase = database): Promise<void> {
  try {
    await db.del(KEY);
  } catch {
    // What was never kept needs no forgetting.
  }
}
