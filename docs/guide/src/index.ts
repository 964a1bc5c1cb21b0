/**
 * What the pages of the guide draw and read with.
 *
 * @module
 */
export { type Chart, chart } from "./chart.ts";
export { classifier, type Verdict } from "./classifier.ts";
export { type Digits, digits } from "./digits.ts";
export { distribution } from "./distribution.ts";
export { near } from "./near.ts";
export { type Picture, picture } from "./picture.ts";
export { untrained } from "./untrained.ts";
