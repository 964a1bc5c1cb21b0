/**
 * The envelope of a link: version, content and checksum as base64url. It stays the same in every version to come, so
 * that each studio can tell a newer link from a damaged one.
 *
 * @module
 */
import { FormatError } from "@normflow/core";

/** Far more than any piece takes. */
const LONGEST = 4096;
const CHECK_BYTES = 4;

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** Returns the CRC-32 of bytes: any damage within 32 bits in a row changes it. */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = table[(c ^ byte) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const values = new Map(Array.from(LETTERS, (letter, i) => [letter, i]));

/** Writes bytes as base64url. */
export function toText(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const three = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const letters = Math.min(3, bytes.length - i) + 1;
    for (let k = 0; k < letters; k++) text += LETTERS[(three >> (18 - 6 * k)) & 63];
  }
  return text;
}

/** Reads base64url; undefined where a text is none, or not the one text of its bytes. */
export function toBytes(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of text) {
    const value = values.get(letter);
    if (value === undefined) return undefined;
    held = ((held << 6) | value) & 0xfff;
    if ((bits += 6) >= 8) bytes[at++] = (held >> (bits -= 8)) & 255;
  }
  return (held & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}

const HINT = "Ask for the link again, and copy all of it.";

/** Seals content as text of letters, digits, - and _. */
export function seal(version: number, content: Uint8Array): string {
  const bytes = new Uint8Array(1 + content.length + CHECK_BYTES);
  bytes[0] = version;
  bytes.set(content, 1);
  new DataView(bytes.buffer).setUint32(1 + content.length, crc32(bytes.subarray(0, 1 + content.length)));
  return toText(bytes);
}

/**
 * Opens what {@link seal} made.
 * @param version the newest that can be read
 * @throws {FormatError} `link-rubbish`, `link-damaged`, `link-newer`
 */
export function unseal(text: string, version: number): { readonly version: number; readonly content: Uint8Array } {
  if (text.length > LONGEST || !/^[\w-]{12,}$/.test(text))
    throw new FormatError("link-rubbish", "This link holds no piece that the studio could open.", { hint: HINT });
  const bytes = toBytes(text);
  const end = (bytes?.length ?? 0) - CHECK_BYTES;
  if (!bytes || new DataView(bytes.buffer).getUint32(end) !== crc32(bytes.subarray(0, end)) || bytes[0] === 0)
    throw new FormatError("link-damaged", "This link was cut off or changed on its way: the piece in it is lost.", {
      hint: HINT,
    });
  if (bytes[0]! > version)
    throw new FormatError("link-newer", "This link was made by a newer studio than this one.", {
      hint: "Reload the page, then open the link again.",
    });
  return { version: bytes[0]!, content: bytes.subarray(1, end) };
}
