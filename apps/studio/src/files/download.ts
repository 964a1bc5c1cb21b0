/**
 * Hands a file to the browser's downloads.
 *
 * @module
 */

/** Kinds of the files that the studio writes. */
export const fileTypes = { mid: "audio/midi", abc: "text/vnd.abc;charset=utf-8", wav: "audio/wav" } as const;

/** Milliseconds after which no browser still reads the address. */
const LATER = 60_000;

/**
 * Saves bytes or text under a name.
 * @param type a MIME type, as of {@link fileTypes}
 */
export function download(name: string, bytes: Uint8Array<ArrayBuffer> | Blob | string, type: string): void {
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.hidden = true;
  // Some browsers follow only links of the document.
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), LATER);
}
