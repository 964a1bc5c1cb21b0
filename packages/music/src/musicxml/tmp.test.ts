import { readdirSync, readFileSync } from "node:fs";
import { test } from "vitest";
import type { Tune } from "../tune/tune.ts";
import { Corpus } from "../window/corpus.ts";
import { readMusicXml } from "./read-musicxml.ts";

test("n", () => {
  const d = "/work/shared/corpus/openewld/mxl/";
  let n = 0;
  const t = performance.now();
  const c = new Corpus();
  const pu = new Map<string, number>();
  const all: Tune[] = [];
  for (const f of readdirSync(d, { recursive: true }) as string[]) {
    if (!f.endsWith(".mxl")) continue;
    try {
      const x = readMusicXml(readFileSync(d + f), f);
      n++;
      all.push(x);
      c.add(f, { tunes: [x] });
    } catch (e) {
      console.log(f, (e as Error).message);
    }
  }
  console.log(n, performance.now() - t);
  const q = c.finish();
  console.log(q.counts);
  const m = new Map<string, number>();
  for (const s of q.skipped) m.set(s.error, (m.get(s.error) ?? 0) + 1);
  console.log(m);
  for (const x of all) {
    const k = x.fifths + " " + (x.firstBar > 0 ? "pickup" : "-") + " " + x.part;
    pu.set(k, (pu.get(k) ?? 0) + 1);
  }
  console.log(pu);
  console.log(all.filter((x) => x.firstBar > 4 * 4 * 10080).map((x) => [x.title, x.firstBar / 40320, x.meters]));
});
