/**
 * What the tests run in Chromium: the suite, a training run and the melody model on the devices of a page.
 *
 * @module
 */
import { type Backend, open } from "@normflow/core";
import {
  compareTraining,
  conformanceCases,
  type Outcome,
  runCase,
  type TrainingCase,
} from "@normflow/core/conformance";
import { all } from "@normflow/layers/all";
import { MelodyModel } from "@normflow/music";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-webgl";
import { type TfjsDevice, tfjs } from "../index.ts";

let backend: Backend | undefined;

/** What the tests call in the page. */
export const harness = {
  async start(device: TfjsDevice | "auto"): Promise<string> {
    await backend?.dispose();
    backend = await tfjs({ device, tf });
    return backend.describe();
  },
  async conformance(): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const subject of conformanceCases)
      outcomes.push(
        await runCase(subject, backend!).catch((error: unknown) => ({
          name: `${subject.name}: ${String(error)}`,
          error: Number.POSITIVE_INFINITY,
          tolerance: subject.tolerance,
          ok: false,
        })),
      );
    return outcomes;
  },
  /** The largest |ours − theirs| / (1 + |theirs|) of a trajectory. */
  async training(given: TrainingCase): Promise<number> {
    const compared = await compareTraining(given, backend!);
    return Math.max(...compared.map(({ ours, theirs }) => Math.abs(ours - theirs) / (1 + Math.abs(theirs))));
  },
  /** Draws melodies, encodes and decodes them; says how many arrays a second time left behind. */
  async melody(file: readonly number[], count: number) {
    const model = MelodyModel.from(open(Uint8Array.from(file), all), backend!);
    const start = performance.now();
    const melodies = await model.sample(count, { seed: 21 });
    const milliseconds = performance.now() - start;
    const latents = await model.encode(melodies);
    const held = tf.memory().numTensors;
    await model.encode(melodies);
    const grown = tf.memory().numTensors - held;
    const decoded = await model.decode(latents);
    await model.dispose();
    return { melodies: melodies.map((m) => [...m]), decoded: decoded.map((m) => [...m]), milliseconds, grown };
  },
};

(globalThis as { harness?: typeof harness }).harness = harness;
