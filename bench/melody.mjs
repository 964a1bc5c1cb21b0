// The melody model measured: round trips, latents, agreement of backends, samples and morphs.
//
//   node bench/melody.mjs --model M --judge J --corpus FOLDER [--more FOLDER]… [--samples 4000] [--pairs 200]
//     [--parts trips,samples,morphs]
//
// M is the model, J a second one of another size and seed that never sampled anything (flowctl train with
// {"options": {"width": 96, "blocks": 3}, "seed": 7}), FOLDER the corpus that trained both. Prints one JSON line a part.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { onnx } from "@normflow/backend-onnx";
import { foldIn, key, open, permutation, randint, reference, uniform } from "@normflow/core";
import { all } from "@normflow/layers/all";
import {
  Corpus,
  canonical,
  copies,
  cutWindows,
  distinctMelodies,
  fold,
  fromEvent,
  hamming,
  largestStep,
  MelodyModel,
  meanOverlappingArea,
  nearCopies,
  onsets,
  pathOverEnds,
  readTunes,
  startsNote,
  toEvent,
  tuneExtensions,
  unfold,
} from "@normflow/music";

const { values: args } = parseArgs({
  options: {
    model: { type: "string" },
    judge: { type: "string" },
    corpus: { type: "string" },
    more: { type: "string", multiple: true, default: [] },
    samples: { type: "string", default: "4000" },
    pairs: { type: "string", default: "200" },
    parts: { type: "string", default: "trips,samples,morphs" },
  },
});
const wanted = (part) => args.parts.split(",").includes(part);
const print = (part, figures) => console.log(JSON.stringify({ part, ...figures }));
const mean = (v) => v.reduce((a, b) => a + b, 0) / v.length;
const round = (v, digits = 4) => Number(v.toFixed(digits));

const cpu = await onnx();
const oracle = reference();
const opened = open(readFileSync(args.model), all);
const model = MelodyModel.from(opened, cpu);
const slow = MelodyModel.from(opened, oracle);
const judge = MelodyModel.from(open(readFileSync(args.judge), all), cpu);

/** Every tune of every melody file below a folder. */
function* tunesOf(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* tunesOf(path);
    else if (Object.keys(tuneExtensions).some((e) => name.endsWith(e)))
      yield [name, readTunes(name, readFileSync(path))];
  }
}
const windowsOf = (folder) => {
  const windows = [];
  for (const [, { tunes }] of tunesOf(folder))
    for (const tune of tunes) {
      try {
        windows.push(...cutWindows(tune));
      } catch (error) {
        if (error.code === undefined) throw error;
      }
    }
  return windows;
};
const corpus = new Corpus();
for (const [name, tunes] of tunesOf(args.corpus)) corpus.add(name, tunes);
const { windows } = corpus.finish();
const grids = (split) => windows.filter((w) => w.inRange && w.split === split).map((w) => w.grid);
const [train, test] = [grids("train"), grids("test")];

/** Random melodies of every density, also silent ones. */
const randomGrids = Array.from({ length: 2000 }, (_, i) => {
  const from = foldIn(key(11), i);
  const [kind, pitch] = [uniform(from, 32), randint(foldIn(from, 1), 32, 0, 37)];
  const density = (i % 21) / 20;
  return canonical(Array.from(kind, (u, t) => (u < density ? 50 + pitch[t] : u > 0.9 ? 0 : -1)));
});

