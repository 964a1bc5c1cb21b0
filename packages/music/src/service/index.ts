export type * from "./requests.ts";
export { type ServiceOptions, serveMelodies } from "./serve-melodies.ts";
