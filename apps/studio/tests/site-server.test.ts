import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { app, serve } from "./server.ts";
import { smallSite } from "./small-site.ts";

let folder: string;
let server: Awaited<ReturnType<typeof serve>>;
const model = () => readFileSync(join(folder, "model/melody.safetensors"));

beforeAll(async () => {
  folder = await smallSite("one");
  server = await serve(folder);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Sends the bytes of a request as they are, past all that fetch would mend; returns the answer's bytes as text. */
function raw(request: string): Promise<string> {
  return new Promise((done, failed) => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () => socket.end(request));
    let answer = "";
    socket.setEncoding("latin1").on("data", (chunk) => (answer += chunk));
    // A server may hang up on a request that is too long before all of it was sent: what it said until then counts.
    socket.on("close", () => done(answer));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET" && error.code !== "EPIPE") failed(error);
    });
  });
}

const get = (path: string) => raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

describe("the server", () => {
  it("answers with the headers that keep a page to itself", async () => {
    for (const path of ["/", "/index.html", "/nowhere", "/sw.js", "/model/melody.safetensors"]) {
      const { headers } = await fetch(server.url + path);
      expect(headers.get("x-content-type-options"), path).toBe("nosniff");
      expect(headers.get("referrer-policy"), path).toBe("no-referrer");
      expect(headers.get("permissions-policy"), path).toContain("microphone=()");
      expect(headers.get("cross-origin-opener-policy"), path).toBe("same-origin");
      expect(headers.get("content-security-policy"), path).toContain("default-src 'none'");
      expect(headers.get("content-security-policy"), path).toContain("frame-ancestors 'none'");
      expect(headers.get("content-security-policy"), path).not.toMatch(/unsafe|\*|https?:/);
    }
  });

  it("gives a page the policy with the hashes of its scripts, and no other file", async () => {
    const hash = /'sha256-[^']+'/.exec(readFileSync(join(folder, "index.html"), "utf8"))![0];
    for (const path of ["/", "/index.html", "/index"])
      expect((await fetch(server.url + path)).headers.get("content-security-policy")).toContain(hash);
    for (const path of ["/404.html", "/sw.js"])
      expect((await fetch(server.url + path)).headers.get("content-security-policy")).not.toContain("sha256");
  });

  it("lets hashed files be kept for ever and asks again for the others", async () => {
    const cached = async (path: string) => (await fetch(server.url + path)).headers.get("cache-control");
    expect(await cached("/_next/static/chunks/main-one.js")).toBe("public, max-age=31536000, immutable");
    for (const path of ["/", "/sw.js", "/model/melody.safetensors"]) expect(await cached(path)).toBe("no-cache");
    const { headers } = await fetch(`${server.url}/sw.js`);
    const again = await fetch(`${server.url}/sw.js`, { headers: { "if-none-match": headers.get("etag")! } });
    expect(again.status).toBe(304);
  });

  it("sends packed files to those who can unpack them", async () => {
    const path = "/_next/static/chunks/lazy-one.js";
    const size = async (encoding: string) => {
      const response = await fetch(server.url + path, { headers: { "accept-encoding": encoding } });
      expect(response.headers.get("content-type")).toContain("javascript");
      expect(response.headers.get("content-encoding") ?? "identity").toBe(encoding);
      expect(await response.text()).toContain("filler");
      return Number(response.headers.get("content-length"));
    };
    expect(await size("br")).toBeLessThan(200);
    expect(await size("gzip")).toBeLessThan(200);
    expect(await size("identity")).toBeGreaterThan(1000);
  });

  it("answers HEAD without a body and refuses what would write", async () => {
    const head = await fetch(server.url, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(Number(head.headers.get("content-length"))).toBeGreaterThan(100);
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const response = await fetch(server.url, { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    }
  });

  it("sends ranges, and the whole file where a range makes no sense", async () => {
    const ask = async (range: string) => {
      const response = await fetch(`${server.url}/model/melody.safetensors`, { headers: { range } });
      return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
    };
    expect(await ask("bytes=10-19")).toEqual({ status: 206, bytes: model().subarray(10, 20) });
    expect(await ask("bytes=4990-")).toEqual({ status: 206, bytes: model().subarray(4990) });
    expect(await ask("bytes=0-1")).toEqual({ status: 206, bytes: model().subarray(0, 2) });
    expect(await ask("bytes=4990-9000")).toEqual({ status: 206, bytes: model().subarray(4990) });
    expect((await ask("bytes=9000-9001")).status).toBe(416);
    for (const range of [
      "bytes=9-2",
      "bytes=0-0",
      "bytes=-5",
      "bytes=a-b",
      "lines=1-2",
      "bytes=1-2,4-5",
      "bytes=",
      "-",
      "bytes=1e9-",
    ])
      expect(await ask(range), range).toEqual({ status: 200, bytes: model() });
  });

  it("never leaves its folder", async () => {
    for (const path of [
      "/../package.json",
      "/..%2f..%2fetc/passwd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/..\\..\\etc\\passwd",
      "//etc/passwd",
      "/model/../../../../etc/passwd",
      "/.git/config",
      "/model/%00",
      "/_next/static/chunks/",
    ]) {
      const answer = await get(path);
      expect([400, 404], path).toContain(statusOf(answer));
      expect(answer, path).not.toMatch(/root:|"name":/);
    }
  });

  it("answers what it does not know with its page, and what is no address with a sentence", async () => {
    const unknown = await fetch(`${server.url}/nowhere`);
    expect([unknown.status, unknown.headers.get("content-type")]).toEqual([404, "text/html;charset=utf-8"]);
    expect(await unknown.text()).toContain("Nothing here");
    expect(statusOf(await get("/%"))).toBe(400);
    expect(statusOf(await get("/%E0%A4%A"))).toBe(400);
    expect(statusOf(await get(`/${"a".repeat(3000)}`))).toBe(414);
    // Refused, or hung up on.
    expect([400, 414, 431, Number.NaN]).toContain(statusOf(await get(`/${"a".repeat(100_000)}`)));
    expect(statusOf(await raw("rubbish\r\n\r\n"))).toBe(400);
    expect(statusOf(await get("http://elsewhere.example/"))).toBeLessThan(500);
    expect(statusOf(await get("*"))).toBe(404);
    expect((await fetch(server.url)).status).toBe(200);
  });

  it("answers a hundred at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const response = await fetch(`${server.url}/model/melody.safetensors`);
        return Buffer.from(await response.arrayBuffer()).equals(model());
      }),
    );
    expect(answers.filter(Boolean)).toHaveLength(100);
  });

  it("takes the next port where one is taken, and ends when told", async () => {
    const taken = Number(new URL(server.url).port);
    const second = await serve(folder, { port: taken });
    expect(Number(new URL(second.url).port)).toBeGreaterThan(taken);
    second.child.kill("SIGTERM");
    expect(await new Promise((done) => second.child.once("exit", (code) => done(code)))).toBe(0);
  });

  it("serves below a folder of its host", async () => {
    const site = await smallSite("below", "/sub");
    const below = await serve(site, { base: "/sub" });
    expect(below.url).toMatch(/:\d+\/sub$/);
    expect((await fetch(`${below.url}/_next/static/chunks/main-below.js`)).status).toBe(200);
    const root = new URL(below.url).origin;
    expect((await fetch(`${root}/`)).url).toBe(`${root}/sub/`);
    for (const path of ["/subway", "/_next/static/chunks/main-below.js", "/sub/nowhere"])
      expect((await fetch(root + path)).status, path).toBe(404);
    await below.stop();
    rmSync(site, { recursive: true });
  });

  it("says in a sentence why it cannot start", async () => {
    const start = (args: string[], env: Record<string, string>) =>
      promisify(execFile)(process.execPath, [join(app, "scripts/serve.mjs"), ...args], {
        env: { ...process.env, ...env },
      }).then(
        () => "",
        (error: { stderr: string }) => error.stderr,
      );
    const empty = mkdtempSync(join(tmpdir(), "normflow-empty-"));
    expect(await start([empty], {})).toBe("The studio is not built yet: run npm start, which builds and serves it.\n");
    rmSync(empty, { recursive: true });
    expect(await start([folder], { PORT: "x" })).toBe('PORT is "x": give a number from 0 to 65535.\n');
    expect(await start([folder], { BASE_PATH: "a b" })).toMatch(/^BASE_PATH is "a b": .*\.\n$/);
    expect(await start([folder], { HOST: "203.0.113.7" })).toMatch(/^HOST is "203.0.113.7", .*\.\n$/);
  });
});
