export {
  Corpus,
  type CorpusCounts,
  type CorpusResult,
  type CorpusWindow,
  compareCodePoints,
  type FileTunes,
  type SkippedTune,
} from "./corpus.ts";
export { md5 } from "./md5.ts";
export { type Split, splitName, splitOf } from "./split.ts";
export { cutWindows, type MelodyWindow } from "./windows.ts";
