export { js } from "./backend.ts";
