// The studio as its user meets it: time to the first sound, what is transferred, the model's speed in the page, the main
// thread, memory. Builds and serves the production build, then drives Chromium.
//
//   node bench/studio.mjs [--visits 5] [--draws 40] [--fill 1100] [--generations 500] [--chromium /usr/bin/chromium]
//
// Every visit has a fresh profile and an empty cache. Prints one JSON line a part; the first sound is the first sample
// that is not zero at the loudspeakers' end of the page, counted from the start of the navigation and from the click.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const { values: args } = parseArgs({
  options: {
    visits: { type: "string", default: "5" },
    draws: { type: "string", default: "40" },
    fill: { type: "string", default: "1100" },
    generations: { type: "string", default: "500" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
  },
});
const print = (part, figures) => console.log(JSON.stringify({ part, ...figures }));
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const whole = (value) => Math.round(value * 10) / 10;

const app = join(import.meta.dirname, "../apps/studio");
if (spawnSync("npm", ["run", "build"], { cwd: app, stdio: "ignore" }).status !== 0)
  throw new Error("The build failed.");
const server = spawn(process.execPath, [join(app, "scripts/serve.mjs")], { stdio: ["ignore", "pipe", "inherit"] });
const url = await new Promise((done) =>
  server.stdout.on("data", (chunk) => {
    const found = /Studio: (http\S+)/.exec(String(chunk));
    if (found) done(found[1]);
  }),
);
const browser = await chromium.launch({
  executablePath: args.chromium,
  args: [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-precise-memory-info",
    "--js-flags=--expose-gc",
  ],
});

/** Runs before the page: hears what goes to the loudspeakers, and notes long tasks. */
function listen() {
  const seen = { click: 0, sound: 0, tasks: [] };
  globalThis.seen = seen;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.tasks.push([startTime, duration]);
  }).observe({ type: "longtask", buffered: true });
  addEventListener("pointerdown", () => (seen.click ||= performance.now()), { capture: true });
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target === this.context.destination && !seen.ear && this.context instanceof AudioContext) {
      const ear = new AnalyserNode(this.context, { fftSize: 2048 });
      seen.ear = ear;
      const samples = new Float32Array(ear.fftSize);
      const look = () => {
        ear.getFloatTimeDomainData(samples);
        if (samples.some((s) => s !== 0)) seen.sound ||= performance.now();
        else setTimeout(look, 1);
      };
      look();
      connect.call(this, ear);
    }
    return connect.call(this, target, ...rest);
  };
}

async function visit(use) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(listen);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  const result = await use(page, () => bytes, session);
  await context.close();
  return result;
}

// The first sound, and what it took from the network: the page's own requests, model included. What the service worker
// fetches afterwards, to work offline, it takes from the browser's cache where the page had it.
const visits = [];
for (let i = 0; i < Number(args.visits); i++)
  visits.push(
    await visit(async (page, bytes) => {
      await page.goto(url, { waitUntil: "commit" });
      await page.getByRole("button", { name: "Play A" }).click();
      let seen;
      do {
        await page.waitForTimeout(20);
        seen = await page.evaluate(() => ({ click: globalThis.seen.click, sound: globalThis.seen.sound }));
      } while (!seen.sound);
      await page
        .getByText(/^Model: /)
        .first()
        .waitFor();
      await page
        .getByText(/typical|expected|unusual/)
        .first()
        .waitFor();
      const workers = await page.evaluate(() => performance.getEntriesByType("resource").length);
      return { ...seen, bytes: bytes(), resources: workers };
    }),
  );
print("first sound", {
  visits: visits.length,
  "ms after navigation": whole(median(visits.map((v) => v.sound))),
  "ms after click": whole(median(visits.map((v) => v.sound - v.click))),
  "kB transferred": whole(median(visits.map((v) => v.bytes)) / 1000),
});

await visit(async (page, _bytes, session) => {
  await page.goto(url);
  await page
    .getByText(/^Model: /)
    .first()
    .waitFor();
  await page
    .getByText(/typical|expected|unusual/)
    .first()
    .waitFor();
  await page.waitForTimeout(1500);
  const loading = await page.evaluate(() => globalThis.seen.tasks.splice(0));

  // From the key to the notes on the screen: the roll's words for a draw, the row for the path that follows it.
  const draw = () =>
    page.evaluate(async () => {
      const changed = (selector) =>
        new Promise((done) => {
          const start = performance.now();
          const observer = new MutationObserver(() => {
            observer.disconnect();
            done(performance.now() - start);
          });
          const watched = { subtree: true, childList: true, characterData: true, attributes: true };
          observer.observe(document.querySelector(selector), watched);
        });
      const both = [changed('ol[aria-label="Notes of melody A"]'), changed('ol[aria-label="Melodies from A to B"]')];
      dispatchEvent(new KeyboardEvent("keydown", { key: "d", bubbles: true, cancelable: true }));
      return Promise.all(both);
    });
  const samples = [];
  const morphs = [];
  for (let i = 0; i < Number(args.draws); i++) {
    const [sample, path] = await draw();
    samples.push(sample);
    morphs.push(path - sample);
    await page.waitForTimeout(150);
  }
  print("model in the page", {
    draws: samples.length,
    "ms a sample": whole(median(samples)),
    "ms a path of nine": whole(median(morphs)),
  });

  // Memory and the main thread over many generations.
  const heap = async () => {
    await session.send("HeapProfiler.collectGarbage");
    return (await session.send("Runtime.getHeapUsage")).usedSize / 2 ** 20;
  };
  const generations = Number(args.generations);
  const heaps = [];
  // The history and the undos grow up to their limits, 200 and 1,000: what follows shows what grows besides.
  for (let i = 0; i < Number(args.fill); i++) await draw();
  for (let i = 0; i <= generations; i++) {
    if (i % Math.max(1, generations / 5) === 0) heaps.push(whole(await heap()));
    await draw();
  }
  const tasks = await page.evaluate(() => globalThis.seen.tasks);
  const worst = (list) => Math.max(0, ...list.map(([, duration]) => duration));
  print("main thread", {
    "longest task while loading, ms": worst(loading),
    "tasks over 50 ms while loading": loading.length,
    "longest task in use, ms": worst(tasks),
    "tasks over 50 ms in use": tasks.length,
  });
  print("memory", { "generations before": Number(args.fill), generations, "MiB of the page's heap": heaps });
});

await browser.close();
server.kill();
