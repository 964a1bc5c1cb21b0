// Runs a measurement by name: npm run bench -- NAME …, where bench/NAME.mjs is.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".mjs") && !/^(run|_.*)\.mjs$/.test(file))
  .map((file) => file.slice(0, -4));
const [name] = process.argv.splice(2, 1);
if (!names.includes(name)) {
  console.error(`Usage: npm run bench -- NAME …, where NAME is one of ${names.join(", ")}.`);
  process.exit(2);
}
await import(`./${name}.mjs`);
