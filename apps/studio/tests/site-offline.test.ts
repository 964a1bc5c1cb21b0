import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, expect, it } from "vitest";
import { describeInBrowser, keptOffline, openPage, serve } from "./browser.ts";
import { replaceSite, smallSite } from "./small-site.ts";

const folders: string[] = [];
async function make(word: string, base = "") {
  const folder = await smallSite(word, base);
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const words = async (page: Page) => [await page.textContent("h1"), await page.textContent("#inline")];
const working = (page: Page) => page.evaluate<string>("window.working()");
const lazily = (page: Page) => page.evaluate<string>("window.lazily()");

/** Asks for a new build and waits until its worker has kept all of it. */
const update = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    while (!registration.waiting) await new Promise((done) => setTimeout(done, 20));
  });
const caches = (page: Page) => page.evaluate<string[]>("caches.keys()");

describeInBrowser("the service worker", () => {
  it("keeps the whole site for when there is no network and no server", async () => {
    const folder = await make("one");
    const server = await serve(folder);
    const { page, context, problems, close } = await openPage({ url: server.url });
    await keptOffline(page);
    await server.stop();
    await context.setOffline(true);
    await page.reload();
    expect(await words(page)).toEqual(["one", "one & <inline>"]);
    expect(await lazily(page)).toBe("one");
    expect(await working(page)).toBe("one#given");
    const bytes = await page.evaluate(async () => [
      ...new Uint8Array(await (await fetch("/model/melody.safetensors")).arrayBuffer()),
    ]);
    expect(Uint8Array.from(bytes)).toEqual(new Uint8Array(readFileSync(join(folder, "model/melody.safetensors"))));
    await page.goto(`${server.url}/?from=elsewhere#link`);
    expect(await words(page)).toEqual(["one", "one & <inline>"]);
    expect(await page.evaluate("location.search + location.hash")).toBe("?from=elsewhere#link");
    await page.goto(`${server.url}/unknown#link`);
    expect(await page.evaluate("location.pathname + location.hash")).toBe("/unknown#link");
    expect(await page.textContent("h1")).toBe("one");
    expect(problems).toEqual([]);
    await close();
  });

  it("shows a new build on the next visit and leaves a running tab its own files", async () => {
    const folder = await make("one");
    const server = await serve(folder);
    const first = await openPage({ url: server.url });
    await keptOffline(first.page);
    const second = await openPage({ url: server.url, context: first.context });

    replaceSite(folder, await make("two"));
    await update(first.page);
    await server.stop();
    await first.page.reload();
    expect(await words(first.page)).toEqual(["two", "two & <inline>"]);
    expect(await lazily(first.page)).toBe("two");
    // The other tab goes on with the build that it was opened with.
    expect(await words(second.page)).toEqual(["one", "one & <inline>"]);
    expect(await lazily(second.page)).toBe("one");
    expect((await caches(first.page)).filter((name) => !name.endsWith("newest"))).toHaveLength(2);

    // Once no tab of the old build is left, nothing is kept of it.
    await second.page.close();
    await first.page.goto("about:blank");
    const third = await openPage({ url: server.url, context: first.context });
    expect(await words(third.page)).toEqual(["two", "two & <inline>"]);
    await expect.poll(async () => (await caches(third.page)).filter((name) => !name.endsWith("newest")).length).toBe(1);
    expect(await lazily(third.page)).toBe("two");
    expect([...first.problems, ...second.problems, ...third.problems]).toEqual([]);
    await first.close();
  });

  it("keeps the old build where a new one cannot be fetched whole", async () => {
    const folder = await make("one");
    const server = await serve(folder);
    const { page, context, close } = await openPage({ url: server.url });
    await keptOffline(page);
    replaceSite(folder, await make("two"));
    rmSync(join(folder, "_next/static/chunks/lazy-two.js"));
    for (const packed of ["br", "gz"])
      rmSync(join(folder, `_next/static/chunks/lazy-two.js.${packed}`), { force: true });
    const ended = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const found = new Promise<ServiceWorker>((done) =>
        registration.addEventListener("updatefound", () => done(registration.installing!), { once: true }),
      );
      void registration.update();
      const worker = await found;
      while (worker.state === "installing") await new Promise((done) => setTimeout(done, 20));
      return worker.state;
    });
    expect(ended).toBe("redundant");
    await server.stop();
    await context.setOffline(true);
    await page.reload();
    expect(await words(page)).toEqual(["one", "one & <inline>"]);
    expect(await lazily(page)).toBe("one");
    await close();
  });

  it("keeps to the folder of its host", async () => {
    const server = await serve(await make("below", "/sub"), { base: "/sub" });
    const { page, problems, close } = await openPage({ url: server.url });
    await keptOffline(page);
    await server.stop();
    await page.reload();
    expect(await words(page)).toEqual(["below", "below & <inline>"]);
    expect(await lazily(page)).toBe("below");
    expect(problems).toEqual([]);
    await close();
  });

  it("keeps nothing that a browser with modules never loads", async () => {
    const folder = await make("one");
    const list = readFileSync(join(folder, "sw.js"), "utf8");
    for (const file of ["./", "main-one.js", "lazy-one.js", "model/melody.safetensors"]) expect(list).toContain(file);
    for (const file of ["old-one.js", "404.html", ".br", "index.txt"]) expect(list).not.toContain(`${file}"`);
    expect(existsSync(join(folder, "index.txt"))).toBe(false);
  });
});
