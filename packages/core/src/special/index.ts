export { erf, erfc, normalCdf } from "./error-function.ts";
