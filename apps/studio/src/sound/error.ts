/**
 * The error of sound.
 *
 * @module
 */
import { FlowError } from "@normflow/core";

/** A browser that cannot or may not sound. */
export class SoundError extends FlowError {}

export const noSound = (cause?: unknown): SoundError =>
  new SoundError("no-sound", "This browser cannot play sound.", {
    hint: "Melodies can still be edited and saved as MIDI; to hear them use a current browser.",
    ...(cause === undefined ? {} : { cause }),
  });

export const soundBlocked = (): SoundError =>
  new SoundError("sound-blocked", "The browser holds the sound back.", {
    hint: "Click on the page and play again; if it stays silent, allow this page to play sound.",
  });
