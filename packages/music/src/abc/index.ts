export { decodeText } from "./decode-text.ts";
export { type AbcFile, type RefusedTune, readAbc } from "./read-abc.ts";
export { writeAbc } from "./write-abc.ts";
