/**
 * TensorFlow.js as this package sees it: the operators of its core, whichever package brought them.
 *
 * @module
 */
import type * as core from "@tensorflow/tfjs-core";

/** The operators and the engine behind them. */
export type TensorFlow = typeof core;

/** An array that TensorFlow.js holds. */
export type Handle = core.Tensor;

/** What a page hands over: `import * as tf from "@tensorflow/tfjs"`, or `@tensorflow/tfjs-core` with a backend beside it. */
export interface TensorFlowModule {
  readonly version_core: string;
  getBackend(): string;
  setBackend(name: string): Promise<boolean>;
}
