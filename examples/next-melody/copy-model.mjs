// Lays the melody model that comes with flowctl where the page fetches it.
import { copyFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const cli = dirname(dirname(createRequire(import.meta.url).resolve("@normflow/cli")));
mkdirSync("public", { recursive: true });
copyFileSync(join(cli, "models/melody.safetensors"), "public/melody.safetensors");
