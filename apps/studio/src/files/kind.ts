/**
 * What a dropped file is, by its first bytes: a model, something that holds notes, or neither.
 *
 * @module
 */
import { refuse } from "./refuse.ts";
import { checkText, isTuneText } from "./text-size.ts";

/** Largest file that is looked into. */
export const MOST_FILE_BYTES = 32 * 2 ** 20;

/** The header of a model of a thousand arrays takes less. */
const MOST_HEADER = 2 ** 20;

const latin = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

/** Texts that a file has at places of its start, each given as place and text. */
type Magic = readonly (readonly [at: number, text: string])[];

const riff = (kind: string): Magic => [
  [0, "RIFF"],
  [8, kind],
];

/** Files that people drop by mistake: what to call them, how they start and what they are called. */
const foreign: readonly { readonly what: string; readonly starts: readonly Magic[]; readonly named?: RegExp }[] = [
  {
    what: "a picture",
    starts: [[[0, "\x89PNG"]], [[0, "\xff\xd8\xff"]], [[0, "GIF8"]], riff("WEBP")],
  },
  {
    what: "a recording of sound, and the studio reads notes",
    starts: [
      ...["ID3", "OggS", "fLaC"].map((text): Magic => [[0, text]]),
      ...["\xff\xe3", "\xff\xf1", "\xff\xf2", "\xff\xf3", "\xff\xf9", "\xff\xfa", "\xff\xfb"].map(
        (text): Magic => [[0, text]],
      ),
      riff("WAVE"),
      [
        [0, "FORM"],
        [8, "AIF"],
      ],
      [[4, "ftypM4A"]],
    ],
  },
  { what: "a film", starts: [[[4, "ftyp"]], [[0, "\x1aE\xdf\xa3"]], riff("AVI ")] },
  { what: "a PDF, which holds pictures of notes and not the notes", starts: [[[0, "%PDF"]]] },
  {
    what: "a model that the studio cannot open",
    starts: ["\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05", "GGUF", "\x89HDF"].map((text): Magic => [[0, text]]),
    named: /\.(?:onnx|pt|pth|ckpt|pkl|pickle|h5|gguf|tflite|npz)$/i,
  },
  {
    what: "a packed archive",
    starts: ["\x1f\x8b", "7z\xbc\xaf", "Rar!", "BZh", "\xfd7zXZ"].map((text): Magic => [[0, text]]),
  },
  { what: "a program", starts: ["\x7fELF", "MZ\x90", "MZ\0", "\0asm"].map((text): Magic => [[0, text]]) },
];

/** Text starts with eight letters; the length of a header does not. */
const isText = (bytes: Uint8Array): boolean =>
  bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d);

/** @throws {FormatError} `model-file` where the header is not that of a model of normflow */
function checkModel(name: string, bytes: Uint8Array): void {
  const size = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (size > BigInt(bytes.length - 8))
    throw refuse("model-file", `The model file ${name} is cut off: its header is longer than the file.`);
  if (size > BigInt(MOST_HEADER))
    throw refuse("model-file", `The model file ${name} has a header of more than 1 MiB: it is no melody model.`);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + Number(size))));
  } catch (cause) {
    throw refuse("model-file", `The model file ${name} is damaged: its header cannot be read.`, undefined, cause);
  }
  const metadata = (header as { readonly __metadata__?: unknown } | null)?.__metadata__;
  if (typeof metadata !== "object" || metadata === null || !Object.hasOwn(metadata, "normflow"))
    throw refuse("model-file", `The model file ${name} holds weights, but not a model of normflow.`);
}

/**
 * Returns what a file may be.
 * @throws {FormatError} `empty`, `foreign-file`, `model-file`, `file-size`
 */
export function kindOf(name: string, bytes: Uint8Array): "model" | "notes" {
  if (bytes.length === 0) throw refuse("empty", `${name} is empty.`);
  if (bytes.length > 8 && bytes[8] === 0x7b && !isText(bytes.subarray(0, 8))) {
    checkModel(name, bytes);
    return "model";
  }
  if (/\.safetensors$/i.test(name))
    throw refuse("model-file", `${name} is called a model file, but it is none.`, "Use a file that normflow wrote.");
  const head = latin(bytes, 0, 32);
  const found = foreign.find(
    ({ starts, named }) =>
      starts.some((magic) => magic.every(([at, text]) => head.startsWith(text, at))) || named?.test(name),
  );
  if (found) throw refuse("foreign-file", `${name} is ${found.what}.`);
  if (isTuneText(bytes)) checkText(name, bytes);
  return "notes";
}
