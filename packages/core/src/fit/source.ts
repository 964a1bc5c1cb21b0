/**
 * Where the bytes of a model come from.
 *
 * @module
 */
import { type Abortable, throwIfAborted } from "../abort.ts";
import { FormatError, OptionError } from "../error.ts";

/** A model file: its bytes, or the address to fetch it from (`https:`, or relative to the page). */
export type ModelSource = Uint8Array | ArrayBuffer | string | { readonly href: string };

/** What is used of fetch, which browsers and Node share but the language's own library does not declare. */
type Fetch = (
  url: string,
  options: { readonly signal?: Abortable },
) => Promise<{
  readonly ok: boolean;
  readonly status: number;
  readonly body: { getReader(): Reader } | null;
}>;
interface Reader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>;
  cancel(): Promise<void>;
}

/** Bytes up to which a file is fetched unless told: a gigabyte. */
const MOST = 2 ** 30;

/**
 * The bytes of a model; an address is fetched.
 * @throws {FormatError} `model-fetch` where the address gives nothing, `model-size` where it gives more than `maxBytes`
 */
export async function readSource(
  source: ModelSource,
  { signal, maxBytes = MOST }: { readonly signal?: Abortable | undefined; readonly maxBytes?: number | undefined },
): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const url = typeof source === "string" ? source : source?.href;
  if (typeof url !== "string")
    throw new OptionError("model-source", "A model is loaded from bytes or from an address.", {
      hint: "Pass a Uint8Array, an ArrayBuffer, a URL or a string.",
    });
  const failed = (what: string, cause?: unknown): FormatError =>
    new FormatError("model-fetch", `The model at ${url.slice(0, 200)} could not be fetched: ${what}.`, {
      hint: "Look at the address. A file of this machine is read first: load(await readFile(path), …).",
      cause,
    });
  const { fetch } = globalThis as unknown as { readonly fetch: Fetch };
  try {
    const { ok, status, body } = await fetch(url, signal ? { signal } : {});
    if (!ok || !body) throw failed(`status ${status}`);
    return await readAll(body.getReader(), maxBytes);
  } catch (cause) {
    throwIfAborted(signal);
    throw cause instanceof FormatError ? cause : failed("there was no answer", cause);
  }
}

/** Reads a stream to its end, or to where it grows too long. */
async function readAll(reader: Reader, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value!);
    size += part.value!.length;
    if (size <= most) continue;
    await reader.cancel();
    throw new FormatError("model-size", `The model is larger than ${most} bytes.`, { hint: "Raise maxBytes." });
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
