/**
 * Opens the studio in Chromium and records all that it says and asks for.
 *
 * @module
 */
import { existsSync } from "node:fs";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
  type Request,
} from "playwright-core";
import { afterAll, describe } from "vitest";
import { studio } from "./server.ts";

export { app, serve, site, studio } from "./server.ts";

const places = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executable = places.find((path) => path !== undefined && path !== "" && existsSync(path));
if (executable === undefined)
  console.warn("No Chromium was found, so the browser tests are skipped: install it, or set CHROMIUM to where it is.");

/** `describe` for tests that need Chromium: skipped, with a line that says so, where there is none. */
export const describeInBrowser: typeof describe.skip = executable === undefined ? describe.skip : describe;

export interface PageOptions {
  /** 1440 × 900 unless told. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** What a former visit left: `await context.storageState({ indexedDB: true })`. */
  readonly storage?: NonNullable<BrowserContextOptions["storageState"]>;
  readonly colorScheme?: "light" | "dark";
  readonly reducedMotion?: boolean;
  readonly hasTouch?: boolean;
  /** No network from the start. */
  readonly offline?: boolean;
  /** The profile of a page opened before, whose storage this one shares. */
  readonly context?: BrowserContext;
  /** The address of another server than `studio()`. */
  readonly url?: string;
  /** What follows the address: `/` unless told, or `/#…` for a link. */
  readonly path?: string;
  /** Runs in the page before its own scripts. */
  readonly before?: string | (() => void);
}

/** What a page of one profile said and asked for since it was opened. */
export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings of the console and errors that nothing caught. */
  readonly problems: string[];
  /** The addresses of all requests, those of workers too. */
  readonly requests: string[];
  /** Closes the page, and its profile where it was made for it. */
  close(): Promise<void>;
}

let running: Promise<Browser> | undefined;

/** The browser of this test file. */
export function browser(): Promise<Browser> {
  running ??= chromium.launch({
    executablePath: executable!,
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  return running;
}

afterAll(async () => {
  await (await running)?.close();
  running = undefined;
});

/** Opens the studio in a fresh profile, or in the one that is given, and waits until the page has loaded. */
export async function openPage(options: PageOptions = {}): Promise<Opened> {
  const { viewport = { width: 1440, height: 900 }, path = "/" } = options;
  const url = options.url ?? (await studio());
  const context =
    options.context ??
    (await (
      await browser()
    ).newContext({
      viewport,
      colorScheme: options.colorScheme ?? "light",
      reducedMotion: options.reducedMotion ? "reduce" : "no-preference",
      hasTouch: options.hasTouch ?? false,
      ...(options.storage === undefined ? {} : { storageState: options.storage }),
    }));
  if (options.offline) await context.setOffline(true);

  const page = await context.newPage();
  if (options.context && options.viewport) await page.setViewportSize(viewport);
  const problems: string[] = [];
  const requests: string[] = [];
  const note = (request: Request) => requests.push(request.url());
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      problems.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.stack ?? error.message}`));
  // The context hears of the service worker's requests too.
  context.on("request", note);
  if (options.before !== undefined) await page.addInitScript(options.before);
  await page.goto(url + path);

  return {
    page,
    context,
    problems,
    requests,
    async close() {
      context.off("request", note);
      await (options.context ? page : context).close();
    },
  };
}

/** Those of the requests that went to another host than the studio's. */
export function toOtherHosts(requests: readonly string[], url: string): string[] {
  const own = new URL(url).origin;
  return requests.filter((address) => {
    const { protocol, origin } = new URL(address);
    return protocol !== "data:" && protocol !== "blob:" && origin !== own;
  });
}

/**
 * Waits until the studio's service worker keeps the whole build and answers for the page.
 * @throws {Error} where it does not within half a minute
 */
export async function keptOffline(page: Page): Promise<void> {
  await until(page, () => navigator.serviceWorker.controller !== null, null, 30_000);
}

/**
 * Waits until a question that is asked in the page is answered with something true, and returns that. Playwright's own
 * `waitForFunction` makes code of a string, which the page's policy forbids.
 * @throws {Error} after `patience` milliseconds
 */
export async function until<A, T>(
  page: Page,
  question: (argument: A) => T | Promise<T>,
  argument: A,
  patience = 15_000,
): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const answer = (await page.evaluate(question as never, argument as never)) as T;
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`Not true after ${patience} ms: ${question}`);
    await page.waitForTimeout(30);
  }
}
