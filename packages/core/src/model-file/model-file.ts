/**
 * The model file: a safetensors file whose metadata hold the flow's description.
 *
 * @module
 */
import { FormatError } from "../error.ts";
import { decodeSafetensors, encodeSafetensors, type FileTensor } from "./safetensors.ts";

/** The version that is written. */
export const MODEL_FORMAT = 1;

/** The JSON document under the metadata key `normflow`. */
export interface ModelDocument {
  readonly format: number;
  /** The flow's description, `{ kind, options }`. */
  readonly flow: unknown;
  /** What is worth knowing: data, training, figures. */
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
  /** Where training stood, in a checkpoint. */
  readonly run?: unknown;
}

/** How a document of an older format becomes one of the next; format 1 is the first. */
const migrations: Readonly<
  Record<number, (document: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>>
> = {};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A document and its arrays. */
export interface ModelFile {
  readonly document: ModelDocument;
  readonly tensors: readonly FileTensor[];
}

/** Writes a model file; the same content gives the same bytes. */
export const encodeModelFile = ({ document, tensors }: ModelFile): Uint8Array =>
  encodeSafetensors(tensors, { normflow: JSON.stringify(document) });

/**
 * Reads a model file.
 * @throws {FormatError} `newer-format` where a newer version wrote it; `non-finite-weights` where an array holds NaN or ∞
 */
export function decodeModelFile(bytes: Uint8Array): {
  readonly document: ModelDocument;
  readonly tensors: ReadonlyMap<string, FileTensor>;
} {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const text = Object.hasOwn(metadata, "normflow") ? metadata["normflow"] : undefined;
  if (text === undefined)
    throw new FormatError("not-a-model", "This safetensors file holds weights, but no normflow description.", {
      hint: "Use a file that normflow wrote.",
    });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new FormatError("description-json", "The description in the file is no JSON.", {
      hint: "It is damaged, or was edited by hand.",
      cause,
    });
  }
  const invalid = (what: string): never => {
    throw new FormatError("description", `The description in the file is not valid: ${what}.`, {
      hint: "It is damaged, or was edited by hand.",
    });
  };
  if (!isRecord(document)) return invalid("it is no object");
  const { format } = document;
  if (typeof format !== "number" || !Number.isInteger(format)) return invalid("format is no whole number");
  if (format > MODEL_FORMAT)
    throw new FormatError(
      "newer-format",
      `A newer normflow wrote this file (format ${format}); this one reads up to ${MODEL_FORMAT}.`,
      { hint: "Update normflow." },
    );
  let current: Readonly<Record<string, unknown>> = document;
  for (let version = format; version < MODEL_FORMAT; version++)
    current = (migrations[version] ?? (() => invalid(`there never was a format ${version}`)))(current);
  const { flow, facts, run } = current;
  if (facts !== undefined && !isRecord(facts)) return invalid("facts is no object");
  for (const { name, data } of tensors.values())
    if (!data.every(Number.isFinite))
      throw new FormatError("non-finite-weights", `The array ${name} holds values that are no finite numbers.`, {
        hint: "The training that wrote it diverged; use an earlier checkpoint.",
      });
  return { document: { format: MODEL_FORMAT, flow, facts, run }, tensors };
}
