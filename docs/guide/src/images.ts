import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes a file of the page that runs. */
export function writeImage(name: string, bytes: string | Uint8Array): void {
  const folder = process.env["NORMFLOW_GUIDE_IMAGES"] ?? "images";
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), bytes);
}
