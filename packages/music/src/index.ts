/**
 * Melodies in and out, the grid, windows and corpora, metrics, the melody flow.
 *
 * @module
 */
export * from "./abc/index.ts";
export { cross } from "./flow/cross.ts";
export { type Limits, lockSteps } from "./flow/lock.ts";
export * from "./flow/melody-flow.ts";
export * from "./flow/melody-model.ts";
export { type Sliders, shapeMelody } from "./flow/shape.ts";
export { coordinateBits, type Surprise, surprise } from "./flow/surprise.ts";
export * from "./flow/tilt.ts";
export * from "./grid/index.ts";
export * from "./metrics/index.ts";
export * from "./midi/index.ts";
export * from "./musicxml/index.ts";
export * from "./service/index.ts";
export * from "./tune/index.ts";
export * from "./window/index.ts";
