/**
 * What the pages of the guide draw and read with.
 *
 * @module
 */
export { banana } from "./banana.ts";
export { type Chart, chart } from "./chart.ts";
export { classifier, type Verdict } from "./classifier.ts";
export { type Digits, digits } from "./digits.ts";
export { distribution } from "./distribution.ts";
export { mean } from "./mean.ts";
export { moons } from "./moons.ts";
export { near } from "./near.ts";
export { type Picture, picture } from "./picture.ts";
export { pixels, type Window } from "./pixels.ts";
export { untrained } from "./untrained.ts";
