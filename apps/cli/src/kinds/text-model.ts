/**
 * A model of texts under the commands.
 *
 * @module
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { type Backend, foldIn, hostArray, key, Model, normal, type Opened } from "@normflow/core";
import { featureLogProbs } from "@normflow/layers";
import { answer, head } from "../answer.ts";
import type { DecodeCommand } from "../commands/decode.ts";
import type { EncodeCommand } from "../commands/encode.ts";
import type { SampleCommand } from "../commands/sample.ts";
import type { ScoreCommand } from "../commands/score.ts";
import { Alphabet, readText } from "../data/text.ts";
import { EXIT, type Io, json, UsageError } from "../io.ts";
import { fresh, rounded } from "../outputs.ts";
import type { KindModel, LatentLine } from "./kind.ts";

interface TextModel {
  readonly model: Model;
  readonly alphabet: Alphabet;
  /** Characters of an event. */
  readonly window: number;
}

/** Whether a model file says that it is of texts. */
export function describedAsText({ facts, flow }: Opened): boolean {
  const data = facts["data"] as { readonly kind?: unknown; readonly alphabet?: unknown } | undefined;
  return data?.kind === "text" && Array.isArray(data.alphabet) && flow.event.length === 1;
}

/** Events of a text: windows one after another, the last filled up with class 0, which what is before does not see. */
function windowsOf(tokens: Float32Array, window: number): Float32Array {
  const filled = new Float32Array(Math.ceil(tokens.length / window) * window);
  filled.set(tokens);
  return filled;
}

/** −ln P of each token given those before it in its window. */
export async function textNats(model: Model, tokens: Float32Array): Promise<number[]> {
  const window = model.flow.event[0]!;
  const rows = windowsOf(tokens, window);
  const { data } = await model.compute(
    "features",
    hostArray(rows, [rows.length / window, window]),
    featureLogProbs(model.flow),
  );
  return Array.from(data.subarray(0, tokens.length), (v) => -v);
}

/** The text of a file in windows, each with its place, its tokens and what the alphabet lacks. */
function* fileWindows({ alphabet, window }: TextModel, path: string, io: Io) {
  const { file, text } = readText(path);
  const characters = Array.from(text);
  let lacking = 0;
  for (let from = 0; from < characters.length; from += window) {
    const part = characters.slice(from, from + window).join("");
    const { tokens, unknown } = alphabet.tokens(part);
    lacking += unknown.length;
    yield { file, index: from / window, text: part, tokens, unknown };
  }
  if (lacking > 0) io.message(`${lacking} characters are not in the model's alphabet and count as one.`);
}

/** Windows in one run of a program. */
const CHUNK = 512;

/** Windows several at a time. */
function* chunks<T>(items: Iterable<T>): Generator<T[]> {
  let waiting: T[] = [];
  for (const item of items)
    if (waiting.push(item) === CHUNK) {
      yield waiting;
      waiting = [];
    }
  if (waiting.length > 0) yield waiting;
}

const joined = (parts: readonly { readonly tokens: Float32Array }[], window: number): Float32Array => {
  const rows = new Float32Array(parts.length * window);
  parts.forEach(({ tokens }, i) => void rows.set(tokens, i * window));
  return rows;
};

async function score(given: TextModel, path: string, options: ScoreCommand, io: Io): Promise<number> {
  const { model, window } = given;
  if (options.labels !== undefined || options.output !== undefined)
    throw new UsageError("labels", "Texts have no labels; scores of tables are compared with labels and written.", {
      hint: "Leave --labels and -o away.",
    });
  let [total, count] = [0, 0];
  for (const parts of chunks(fileWindows(given, path, io))) {
    const rows = joined(parts, window);
    const all = await textNats(model, rows);
    if (count === 0) head(io, options, "   nats  characters  window");
    parts.forEach(({ file, index, tokens }, i) => {
      const nats = all.slice(i * window, i * window + tokens.length).reduce((a, b) => a + b, 0);
      total += nats;
      count += tokens.length;
      const value = { file, window: index, characters: tokens.length, nats: rounded(nats) };
      const figures = `${value.nats.toFixed(2).padStart(7)}  ${String(tokens.length).padStart(10)}`;
      answer(io, options, value, `${figures}  ${String(index).padStart(6)}`);
    });
  }
  io.message(`${(total / count).toFixed(4)} nats a character over ${count} characters.`);
  return EXIT.done;
}

