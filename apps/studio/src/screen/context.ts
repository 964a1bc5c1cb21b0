/**
 * The studio of the page, for the components on it.
 *
 * @module
 */
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { Piece } from "../piece/piece.ts";
import type { StudioState } from "../store/state.ts";
import type { Studio } from "../store/studio.ts";

export const StudioContext = createContext<Studio | undefined>(undefined);

/** The actions. */
export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (!studio) throw new Error("This component stands outside the studio.");
  return studio;
}

/** A part of the state; the component draws itself again when it changes. */
export const useStudioState = <T>(part: (state: StudioState) => T): T => useStore(useStudio().store, part);

/** A part of the piece. */
export const usePiece = <T>(part: (piece: Piece) => T): T => useStudioState((s) => part(s.timeline.present));
