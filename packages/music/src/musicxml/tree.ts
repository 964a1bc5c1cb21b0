/**
 * XML as a tree of the few elements that a reader asks for.
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import { walkXml } from "./xml.ts";

/** An element; what it holds besides the elements asked for is left out. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Trimmed; at most some 20,000 characters. */
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  children: XmlElement[];
  text: string;
}

const MOST_ELEMENTS = 2 ** 20;
const MOST_TEXT = 10_000;
const NO_ATTRIBUTES: Readonly<Record<string, string>> = {};
const NO_CHILDREN: XmlElement[] = [];

/**
 * Parses a document into its root element.
 * @param wanted names of the elements to keep; others are dropped with all they hold, except the root
 * @throws FormatError `xml…`, see {@link walkXml}; `musicxml-size` above a million elements
 */
export function parseXml(text: string, wanted: ReadonlySet<string>): XmlElement {
  const open: Open[] = [];
  let root: XmlElement | undefined;
  /** How deep in dropped elements. */
  let dropped = 0;
  let elements = 0;
  walkXml(text, {
    open: (name, attributes) => {
      if (dropped > 0 || (open.length > 0 && !wanted.has(name))) {
        dropped++;
        return;
      }
      if (++elements > MOST_ELEMENTS)
        throw new FormatError("musicxml-size", "The score has more than a million elements: it is not one melody.", {
          hint: "Cut out the part with the melody.",
        });
      const bare = Object.keys(attributes).length === 0;
      open.push({ name, attributes: bare ? NO_ATTRIBUTES : attributes, children: NO_CHILDREN, text: "" });
    },
    text: (piece) => {
      const element = open.at(-1);
      if (dropped === 0 && element && element.text.length < MOST_TEXT) element.text += piece.slice(0, MOST_TEXT);
    },
    close: () => {
      if (dropped > 0) {
        dropped--;
        return;
      }
      const element = open.pop();
      if (!element) return;
      element.text = element.text.trim();
      const parent = open.at(-1);
      if (!parent) root = element;
      else if (parent.children === NO_CHILDREN) parent.children = [element];
      else parent.children.push(element);
    },
  });
  if (!root)
    throw new FormatError("xml", "The XML has no root element.", {
      hint: "Export the file again from the program that wrote it, or download it again.",
    });
  return root;
}

/** Returns the first child of a name. */
export const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((c) => c.name === name);

/** Returns the text of the first child of a name; empty where there is none. */
export const childText = (element: XmlElement | undefined, name: string): string => child(element, name)?.text ?? "";
