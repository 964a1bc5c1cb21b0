/**
 * Names that people type.
 *
 * @module
 */

/** The one of some names that is meant, in any letter case. */
export const named = (names: readonly string[], name: string): string | undefined =>
  names.find((n) => n === name) ?? names.find((n) => n.toLowerCase() === name.toLowerCase());

/** Letters to put in, leave out or change from one word to another (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + Number(a[i] !== b[j])));
    row = next;
  }
  return row[b.length]!;
}

/** What to try instead of a name that is not known: those nearest to it, or all where none is near. */
export function nearest(names: readonly string[], name: string): string {
  const typed = name.toLowerCase();
  const ranked = [...new Set(names)].map((n) => {
    const known = n.toLowerCase();
    const begins = typed.length > 2 && (known.startsWith(typed) || typed.startsWith(known));
    return { n, away: begins ? 1 : distance(known, typed) };
  });
  const least = Math.min(...ranked.map(({ away }) => away));
  const near = ranked.filter(({ away }) => away === least).map(({ n }) => `"${n}"`);
  if (least > Math.max(1, Math.floor(typed.length / 3))) return `Known are ${[...new Set(names)].join(", ")}.`;
  return `Did you mean ${near.join(" or ")}?`;
}
