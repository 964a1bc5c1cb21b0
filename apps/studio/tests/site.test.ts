import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { describeInBrowser, keptOffline, openPage, serve, site, studio, toOtherHosts } from "./browser.ts";

beforeAll(async () => void (await studio()));

const files = () => readdirSync(site(), { recursive: true, encoding: "utf8" });
const text = (file: string) => readFileSync(join(site(), file), "utf8");
const kept = () =>
  JSON.parse(/const build = (\{.*\});/.exec(text("sw.js"))![1]!) as { version: string; files: string[] };

describe("the built files", () => {
  it("carry their policy before the first script, with a hash for every inline script", () => {
    const pages = files().filter((file) => file.endsWith(".html"));
    expect(pages).toEqual(expect.arrayContaining(["index.html", "404.html"]));
    for (const file of pages) {
      const html = text(file);
      const at = html.indexOf('<meta http-equiv="Content-Security-Policy"');
      expect(at, file).toBeGreaterThan(0);
      expect(at, file).toBeLessThan(html.indexOf("<script"));
      expect(html.search(/<meta charset/i), file).toBeLessThan(900);
      const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      for (const [, attributes, script] of html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g))
        if (!attributes!.includes(" src="))
          expect(policy).toContain(`'sha256-${createHash("sha256").update(script!).digest("base64")}'`);
      const markup = html.replace(/<script\b[\s\S]*?<\/script>/g, "");
      expect(markup, file).not.toMatch(/<style|\sstyle=|\son[a-z]+=/i);
    }
  });

  it("name no other host to load from", () => {
    for (const file of files().filter((name) => /\.(html|css)$/.test(name))) {
      const loads = [...text(file).matchAll(/(?:\s(?:src|href)=|url\()["']?([^"')\s>]+)/g)].map(([, to]) => to!);
      for (const to of loads) expect(to, file).toMatch(/^(\/(?!\/)|\.|#|data:|[\w-]+\/)/);
    }
  });

  it("are all kept by the service worker, the model among them", () => {
    const list = kept().files;
    expect(list).toEqual(
      expect.arrayContaining(["./", "model/melody.safetensors", "manifest.webmanifest", "icon.svg"]),
    );
    const chunks = files().filter((name) => /^_next\/static\/.*\.(js|css|woff2)$/.test(name));
    const missing = chunks.filter((name) => !list.includes(name));
    // Only the script for browsers without modules is left out.
    expect(missing).toHaveLength(1);
    expect(text("index.html")).toMatch(new RegExp(`${missing[0]}" noModule`));
  });

  it("have icons and a manifest that names them", () => {
    const manifest = JSON.parse(text("manifest.webmanifest")) as { icons: { src: string }[] };
    for (const { src } of manifest.icons) expect(files()).toContain(src);
  });
});

describeInBrowser("the page", () => {
  it("opens under its policy without a word on the console and asks no other host", async () => {
    const { page, problems, requests, close } = await openPage();
    await keptOffline(page);
    expect(problems).toEqual([]);
    expect(toOtherHosts(requests, await studio())).toEqual([]);
    expect(requests.length).toBeGreaterThan(5);
    await close();
  });

  it("works after one visit without network and server, with all that it loads late", async () => {
    const server = await serve(site());
    const { page, context, problems, close } = await openPage({ url: server.url });
    await keptOffline(page);
    await server.stop();
    await context.setOffline(true);
    await page.reload();
    const missing = await page.evaluate(async (list) => {
      const answers = list.map(async (file) => ((await fetch(file)).ok ? [] : [file]));
      return (await Promise.all(answers)).flat();
    }, kept().files);
    expect(missing).toEqual([]);
    const digest = await page.evaluate(async () => {
      const bytes = await (await fetch("model/melody.safetensors")).arrayBuffer();
      return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))];
    });
    const model = readFileSync(join(site(), "model/melody.safetensors"));
    expect(digest).toEqual([...createHash("sha256").update(model).digest()]);
    // A script that the page has not loaded yet, Tone among them.
    const loaded = await page.evaluate(async (list) => {
      const before = new Set([...document.scripts].map((script) => new URL(script.src || "a:").pathname.slice(1)));
      const late = list.filter((file) => /chunks\/(?!turbopack)[^/]*\.js$/.test(file) && !before.has(file));
      for (const file of late)
        await new Promise((done, failed) => {
          const script = document.createElement("script");
          script.src = file;
          script.onload = done;
          script.onerror = () => failed(new Error(`${file} did not load`));
          document.head.append(script);
        });
      return late.length;
    }, kept().files);
    expect(loaded).toBeGreaterThan(0);
    expect(problems).toEqual([]);
    await close();
  });
});
