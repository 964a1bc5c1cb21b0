// Puts the licence beside the package.json of the package that is about to be packed; git does not track the copy.
import { copyFileSync } from "node:fs";
import { join, resolve } from "node:path";

copyFileSync(resolve(import.meta.dirname, "../LICENSE"), join(process.cwd(), "LICENSE"));
