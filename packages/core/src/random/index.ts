export { normal, permutation, randint, uniform } from "./draw.ts";
export { exactLog } from "./logarithm.ts";
export { standardNormalQuantile } from "./normal-quantile.ts";
export { bits, foldIn, type Key, key, threefry } from "./threefry.ts";
