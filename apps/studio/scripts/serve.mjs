/**
 * Serves the built studio, or the finished site in a folder that is named: PORT (3000, or the next that is free), HOST
 * (127.0.0.1).
 *
 * @module
 */
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import sirv from "sirv";
import { basePath, out as built, fail, record } from "./app.mjs";
import { filesBelow } from "./inputs.mjs";
import { headerRules, plainPolicy, policyOf } from "./policy.mjs";

const headers = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** The longest address that the studio answers; what a link holds stands behind its #, which is never sent. */
const longest = 2048;

/** A folder as it is now: what answers for its files, and its pages' policies. */
function read(folder) {
  const pages = new Map(
    filesBelow(folder)
      .filter((file) => file.endsWith(".html"))
      .map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );
  const missing = pages.get("404.html");
  const policies = new Map([...pages].map(([file, html]) => [file, (policyOf(html) ?? plainPolicy) + headerRules]));
  const pageOf = (path) => [path.slice(1), `${path.slice(1)}.html`, `${path.slice(1)}/index.html`.replace(/^\/+/, "")];

  const files = sirv(folder, {
    etag: true,
    gzip: true,
    brotli: true,
    setHeaders(response, path) {
      const page = pageOf(path.replace(/\/$/, "")).find((name) => policies.has(name));
      response.setHeader("Content-Security-Policy", page ? policies.get(page) : plainPolicy + headerRules);
      const hashed = path.startsWith("/_next/static/");
      response.setHeader("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  return { files, missing, policy: policies.get("404.html") ?? plainPolicy + headerRules };
}

/** The answer to every request for a folder that is served below `base`; takes notice of a new build. */
export function handler(folder, base) {
  // The service worker is the last file that a build adds beside its pages.
  const stamp = () => statSync(join(folder, "sw.js"), { throwIfNoEntry: false })?.mtimeMs;
  let known = stamp();
  let site = read(folder);

  return (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const say = (status, sentence, extra = {}) => {
      response.writeHead(status, {
        "Content-Type": "text/plain;charset=utf-8",
        "Content-Security-Policy": plainPolicy + headerRules,
        "Cache-Control": "no-store",
        ...extra,
      });
      response.end(`${sentence}\n`);
    };
    try {
      const now = stamp();
      if (now === undefined)
        return say(503, "The studio is being built: try again in a minute.", { "Retry-After": "30" });
      if (now !== known) {
        site = read(folder);
        known = now;
      }
      if (request.method !== "GET" && request.method !== "HEAD")
        return say(405, "The studio is only read: GET and HEAD.", { Allow: "GET, HEAD" });
      if (request.url.length > longest) return say(414, "That address is too long.");
      const [path, query] = request.url.split("?");
      if (decoded(path) === undefined) return say(400, "That address is not written as addresses are.");
      if (base !== "") {
        if (path === "/" || path === base) return say(302, "The studio is elsewhere.", { Location: `${base}/` });
        if (!path.startsWith(`${base}/`)) return notFound(response, site);
        request.url = path.slice(base.length) + (query === undefined ? "" : `?${query}`);
      }
      narrow(request.headers);
      site.files(request, response, () => notFound(response, site));
    } catch (error) {
      console.error(error);
      if (response.headersSent) response.destroy();
      else say(500, "The studio could not answer that.");
    }
  };
}

function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Leaves of a range only what sirv reads rightly, a first and a last byte of the file as it lies there. */
function narrow(headers) {
  if (headers.range === undefined) return;
  const [, first, last] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(headers.range) ?? [];
  // sirv takes a last byte of 0 for none given.
  const sane = first !== undefined && last !== "0" && (last === "" || Number(first) <= Number(last));
  const good = sane && headers["if-range"] === undefined;
  if (!good) delete headers.range;
  else delete headers["accept-encoding"];
}

function notFound(response, { missing, policy }) {
  response.writeHead(404, {
    "Content-Type": missing ? "text/html;charset=utf-8" : "text/plain;charset=utf-8",
    "Content-Security-Policy": policy,
    "Cache-Control": "no-cache",
  });
  response.end(missing ?? "There is nothing here.\n");
}

/** Listens on a port, or on one of the twenty after it; returns the port. */
async function listen(server, port, host) {
  for (let next = port; ; next++) {
    server.listen(next, host);
    try {
      await once(server, "listening");
      return server.address().port;
    } catch (error) {
      if (error.code === "EACCES") throw new Error(`Port ${next} may not be used by you: set PORT to one above 1023.`);
      if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND")
        throw new Error(`HOST is "${host}", which is no address of this machine: leave it out, or set 0.0.0.0.`);
      if (error.code !== "EADDRINUSE") throw error;
      if (next >= port + 20 || next >= 65_535)
        throw new Error(`Ports ${port} to ${next} are taken: set PORT to one that is free.`);
    }
  }
}

async function main() {
  const folder = process.argv[2] ?? built;
  if (!existsSync(join(folder, "sw.js")))
    throw new Error("The studio is not built yet: run npm start, which builds and serves it.");
  const wanted = process.env.PORT || "3000";
  if (!/^\d{1,5}$/.test(wanted) || Number(wanted) > 65_535)
    throw new Error(`PORT is "${wanted}": give a number from 0 to 65535.`);
  const host = process.env.HOST || "127.0.0.1";
  const base = folder === built && existsSync(record) ? JSON.parse(readFileSync(record, "utf8")).base : basePath();

  const server = createServer(handler(folder, base));
  const port = await listen(server, Number(wanted), host);
  const end = () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), 2000).unref();
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  // A shell that npm put between dies of a signal without passing it on.
  const parent = process.ppid;
  if (["start", "serve"].includes(process.env.npm_lifecycle_event))
    setInterval(() => process.ppid !== parent && end(), 500).unref();

  const name = ["127.0.0.1", "::1", "0.0.0.0", "::"].includes(host) ? "localhost" : host;
  console.log(`Studio: http://${name.includes(":") ? `[${name}]` : name}:${port}${base}`);
}

if (process.argv[1] === import.meta.filename) main().catch(fail);
