/**
 * Runs a command's work with its model on its backend, and frees both.
 *
 * @module
 */
import { type EngineOptions, openBackend } from "../engine.ts";
import { type Loaded, loadModel, openFile } from "../models.ts";

/** Opens the model and backend that the options name. */
export async function withModel<T>(
  options: EngineOptions & { readonly model?: string },
  work: (loaded: Loaded) => Promise<T>,
): Promise<T> {
  const opened = openFile(options.model);
  const backend = await openBackend(options);
  try {
    const loaded = loadModel(opened, backend);
    try {
      return await work(loaded);
    } finally {
      await loaded.model.dispose();
    }
  } finally {
    await backend.dispose();
  }
}
