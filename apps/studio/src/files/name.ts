/**
 * File names that every system takes.
 *
 * @module
 */
import { fileTitle } from "../keep/title.ts";

/** Most characters of a name, its extension included. */
const MOST = 60;

/** Names that Windows keeps for devices, with or without an extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/**
 * Returns a file name for a title: letters of any language stay, what means something in a path goes.
 * @param extension without the dot
 */
export function fileName(title: string, extension: string): string {
  const room = MOST - extension.length - 1;
  const plain = fileTitle(title, 4 * MOST)
    .replace(/[\\/:*?"<>|#%&{}$!'`@+=~^[\]();,]+/g, " ")
    .replace(/\s+/g, " ")
    // A dot in front hides a file, one at the end is dropped by some systems, .. climbs.
    .replace(/\.{2,}/g, ".")
    .replace(/^[\s.-]+|[\s.]+$/g, "");
  const name = fileTitle(plain, room).replace(/[\s.]+$/, "");
  const free = name === "" ? "melody" : RESERVED.test(name) ? `melody ${name}` : name;
  return `${free.slice(0, room)}.${extension}`;
}
