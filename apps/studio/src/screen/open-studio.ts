/**
 * Puts the studio together out of its parts, with what a page gives.
 *
 * @module
 */
import { download } from "../files/download.ts";
import { readInWorker } from "../files/reader.ts";
import { forgetModel, loadModel, saveModel } from "../keep/model-store.ts";
import { openBrowserStorage } from "../keep/storage.ts";
import { Engine } from "../model/engine.ts";
import { SEEDS } from "../piece/piece.ts";
import { createPlayer } from "../sound/player.ts";
import { Studio } from "../store/studio.ts";

const base = process.env["NEXT_PUBLIC_BASE_PATH"] ?? "";

async function shippedModel(): Promise<Uint8Array> {
  const answer = await fetch(`${base}/model/melody.safetensors`);
  if (!answer.ok) throw new Error(`The model answered ${answer.status}.`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Opens the studio of this page: what was kept, the model, the sound. */
export function openStudio(): Studio {
  const holder: { studio?: Studio } = {};
  const storage = openBrowserStorage((changes) => holder.studio?.set(changes));
  const kept = storage.load();
  const engine = new Engine({
    spawn: () => new Worker(new URL("../model/worker.ts", import.meta.url), { type: "module", name: "melody model" }),
    onRestart: () => holder.studio?.say("The model had stopped and was started again; nothing was lost."),
  });
  const studio = new Studio({
    kept,
    storage,
    engine,
    player: createPlayer(),
    page: () => location.href,
    now: Date.now,
    dice: () => Math.floor(Math.random() * SEEDS),
    keepModel: (model) => (model ? saveModel(model) : forgetModel()),
    shippedModel,
    readFile: (name, bytes) =>
      readInWorker(
        () => new Worker(new URL("../files/worker.ts", import.meta.url), { type: "module", name: "file reader" }),
        name,
        bytes,
      ),
    download,
    renderWav: async (parts, { tempo, title }) => {
      const [{ render }, { wavBlob }] = await Promise.all([import("../sound/render.ts"), import("../sound/wav.ts")]);
      const buffer = await render(parts, { tempo });
      const channels = Array.from({ length: buffer.numberOfChannels }, (_, i) => buffer.getChannelData(i));
      return wavBlob(channels, buffer.sampleRate, { title });
    },
  });
  holder.studio = studio;
  studio.notices.warn(kept.problems);
  void studio.model.begin(async () => (kept.preferences.ownModel ? loadModel() : undefined));
  return studio;
}
