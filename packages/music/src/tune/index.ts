export { type Melody, type PlacedMelody, placeMelody } from "./melody.ts";
export { melodyLine, polyphony } from "./melody-line.ts";
export { readTunes, type TuneFile, tuneExtensions } from "./read-tunes.ts";
export type { MelodyMark, Tune, TuneFormat, TuneMeter, TuneNote } from "./tune.ts";
