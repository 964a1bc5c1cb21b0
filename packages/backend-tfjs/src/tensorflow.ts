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
  /** The name of the backend that computes now. */
  getBackend(): string;
  /** Has another backend compute; false where it does not start. */
  setBackend(name: string): Promise<boolean>;
}