async function encode(given: TextModel, path: string, _: EncodeCommand, io: Io): Promise<number> {
  const { model, window } = given;
  for (const parts of chunks(fileWindows(given, path, io))) {
    const { data } = await model.encode(hostArray(joined(parts, window), [parts.length, window]));
    parts.forEach(({ file, index, text, tokens, unknown }, i) => {
      // What fills up a short window is left out: no latent before depends on it.
      const z = Array.from({ length: window }, (__, k) => (k < tokens.length ? data[i * window + k]! : 0));
      json(io, { file, window: index, text, z, meta: { length: tokens.length, unknown } });
    });
  }
  return EXIT.done;
}

/** The texts of some lines. */
async function decoded({ model, alphabet, window }: TextModel, lines: readonly LatentLine[]): Promise<string[]> {
  const z = Float64Array.from(lines.flatMap((line) => [...line.z]));
  const { data } = await model.decode(hostArray(z, [lines.length, window]));
  return lines.map(({ meta }, i) =>
    alphabet.text(data.subarray(i * window, i * window + Math.min(window, meta?.length ?? window)), meta?.unknown),
  );
}

/**
 * Draws texts of any length. After the first window the latter half of what is there is encoded, its latents are kept,
 * and new noise behind them decodes to what follows.
 */
async function drawn({ model, alphabet, window }: TextModel, options: SampleCommand): Promise<string[]> {
  const { number, seed, temperature, length = window } = options;
  const first = await model.sample(number, { seed, temperature });
  const texts = Array.from({ length: number }, (_, i) => Array.from(first.data.subarray(i * window, (i + 1) * window)));
  const kept = Math.floor(window / 2);
  for (let turn = 1; texts[0]!.length < length; turn++) {
    const rows = new Float32Array(number * window);
    texts.forEach((tokens, i) => void rows.set(tokens.slice(tokens.length - kept), i * window));
    const { data } = await model.encode(hostArray(rows, [number, window]));
    const noise = normal(foldIn(key(seed), turn), number * window);
    const z = Float64Array.from(data, (v, i) => (i % window < kept ? v : temperature * noise[i]!));
    const next = await model.decode(hostArray(z, [number, window]));
    texts.forEach((tokens, i) => void tokens.push(...next.data.subarray(i * window + kept, (i + 1) * window)));
  }
  return texts.map((tokens) => alphabet.text(tokens.slice(0, length)));
}

async function sample(given: TextModel, options: SampleCommand, io: Io): Promise<number> {
  const { output, force = false } = options;
  if (options.context !== undefined)
    throw new UsageError("context", "Models of texts have no context.", { hint: "Leave --context away." });
  if (output !== undefined && !output.toLowerCase().endsWith(".txt"))
    throw new UsageError("sample-output", "Texts are written as a .txt file.", {
      hint: "Give a name that ends so: -o samples.txt.",
    });
  if (output !== undefined) fresh(output, force);
  const texts = await drawn(given, options);
  if (output !== undefined) {
    writeFileSync(fresh(output, force), `${texts.join("\n")}\n`);
    io.message(`${texts.length} texts of ${options.length ?? given.window} characters written to ${output}.`);
  }
  if (options.json) texts.forEach((text, index) => void json(io, { index, text }));
  else if (output === undefined)
    for (const text of texts) for (const line of text.split("\n")) answer(io, {}, {}, line);
  return EXIT.done;
}

/** Texts, character by character. */
export function openTextModel({ flow, weights, facts }: Opened, backend: Backend): KindModel {
  const { alphabet } = facts["data"] as { readonly alphabet: readonly string[] };
  const given: TextModel = {
    model: new Model(flow, weights, backend, facts),
    alphabet: new Alphabet(alphabet),
    window: flow.event[0]!,
  };
  let written = false;
  return {
    latent: given.window,
    decoded: "window  text",
    writesText: true,
    sample: (options, io) => sample(given, options, io),
    score: (path, options, io) => score(given, path, options, io),
    encode: (path, options, io) => encode(given, path, options, io),
    async decode(lines: readonly LatentLine[], options: DecodeCommand, io: Io) {
      const texts = await decoded(given, lines);
      if (options.output !== undefined) {
        // The first lines make the file anew, the others are added: the text as it was, with nothing between windows.
        if (!written) writeFileSync(fresh(options.output, options.force ?? false), "");
        written = true;
        appendFileSync(options.output, texts.join(""));
        return lines.length;
      }
      lines.forEach(({ file, window }, i) => {
        const shown = JSON.stringify(texts[i]);
        answer(io, options, { file, window, text: texts[i] }, `${String(window ?? "").padStart(6)}  ${shown}`);
      });
      return lines.length;
    },
    dispose: () => given.model.dispose(),
  };
}
