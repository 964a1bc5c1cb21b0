export { readMusicXml } from "./read-musicxml.ts";