// Round trips through every pair of backends, latents, samples on two backends.
if (wanted("trips")) {
  const folders = [args.corpus, ...args.more];
  const seen = new Map();
  let total = 0;
  for (const folder of folders)
    for (const { grid, folds } of windowsOf(folder)) {
      total++;
      const notes = unfold(grid, folds);
      const again = fold(notes);
      if (again.grid.join() !== grid.join() || again.folds.join() !== folds.join())
        throw new Error("folding lost a note");
      seen.set(grid.join(), grid);
    }
  const events = [...seen.values(), ...randomGrids].map(toEvent);
  const same = (a, b) => a.every((v, i) => v === b[i]);
  const exact = { onnxToOnnx: 0, onnxToReference: 0, referenceToOnnx: 0 };
  for (let from = 0; from < events.length; from += 512) {
    const part = events.slice(from, from + 512);
    const [z, zSlow] = [await model.encode(part), await slow.encode(part)];
    for (const [name, decoded] of [
      ["onnxToOnnx", await model.decode(z)],
      ["onnxToReference", await slow.decode(z)],
      ["referenceToOnnx", await model.decode(zSlow)],
    ])
      exact[name] += decoded.filter((e, i) => same(e, part[i])).length;
  }
  print("round trip", { windows: total, distinct: seen.size, random: randomGrids.length, of: events.length, ...exact });

  const testEvents = test.map(toEvent);
  const latents = await model.encode(testEvents, { seed: 5 });
  const used = latents.flatMap((z, k) => Array.from(z).filter((_, i) => i < 8 || startsNote(testEvents[k], i - 8)));
  const m = mean(used);
  print("latents of the test windows, drawn within their cells", {
    coordinates: used.length,
    mean: round(m),
    deviation: round(Math.sqrt(mean(used.map((v) => (v - m) ** 2)))),
  });

  const [fast, exactly] = [await model.sample(1000, { seed: 21 }), await slow.sample(1000, { seed: 21 })];
  const equal = fast.filter((e, i) => same(e, exactly[i])).length;
  print("samples on onnx and reference with one seed", { of: 1000, equal });
}

// Samples beside held-out windows, and as many training windows beside them: the kernel width goes by the number.
if (wanted("samples")) {
  const n = Number(args.samples);
  const pick = (list, count, seed) =>
    Array.from(permutation(key(seed), list.length).subarray(0, count), (i) => list[i]);
  for (const seed of [0, 1, 2]) {
    const samples = (await model.sample(n, { seed: 100 + seed })).map(fromEvent);
    print("samples", {
      seed,
      count: n,
      overlap: round(meanOverlappingArea(samples, test)),
      overlapOfTraining: round(meanOverlappingArea(pick(train, n, seed), test)),
      copies: round(copies(samples, train), 5),
      nearCopies: round(nearCopies(pick(samples, test.length, seed), train), 5),
      nearCopiesOfTest: round(nearCopies(test, train), 5),
      whiteKeys: round(
        mean(
          samples.flatMap((g) => g.filter((s) => s > 0).map((p) => ([0, 2, 4, 5, 7, 9, 11].includes(p % 12) ? 1 : 0))),
        ),
      ),
    });
  }
}

// Morphs between held-out melodies that differ in 12 steps or more, judged by the second model.
if (wanted("morphs")) {
  const order = permutation(key(3), test.length);
  const pairs = [];
  for (let i = 0; pairs.length < Number(args.pairs) && i < 50 * test.length; i++) {
    const a = test[order[i % test.length]];
    const b = test[randint(foldIn(key(4), i), 1, 0, test.length)[0]];
    if (hamming(a, b) >= 12) pairs.push([a, b]);
  }
  const dataBits = mean(await judge.bits(test.map(toEvent)));
  for (const preset of ["musical", "smooth"]) {
    const paths = (
      await model.morphs(
        pairs.map(([a, b]) => [toEvent(a), toEvent(b)]),
        9,
        preset,
      )
    ).map((p) => p.map(fromEvent));
    const ends = paths.filter(
      (p, i) => p[0].join() === pairs[i][0].join() && p[8].join() === pairs[i][1].join(),
    ).length;
    const middle = mean(await judge.bits(paths.map((p) => toEvent(p[4]))));
    print("morphs", {
      preset,
      pairs: pairs.length,
      endsExact: ends,
      fiveOrMoreDistinct: round(paths.filter((p) => distinctMelodies(p) >= 5).length / paths.length),
      pathOverEnds: round(mean(paths.map(pathOverEnds)), 3),
      largestStep: round(mean(paths.map(largestStep)), 3),
      bitsAtTheMiddle: round(middle, 2),
      bitsOfData: round(dataBits, 2),
    });
  }
}
console.error(`onsets of a test melody: ${round(mean(test.map(onsets)), 2)}`);
await Promise.all([model.dispose(), slow.dispose(), judge.dispose()]);
await cpu.dispose();
