/**
 * Refusals of the readers as the studio says them: one sentence of plain text, and what to do.
 *
 * @module
 */
import { FlowError, type FormatError } from "@normflow/core";
import { fileTitle } from "../keep/title.ts";
import { refuse } from "./refuse.ts";

const MOST = 280;

type Saying = (name: string, message: string) => readonly [sentence: string, hint?: string];

const meters = "Try a reel, a march, a polka or a song in one of these meters.";

/** By the code of the reader's error; others keep the reader's sentence. */
const sayings: Readonly<Record<string, Saying>> = {
  empty: (name) => [`${name} is empty.`],
  "unknown-format": (name) => [`${name} holds no notes that the studio can read.`],
  meter: (_, message) => {
    const meter = /in (\d+\/\d+)/.exec(message)?.[1];
    return [
      meter
        ? `The tune is in ${meter}: the studio reads 4/4, 2/2 and 2/4.`
        : `${message.replace(/\.$/, "")}: the studio reads 4/4, 2/2 and 2/4 throughout.`,
      meters,
    ];
  },
  "no-windows": () => [
    "No two bars hold four notes or more on the grid of sixteenths.",
    "Triplets and free rhythm do not fit the grid; try another tune.",
  ],
  polyphonic: (_, message) => [message, "Take the melody out as a track of its own."],
  "musicxml-zip": (name, message) => [
    message.includes("no score")
      ? `${name} is a zip without a score in it.`
      : `${name} is a zip that cannot be unpacked: it is cut off or damaged.`,
  ],
};

/** Returns an error of any kind as one friendly sentence. */
export function plainRefusal(error: unknown, name: string, tunes = 1): FormatError {
  if (!(error instanceof FlowError))
    return refuse("unreadable", `${name} cannot be read: it is damaged, or too much for one file.`, undefined, error);
  const [sentence, hint] = sayings[error.code]?.(name, error.message) ?? [error.message];
  const plain = fileTitle(sentence, MOST);
  const told = tunes > 1 ? `None of the ${tunes} tunes can be used; the first: ${plain}` : plain;
  return refuse(error.code, told, hint ?? error.hint, error);
}
