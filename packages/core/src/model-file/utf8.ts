/**
 * UTF-8, which the language's own library lacks.
 *
 * @module
 */

/** The bytes of a text. */
export function encodeUtf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text);
  const bytes: number[] = [];
  for (let i = 0; i < escaped.length; i++) {
    if (escaped[i] === "%") {
      bytes.push(Number.parseInt(escaped.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(escaped.charCodeAt(i));
  }
  return Uint8Array.from(bytes);
}

/** The text of bytes, or undefined where they are no UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  const parts: string[] = [];
  const CHUNK = 4096;
  let escaped = "";
  for (let i = 0; i < bytes.length; i++) {
    const b = bytes[i]!;
    escaped += b < 0x80 && b !== 0x25 ? String.fromCharCode(b) : `%${b.toString(16).padStart(2, "0")}`;
    // A chunk ends before a first byte, never within a character.
    const next = bytes[i + 1];
    if (escaped.length > CHUNK && (next === undefined || (next & 0xc0) !== 0x80)) {
      parts.push(escaped);
      escaped = "";
    }
  }
  parts.push(escaped);
  try {
    return parts.map(decodeURIComponent).join("");
  } catch {
    return undefined;
  }
}
