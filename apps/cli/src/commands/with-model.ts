/**
 * Runs a command's work with its model on its backend, and frees both.
 *
 * @module
 */
import { type EngineOptions, openBackend } from "../engine.ts";
import type { KindModel } from "../kinds/kind.ts";
import { kindOfModel } from "../kinds/kinds.ts";
import { openFile } from "../models.ts";

/** Opens the model and backend that the options name. */
export async function withModel<T>(
  options: EngineOptions & { readonly model?: string },
  work: (model: KindModel) => Promise<T>,
): Promise<T> {
  const opened = openFile(options.model);
  const backend = await openBackend(options);
  try {
    const model = kindOfModel(opened).open(opened, backend);
    try {
      return await work(model);
    } finally {
      await model.dispose();
    }
  } finally {
    await backend.dispose();
  }
}
