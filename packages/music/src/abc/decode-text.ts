/**
 * Bytes of a text file to a string.
 *
 * @module
 */
import { strFromU8 } from "fflate";

/** Decodes UTF-16 with its byte order mark, UTF-8 with or without one, and all else as Latin-1. */
export function decodeText(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return utf16(bytes.subarray(2), a === 0xff);
  const text = strFromU8(bytes);
  return (text.includes("\ufffd") ? strFromU8(bytes, true) : text).replace(/^\ufeff/, "");
}

function utf16(bytes: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let from = 0; from + 1 < bytes.length; from += 8192) {
    const units: number[] = [];
    for (let i = from; i + 1 < Math.min(bytes.length, from + 8192); i += 2) units.push(view.getUint16(i, littleEndian));
    text += String.fromCharCode(...units);
  }
  return text;
}
