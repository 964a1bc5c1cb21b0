/**
 * Trees of parameters: nested records and lists whose leaves have paths such as `layers/0/w`.
 *
 * @module
 */
import { FlowError } from "./error.ts";

/** A leaf, or a record or list of trees. */
export type Tree<T> = T | { readonly [key: string]: Tree<T> } | readonly Tree<T>[];

/** The leaves with their paths, in the order of the keys. */
export function leaves<T>(tree: Tree<T>, isLeaf: (node: unknown) => node is T, path = ""): [path: string, leaf: T][] {
  if (isLeaf(tree)) return [[path, tree]];
  if (tree === null || typeof tree !== "object")
    throw new FlowError("tree", `There is no leaf at ${path || "the root"}.`, {
      hint: "Ask for what the layer's params and state declare.",
    });
  return Object.entries(tree as Record<string, Tree<T>>).flatMap(([key, child]) =>
    leaves(child, isLeaf, path === "" ? key : `${path}/${key}`),
  );
}

/** The same tree with other leaves. */
export function mapTree<T, U>(
  tree: Tree<T>,
  isLeaf: (node: unknown) => node is T,
  f: (leaf: T, path: string) => U,
  path = "",
): Tree<U> {
  if (isLeaf(tree)) return f(tree, path);
  const below = (key: string): string => (path === "" ? key : `${path}/${key}`);
  if (Array.isArray(tree)) return tree.map((child, i) => mapTree(child as Tree<T>, isLeaf, f, below(String(i))));
  return Object.fromEntries(
    Object.entries(tree as Record<string, Tree<T>>).map(([key, child]) => [key, mapTree(child, isLeaf, f, below(key))]),
  );
}
