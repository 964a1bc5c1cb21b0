export { erf, erfc, normalCdf } from "./error-function.ts";
export { logGamma } from "./log-gamma.ts";
