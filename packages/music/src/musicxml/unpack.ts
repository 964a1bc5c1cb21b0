/**
 * The text of a score: from a plain file, or out of the zip of a compressed one (.mxl).
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import { unzipSync } from "fflate";
import { decodeText } from "../abc/decode-text.ts";
import { walkXml } from "./xml.ts";

/** The largest lead sheet takes 1 MiB. */
const MOST_BYTES = 32 * 2 ** 20;
const MOST_ENTRIES = 200;
/** What deflate can reach at best: a claim beyond it is a lie that memory should not be set aside for. */
const BEST_RATIO = 1032;
const CONTAINER = "META-INF/container.xml";

const tooLarge = (): FormatError =>
  new FormatError("musicxml-size", `The score takes more than ${MOST_BYTES / 2 ** 20} MiB: it is not one melody.`, {
    hint: "Cut out the part with the melody.",
  });

/** Inflates the first entry wanted, into a buffer of the size that the directory states, whatever its data would give. */
function entry(zip: Uint8Array, wanted: (name: string) => boolean): Uint8Array | undefined {
  let entries = 0;
  let found = false;
  const files = unzipSync(zip, {
    filter: ({ name, size, originalSize }) => {
      if (++entries > MOST_ENTRIES)
        throw new FormatError("musicxml-size", `The .mxl file holds more than ${MOST_ENTRIES} files: it is no score.`, {
          hint: "Cut out the part with the melody.",
        });
      if (found || !wanted(name)) return false;
      if (originalSize > MOST_BYTES) throw tooLarge();
      if (size > zip.length || originalSize > size * BEST_RATIO + 64)
        throw new FormatError("musicxml-zip", "The .mxl file states sizes that cannot be: it is damaged.", {
          hint: "Export the file again from the program that wrote it, or download it again.",
        });
      found = true;
      return true;
    },
  });
  return Object.values(files)[0];
}

/** The path that the container gives. Some exporters leave the quotes of file names in it bare: then there is none. */
function rootFile(container: string): string | undefined {
  let path: string | undefined;
  try {
    walkXml(container, {
      open: (name, attributes) => {
        if (name === "rootfile") path ??= attributes["full-path"];
      },
    });
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  return path;
}

function unzip(bytes: Uint8Array): Uint8Array {
  try {
    const container = entry(bytes, (name) => name === CONTAINER);
    const path = container && rootFile(decodeText(container));
    const isScore = (name: string): boolean => /\.(xml|musicxml)$/i.test(name) && !name.startsWith("META-INF/");
    const score = (path === undefined ? undefined : entry(bytes, (name) => name === path)) ?? entry(bytes, isScore);
    if (score) return score;
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    // The library throws errors of several kinds for bytes that are no zip.
    throw new FormatError("musicxml-zip", "The .mxl file is a zip that cannot be unpacked: it is cut off or damaged.", {
      hint: "Export the file again from the program that wrote it, or download it again.",
      cause,
    });
  }
  throw new FormatError("musicxml-zip", "The .mxl file holds no score.", {
    hint: "Export the file again from the program that wrote it, or download it again.",
  });
}

/**
 * Returns the XML text of a MusicXML file, compressed or not.
 * @throws FormatError `empty`, `musicxml-size`, `musicxml-zip`
 */
export function scoreText(bytes: Uint8Array): string {
  if (bytes.length === 0)
    throw new FormatError("empty", "The file is empty.", { hint: "Take another file: there is nothing in this one." });
  if (bytes.length > MOST_BYTES) throw tooLarge();
  const zipped = bytes[0] === 0x50 && bytes[1] === 0x4b;
  return decodeText(zipped ? unzip(bytes) : bytes);
}
