/**
 * The page in which the sound is measured: the player and the renderer as the studio has them, with a recorder at the
 * live output.
 *
 * @module
 */

import type { Part } from "../src/sound/part.ts";
import { createPlayer } from "../src/sound/player.ts";
import { type RenderOptions, render } from "../src/sound/render.ts";
import { encodeWav, wavBlob } from "../src/sound/wav.ts";

const player = createPlayer();

/** What the live output was, from the first sample on that was recorded. */
interface Recorder {
  readonly context: AudioContext;
  readonly node: AudioWorkletNode;
}

let recorder: Recorder | undefined;

/** Contexts that were opened for the loudspeakers, and workers. */
let opened = 0;
for (const name of ["AudioContext", "Worker"] as const) {
  const Original = globalThis[name] as new (...args: unknown[]) => object;
  Object.assign(globalThis, {
    [name]: class extends Original {
      constructor(...args: unknown[]) {
        super(...args);
        opened++;
      }
    },
  });
}
let lastOut: AudioNode | undefined;

const connect = AudioNode.prototype.connect as (
  this: AudioNode,
  to: AudioNode | AudioParam,
  ...rest: number[]
) => unknown;
AudioNode.prototype.connect = function (this: AudioNode, to: AudioNode | AudioParam, ...rest: number[]) {
  if (to instanceof AudioDestinationNode && this.context instanceof AudioContext) lastOut = this;
  return connect.call(this, to, ...rest);
} as AudioNode["connect"];

/** Puts the recorder at what goes to the loudspeakers. */
async function tap(): Promise<number> {
  await player.load();
  const out = lastOut!;
  const context = out.context as AudioContext;
  await context.audioWorklet.addModule("/recorder.js");
  const node = new AudioWorkletNode(context, "recorder", { numberOfInputs: 1, numberOfOutputs: 1 });
  connect.call(out, node);
  const none = context.createGain();
  none.gain.value = 0;
  connect.call(node, none);
  connect.call(none, context.destination);
  recorder = { context, node };
  return context.sampleRate;
}

const base64 = (samples: Float32Array): string => {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
};

/** Forgets what was recorded; returns the time of the context. */
function clear(): number {
  recorder!.node.port.postMessage("clear");
  return recorder!.context.currentTime;
}

/** What was recorded since: the left channel, and the time of its first sample. */
async function recorded(): Promise<{ start: number; samples: string }> {
  const { node, context } = recorder!;
  const answer = new Promise<{ frame: number; samples: Float32Array }>((done) => {
    node.port.onmessage = (e) => done(e.data);
  });
  node.port.postMessage("dump");
  const { frame, samples } = await answer;
  return { start: frame / context.sampleRate, samples: base64(samples) };
}

const page = {
  player,
  opened: () => opened,
  /** Takes the context away, as a system does in a call. */
  suspend: () => recorder!.context.suspend(),
  /** Kills the context, as a system does that is out of memory. */
  close: () => recorder!.context.close(),
  tap,
  clear,
  recorded,
  now: () => recorder!.context.currentTime,
  async render(parts: readonly Part[], options: RenderOptions) {
    const buffer = await render(parts, options);
    const channels = Array.from({ length: buffer.numberOfChannels }, (_, c) => buffer.getChannelData(c));
    return { sampleRate: buffer.sampleRate, channels: channels.map(base64) };
  },
  /** Renders and encodes; returns seconds of it, and for how many milliseconds the page was held up at most. */
  async export(parts: readonly Part[], options: RenderOptions) {
    let blocked = 0;
    const watcher = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) blocked = Math.max(blocked, entry.duration);
    });
    watcher.observe({ type: "longtask" });
    const start = performance.now();
    const buffer = await render(parts, options);
    const rendered = performance.now() - start;
    const blob = await wavBlob([buffer.getChannelData(0), buffer.getChannelData(1)], buffer.sampleRate);
    const encoded = performance.now() - start - rendered;
    await new Promise((done) => setTimeout(done, 100));
    watcher.disconnect();
    return { rendered: rendered / 1000, encoded: encoded / 1000, blocked, bytes: blob.size };
  },
  async wav(parts: readonly Part[], options: RenderOptions, title: string) {
    const buffer = await render(parts, options);
    const bytes = encodeWav([buffer.getChannelData(0), buffer.getChannelData(1)], buffer.sampleRate, { title });
    const samples = new Float32Array(Math.ceil(bytes.length / 4));
    new Uint8Array(samples.buffer).set(bytes);
    return { length: bytes.length, bytes: base64(samples) };
  },
};

export type SoundPage = typeof page;

Object.assign(globalThis, { page });

/** Plays without being asked to, and writes into the title what came of it: evaluating in a page counts as a gesture. */
async function playUninvited(): Promise<void> {
  const playing = player.play([{ voice: "keys", notes: [] }]);
  const during = player.state.status;
  const error = await playing.catch(({ code, message, hint }) => ({ code, message, hint }));
  document.title = JSON.stringify({ during, error, after: player.state.status });
}
if (location.search === "?uninvited") void playUninvited();
