/**
 * XML as a stream of tags. Entities are never defined and nothing is ever fetched.
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import { SaxesParser } from "saxes";

/** What is told of a document as it is read. */
export interface XmlVisitor {
  readonly open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  /** A piece of text; a long one may come in several. */
  readonly text?: (piece: string) => void;
  readonly close?: () => void;
}

const DEEPEST = 100;
const CHUNK = 2 ** 16;

/**
 * Walks through a document from its first tag to the last.
 * @throws FormatError `xml` when it is not well-formed, `xml-entities` when it defines entities, `xml-depth`
 */
export function walkXml(text: string, visitor: XmlVisitor): void {
  const parser = new SaxesParser({ xmlns: false as const, position: false });
  let depth = 0;
  // The parser would go on, and grow slow over junk.
  parser.on("error", (error) => {
    throw new FormatError("xml", `The XML is not well-formed: ${plain(error.message)}.`, {
      hint: "Export the file again from the program that wrote it, or download it again.",
    });
  });
  parser.on("doctype", (doctype) => {
    if (doctype.includes("<!ENTITY"))
      throw new FormatError("xml-entities", "The XML defines entities, which no score needs and bombs are made of.", {
        hint: "Export it as plain MusicXML.",
      });
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (++depth > DEEPEST)
      throw new FormatError("xml-depth", `The XML is nested more than ${DEEPEST} deep.`, {
        hint: "Export the file again from the program that wrote it, or download it again.",
      });
    visitor.open?.(name, attributes);
  });
  parser.on("text", (piece) => visitor.text?.(piece));
  parser.on("cdata", (piece) => visitor.text?.(piece));
  parser.on("closetag", () => {
    depth--;
    visitor.close?.();
  });
  for (let from = 0; from < text.length; from += CHUNK) parser.write(text.slice(from, from + CHUNK));
  parser.close();
}

/** What the parser says, short and without control characters. */
function plain(message: string): string {
  const words = message
    .replace(/^(?:undefined|\d+):(?:undefined|\d+): /, "")
    .replace(/\p{Cc}+/gu, " ")
    .replace(/\.$/, "");
  return words.length > 120 ? `${words.slice(0, 120)}…` : words;
}
