/**
 * Makes a finished site of what `next build` exports: tidied, with its policy, its service worker and packed files.
 * Run by itself, it finishes the folder that is named.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { fail } from "./app.mjs";
import { filesBelow } from "./inputs.mjs";
import { inlineStyles, withPolicy } from "./policy.mjs";

/** Finishes the site in a folder; returns the version of its service worker. */
export async function finish(folder) {
  tidy(folder);
  hurry(folder);
  protect(folder);
  const version = keepOffline(folder);
  await pack(folder);
  return version;
}

/** Removes what Next exports for moves between pages, of which the studio has one, and a worker's source that it copies. */
function tidy(folder) {
  for (const file of filesBelow(folder))
    if (/^_not-found[./]|(^|\/)__next\.|^(index|404)\.txt$|^_next\/static\/media\/.*\.tsx?$/.test(file))
      rmSync(join(folder, file));
  rmSync(join(folder, "_not-found"), { recursive: true, force: true });
}

/**
 * Marks the scripts that a page starts with as used at once: Chromium then compiles them in the background while they
 * arrive, where each function would hold up the page at its first call. Others read a comment.
 */
function hurry(folder) {
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const paths = [...page.matchAll(/<script\s+src="([^"]+)"(?![^>]*\snoModule\b)/gi)].map(([, path]) => path);
  for (const file of filesBelow(folder).filter((name) => paths.some((path) => path.endsWith(name)))) {
    const code = readFileSync(join(folder, file), "utf8");
    if (!code.startsWith(HURRY)) writeFileSync(join(folder, file), HURRY + code);
  }
}

const HURRY = "//# allFunctionsCalledOnLoad\n";

/** Gives every page its policy. */
function protect(folder) {
  for (const file of filesBelow(folder).filter((name) => name.endsWith(".html"))) {
    const html = readFileSync(join(folder, file), "utf8");
    for (const tag of inlineStyles(html))
      console.warn(`${file}: the policy lets no inline style through, so this one does nothing: ${tag.slice(0, 120)}`);
    writeFileSync(join(folder, file), withPolicy(html));
  }
}

/** Writes the service worker, which lists the files of this build. */
function keepOffline(folder) {
  const template = readFileSync(join(import.meta.dirname, "service-worker.js"), "utf8");
  const page = readFileSync(join(folder, "index.html"), "utf8");
  // Icons in PNG are for who installs the page. Browsers that know modules never load what is there for those that do not.
  const unused = [...page.matchAll(/<script\s+src="([^"]+)"[^>]*\snoModule\b/gi)].map(([, path]) => path);
  const files = filesBelow(folder).filter(
    (name) =>
      !/(^|\/)\./.test(name) &&
      !/(^404\.html|^icon-.*\.png|^sw\.js|^robots\.txt|\.(map|br|gz))$/.test(name) &&
      !unused.some((path) => path.endsWith(name)),
  );
  const hash = createHash("sha256").update(template);
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  const version = hash.digest("hex").slice(0, 16);
  const build = { version, files: files.map((name) => (name === "index.html" ? "./" : name)) };
  writeFileSync(
    join(folder, "sw.js"),
    template.replace('"BUILD"', () => JSON.stringify(build)),
  );
  return version;
}

/** Puts a packed copy beside each file that is worth it. */
async function pack(folder) {
  const kinds = {
    br: (bytes) =>
      promisify(brotliCompress)(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      }),
    gz: (bytes) => promisify(gzip)(bytes, { level: 9 }),
  };
  const files = filesBelow(folder).filter((name) =>
    /\.(html|js|css|svg|txt|json|webmanifest|wasm|safetensors)$/.test(name),
  );
  await Promise.all(
    files.flatMap((file) =>
      Object.entries(kinds).map(async ([ending, compress]) => {
        const bytes = readFileSync(join(folder, file));
        const packed = await compress(bytes);
        if (bytes.length - packed.length >= Math.max(64, 0.03 * bytes.length))
          writeFileSync(join(folder, `${file}.${ending}`), packed);
      }),
    ),
  );
}

if (process.argv[1] === import.meta.filename) {
  try {
    if (!process.argv[2]) throw new Error("Name the folder to finish: node scripts/finish.mjs out");
    console.log(await finish(process.argv[2]));
  } catch (error) {
    fail(error);
  }
}
