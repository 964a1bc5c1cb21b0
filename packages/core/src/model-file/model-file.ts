/**
 * The model file: a safetensors file whose metadata hold the flow's description.
 *
 * @module
 */
import * as z from "zod/mini";
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

const schema = z.object({
  format: z.literal(MODEL_FORMAT),
  flow: z.unknown(),
  facts: z.optional(z.record(z.string(), z.unknown())),
  run: z.optional(z.unknown()),
});

/** How a document of an older format becomes one of the next; format 1 is the first. */
const migrations: Readonly<Record<number, (document: Record<string, unknown>) => Record<string, unknown>>> = {};

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
  let document: Record<string, unknown>;
  try {
    document = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new FormatError("description-json", "The description in the file is no JSON.", { cause });
  }
  const format = typeof document === "object" && document !== null ? document["format"] : undefined;
  if (typeof format === "number" && format > MODEL_FORMAT)
    throw new FormatError(
      "newer-format",
      `A newer normflow wrote this file (format ${format}); this one reads up to ${MODEL_FORMAT}.`,
      { hint: "Update normflow." },
    );
  for (let version = Number(format); version < MODEL_FORMAT && migrations[version]; version++)
    document = migrations[version]!(document);
  const parsed = schema.safeParse(document);
  if (!parsed.success)
    throw new FormatError("description", "The description in the file is not valid.", { cause: parsed.error });
  for (const { name, data } of tensors.values())
    if (!data.every(Number.isFinite))
      throw new FormatError("non-finite-weights", `The array ${name} holds values that are no finite numbers.`, {
        hint: "The training that wrote it diverged; use an earlier checkpoint.",
      });
  return { document: parsed.data as ModelDocument, tensors };
}
