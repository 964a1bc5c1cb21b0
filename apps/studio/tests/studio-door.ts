/**
 * The studio by its doors, for tests: pieces go in by links and come out of what the page keeps.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { decodePiece, encodePiece } from "../src/keep/link.ts";
import type { Notes } from "../src/piece/notes.ts";
import type { Piece, SideName } from "../src/piece/piece.ts";
import { firstPiece } from "../src/store/first-piece.ts";

/** The piece that the page would open again, read as a reload would. */
export async function pieceOf(page: Page): Promise<Piece> {
  const link = await page.evaluate(() => {
    const heads = Object.keys(localStorage).filter((key) => key.endsWith(":head"));
    const newest = heads
      .map((key) => localStorage.getItem(key)!.split("\n"))
      .sort((a, b) => Number(/"at":(\d+)/.exec(b[1]!)![1]) - Number(/"at":(\d+)/.exec(a[1]!)![1]))[0];
    return newest?.[0] ?? "";
  });
  // Nothing is kept as long as nothing was changed.
  return link === "" ? firstPiece : decodePiece(link).piece;
}

/** Opens a piece in the page by a link. */
export async function openPiece(page: Page, piece: Piece): Promise<void> {
  const link = encodePiece(piece);
  await page.evaluate((hash) => {
    location.hash = hash;
  }, link);
  const end = Date.now() + 5000;
  while (encodePiece(await pieceOf(page)) !== link) {
    if (Date.now() > end) throw new Error("The page did not open the piece.");
    await page.waitForTimeout(5);
  }
}

/** Waits until the model has written what it was asked for. */
export async function settledPiece(page: Page): Promise<Piece> {
  await page.locator('[aria-busy="true"]').first().waitFor({ state: "detached" });
  return pieceOf(page);
}

/** Waits until the model is there. */
export const modelReady = (page: Page): Promise<void> =>
  page
    .getByText(/^Model: /)
    .first()
    .waitFor({ timeout: 30_000, state: "attached" });

/** Does something and returns the piece once it differs. */
export async function after(page: Page, act: () => Promise<void>): Promise<Piece> {
  const before = encodePiece(await pieceOf(page));
  await act();
  const end = Date.now() + 15_000;
  for (;;) {
    const piece = await settledPiece(page);
    if (encodePiece(piece) !== before) return piece;
    if (Date.now() > end) {
      const said = await page.locator("[data-tone]").allTextContents();
      throw new Error(`Nothing changed. ${said.join(" ")}`);
    }
    await page.waitForTimeout(5);
  }
}

/** Gives the keys of the page to one of the melodies. */
export const focusSide = (page: Page, name: SideName): Promise<void> =>
  page.getByRole("textbox", { name: `Title of melody ${name.toUpperCase()}` }).evaluate((element) => {
    (element as HTMLElement).focus();
    (element as HTMLElement).blur();
  });

export const tuples = (notes: Notes): number[][] => notes.map((n) => [n.pitch, n.start, n.length]);

/** Repeatable numbers from 0 to 1. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** A melody by chance: dense or sparse, long notes and short. */
export function randomNotes(next: () => number): Notes {
  const density = 0.2 + 0.8 * next();
  const notes = [];
  for (let at = 0; at < 32; ) {
    const length = Math.min(32 - at, 1 + Math.floor(4 * next()));
    if (next() < density) notes.push({ pitch: 52 + Math.floor(32 * next()), start: at, length, fold: 0 });
    at += length;
  }
  return notes.length > 3 ? notes : randomNotes(next);
}
