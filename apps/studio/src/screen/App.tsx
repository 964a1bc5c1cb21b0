"use client";
/**
 * Builds the studio of the page out of its parts, once, and shows it.
 *
 * @module
 */
import { startTransition, useEffect, useState } from "react";
import { download } from "../files/download.ts";
import { readInWorker } from "../files/reader.ts";
import { forgetModel, loadModel, saveModel } from "../keep/model-store.ts";
import { openBrowserStorage } from "../keep/storage.ts";
import { Engine } from "../model/engine.ts";
import { SEEDS } from "../piece/piece.ts";
import { createPlayer } from "../sound/player.ts";
import { Studio } from "../store/studio.ts";
import styles from "./App.module.css";
import { StudioContext } from "./context.ts";
import { Mark } from "./Mark.tsx";
import { Screen } from "./Screen.tsx";

const base = process.env["NEXT_PUBLIC_BASE_PATH"] ?? "";

async function shippedModel(): Promise<Uint8Array> {
  const answer = await fetch(`${base}/model/melody.safetensors`);
  if (!answer.ok) throw new Error(`The model answered ${answer.status}.`);
  return new Uint8Array(await answer.arrayBuffer());
}

function open(): Studio {
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

/** One studio a page, however often React mounts. */
let opened: Studio | undefined;

/** Milliseconds after the start at which the files for later are fetched: the first sound comes first. */
const LATER = 4000;

function registerOffline(): void {
  if (process.env.NODE_ENV !== "production" || !("serviceWorker" in navigator)) return;
  setTimeout(() => {
    navigator.serviceWorker.register(`${base}/sw.js`).catch(() => {
      // Without it the studio works as long as there is a network.
    });
  }, LATER);
}

export function App() {
  const [studio, setStudio] = useState<Studio | undefined>(undefined);
  useEffect(() => {
    opened ??= open();
    // Drawn in slices, so that the page answers while it builds itself up.
    startTransition(() => setStudio(opened));
    registerOffline();
  }, []);
  if (!studio)
    return (
      <main className={styles["waiting"]}>
        <h1>
          <Mark /> normflow
        </h1>
        <noscript>The studio is a program that runs in this page: it needs JavaScript.</noscript>
      </main>
    );
  return (
    <StudioContext value={studio}>
      <Screen />
    </StudioContext>
  );
}
