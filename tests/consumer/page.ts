/** What a page imports: nothing of Node, and no types of it. */
import { js } from "@normflow/backend-js";
import { type HostArray, load } from "@normflow/core";
import { realNVP } from "@normflow/layers";
import { all } from "@normflow/layers/all";

/** Draws from a model that the page's own server holds. */
export async function draw(signal: AbortSignal): Promise<HostArray> {
  const model = await load(new URL("/model.safetensors", location.href), { backend: await js(), layers: all, signal });
  return model.sample(100, { seed: 1, signal });
}

export const described = realNVP({ features: 2 });
