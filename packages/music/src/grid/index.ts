export { type Folded, fold, unfold } from "./fold.ts";
export {
  canonical,
  fromEvent,
  fromNotes,
  GRID_HIGHEST,
  GRID_HOLD,
  GRID_LOWEST,
  GRID_REST,
  GRID_STEPS,
  type Grid,
  type GridNote,
  gridKey,
  hamming,
  onsets,
  toEvent,
  toNotes,
} from "./grid.ts";
export { HOLD, ONSET, patternClass, patternTable, REST } from "./pattern.ts";
