/**
 * Bundles the page of the roll and serves it from memory.
 *
 * @module
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const types: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css" };

/** A server that runs. */
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** Builds and serves the page. */
export async function serveRoll(): Promise<Served> {
  const built = await build({
    root: fileURLToPath(new URL(".", import.meta.url)),
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@normflow/source", "module", "browser", "production"] },
    build: { write: false, minify: false, modulePreload: false },
  });
  const { output } = Array.isArray(built)
    ? built[0]!
    : (built as Exclude<typeof built, { close(): unknown } | unknown[]>);
  const files = new Map(
    output.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : Buffer.from(file.source)]),
  );
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://local").pathname;
    const file = path === "/" ? "/index.html" : path;
    const body = files.get(file);
    if (body === undefined) response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
    // The policy of the studio, as far as it concerns a roll.
    else
      response
        .writeHead(200, {
          "content-type": types[file.split(".").at(-1)!] ?? "application/octet-stream",
          "content-security-policy": "default-src 'self'; style-src 'self'; script-src 'self'",
        })
        .end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((done) => server.close(() => done())),
  };
}
