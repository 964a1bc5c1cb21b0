/**
 * The parts of Tone.js that make our sound, each from its own module: Tone's index opens an audio context and a
 * worker of its own as soon as it is imported, and carries instruments that we do not use.
 *
 * Import this module only by `await import("./tone.ts")`, after a gesture.
 *
 * @module
 */
export { BiquadFilter } from "tone/build/esm/component/filter/BiquadFilter.js";
export { Convolver } from "tone/build/esm/component/filter/Convolver.js";
export { Context } from "tone/build/esm/core/context/Context.js";
export { Gain } from "tone/build/esm/core/context/Gain.js";
export { setContext } from "tone/build/esm/core/context/GlobalContext.js";
export { OfflineContext } from "tone/build/esm/core/context/OfflineContext.js";
export { ToneAudioBuffer } from "tone/build/esm/core/context/ToneAudioBuffer.js";
export { ToneBufferSource } from "tone/build/esm/source/buffer/ToneBufferSource.js";
export { ToneOscillatorNode } from "tone/build/esm/source/oscillator/ToneOscillatorNode.js";
