/**
 * Reads texts, and turns their characters into tokens.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename, extname } from "node:path";
import { FormatError } from "@normflow/core";
import { UsageError } from "../io.ts";
import { sentence } from "./walk.ts";

/** A text larger than this is cut up first. */
const LARGEST = 256 * 1024 * 1024;

/** Classes of a subset flow, one of which stands for every other character. */
const MOST = 255;

/** Whether a name ends as a text's does. */
export const isTextName = (name: string): boolean => extname(name).toLowerCase() === ".txt";

/** A text, read. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
  readonly sha256: string;
}

/** The text at a path, exactly as it is there. @throws {UsageError} where there is none */
export function readText(path: string): TextFile {
  const file = basename(path);
  let bytes: Buffer;
  try {
    const stats = statSync(path);
    if (!stats.isFile())
      throw new UsageError("not-a-file", `${path} is no file.`, {
        hint: "Give one text: a file whose name ends in .txt.",
      });
    if (stats.size > LARGEST)
      throw new UsageError(
        "text-size",
        `${file} has ${Math.round(stats.size / 2 ** 20)} MiB; a text has ${LARGEST / 2 ** 20} at most.`,
        { hint: "Take a part of it, such as its first million lines: head -n 1000000." },
      );
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UsageError(
      missing ? "no-such-file" : "unreadable",
      missing ? `There is nothing to read at ${path}.` : `${file}: ${sentence(error)}`,
      { cause: error },
    );
  }
  if (bytes.length === 0)
    throw new UsageError("empty-text", `${file} is empty.`, { hint: "Give a text with characters in it." });
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError("not-text", `${file} is no text in UTF-8.`, {
      hint: "Convert it first, as by iconv -f latin1 -t utf-8, if it is a text at all.",
      cause,
    });
  }
  if (text.includes("\0"))
    throw new UsageError("not-text", `${file} holds zero bytes: it is no text.`, {
      hint: "Give a text in UTF-8, not an archive, a picture or a program.",
    });
  return { file, text, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Characters as classes: those of an alphabet, and one class after them for all others. */
export class Alphabet {
  readonly characters: readonly string[];
  private readonly classes: ReadonlyMap<string, number>;

  /** @throws {FormatError} `alphabet` where a character is none or stands twice */
  constructor(characters: readonly string[]) {
    this.characters = characters;
    this.classes = new Map(characters.map((c, i) => [c, i]));
    if (
      this.classes.size !== characters.length ||
      characters.length === 0 ||
      characters.length > MOST ||
      characters.some((c) => typeof c !== "string" || [...c].length !== 1)
    )
      throw new FormatError("alphabet", "The alphabet of the model is damaged.");
  }

  /** The characters of a text in the order of their codes, the commonest where there are too many. */
  static of(text: string): Alphabet {
    const counts = new Map<string, number>();
    for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
    const common = [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST);
    return new Alphabet(common.map(([c]) => c).sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!));
  }

  /** The class of every character that is not in the alphabet. */
  get unknown(): number {
    return this.characters.length;
  }

  /** One class a character, and the characters that are not in the alphabet in their order. */
  tokens(text: string): { readonly tokens: Float32Array; readonly unknown: readonly string[] } {
    const unknown: string[] = [];
    const tokens = Float32Array.from(text, (c) => {
      const known = this.classes.get(c);
      if (known === undefined) unknown.push(c);
      return known ?? this.unknown;
    });
    return { tokens, unknown };
  }

  /** The text of classes; the characters that stand for the unknown class are given, or U+FFFD does. */
  text(tokens: ArrayLike<number>, unknown: readonly string[] = []): string {
    let next = 0;
    return Array.from(tokens, (t) => this.characters[t] ?? unknown[next++] ?? "\ufffd").join("");
  }
}
