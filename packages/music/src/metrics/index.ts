export { copies, nearCopies } from "./copies.ts";
export { featureNames, features, type MelodyFeatures } from "./features.ts";
export { meanOverlappingArea, type OverlapReport, overlappingArea, overlapReport } from "./overlapping-area.ts";
export { distinctMelodies, largestStep, pathOverEnds } from "./path.ts";
