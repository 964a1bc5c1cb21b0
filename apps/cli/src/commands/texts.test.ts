import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { Alphabet } from "../data/text.ts";
import { ask, flowctl, scratch } from "../testing/flowctl.ts";

const at = scratch();
const book = at("book.txt");
const LINE = "the quick brown fox jumps over the lazy dog\n";
// What comes last is in no part that trains: a letter of two code units, and one of another script.
const text = `${LINE.repeat(60)}the 🦊 said: ξ\n${LINE.slice(0, 21)}`;
const model = ["-m", at("run", "model.safetensors")];
const small = ["--option", "window=16", "--option", "width=16", "--option", "blocks=1", "--option", "heads=2"];

/** Everything that a command about a text is given. */
function write(name: string, content: string | Uint8Array): string {
  writeFileSync(at(name), content);
  return at(name);
}

let summary: Record<string, unknown>;
beforeAll(async () => {
  write("book.txt", text);
  const { code, lines, messages } = await ask([
    "train",
    book,
    "-o",
    at("run"),
    "--epochs",
    "25",
    "--batch",
    "16",
    ...small,
  ]);
  expect([code, messages]).toEqual([0, expect.stringContaining("the first 2407 train")]);
  expect(messages).toContain("3 characters that the training part does not hold");
  summary = lines[0]!;
}, 60_000);

describe("texts", () => {
  it("train to fewer nats a character than even odds, and the file says of what", async () => {
    const { nats } = summary["test"] as { nats: number };
    expect(nats).toBeLessThan(Math.log(28));
    expect(nats).toBeGreaterThan(0);
    expect((await ask(["inspect", ...model])).lines[0]).toMatchObject({
      kind: "text",
      layers: ["normal-cdf", "autoregressive", "uniform-dequantize"],
      training: { test: { nats } },
    });
  });

  it("score as the training did, the short last window and unknown characters included", async () => {
    const tail = write("tail.txt", Array.from(text).slice(2407).join(""));
    const { code, lines, messages } = await ask(["score", tail, ...model]);
    expect(code).toBe(0);
    const [nats, characters] = ["nats", "characters"].map((k) => lines.reduce((n, l) => n + (l[k] as number), 0));
    expect(characters).toBe(Array.from(text).length - 2407);
    expect(nats! / characters!).toBeCloseTo((summary["test"] as { nats: number }).nats, 4);
    expect(messages).toContain("3 characters are not in the model's alphabet");
    expect((await flowctl(["score", tail, ...model])).messages).toMatch(/\d\.\d{4} nats a character over 268/);
  });

  it("come back from their latents exactly", async () => {
    const { output: latents } = await flowctl(["encode", book, ...model]);
    expect((await flowctl(["decode", "-o", at("again.txt"), ...model], latents)).code).toBe(0);
    expect(readFileSync(at("again.txt"), "utf8")).toBe(text);
    const { lines } = await ask(["decode", ...model], latents);
    expect(lines.map((l) => l["text"]).join("")).toBe(text);
    const again = await flowctl(["decode", "-o", at("again.txt"), ...model], latents);
    expect([again.code, again.messages]).toEqual([2, expect.stringContaining("exists already")]);
  });

  it("are drawn in any length, the same by the same seed, and begin alike", async () => {
    const draw = async (...args: string[]) =>
      (await ask(["sample", "--seed", "3", ...args, ...model])).lines.map((l) => l["text"] as string);
    const long = await draw("-n", "2", "--length", "50");
    expect(long.map((t) => Array.from(t).length)).toEqual([50, 50]);
    expect(await draw("-n", "2", "--length", "50")).toEqual(long);
    expect((await draw())[0]).toBe(Array.from(long[0]!).slice(0, 16).join(""));
    expect((await flowctl(["sample", "-o", at("x.txt"), "--length", "40", ...model])).code).toBe(0);
    expect(Array.from(readFileSync(at("x.txt"), "utf8"))).toHaveLength(41);
    expect((await flowctl(["sample", "-o", at("x.csv"), ...model])).messages).toContain("written as a .txt file");
    expect((await flowctl(["sample", "--length", "40"])).messages).toContain("Only texts have a length");
  });

  it("say what is wrong with a file", async () => {
    truncateSync(write("huge.txt", ""), 300 * 2 ** 20);
    for (const [path, message] of [
      [write("empty.txt", ""), "empty.txt is empty"],
      [at("huge.txt"), "300 MiB; a text has 256 at most"],
      [write("zeros.txt", "abc\0def".repeat(400)), "holds zero bytes"],
      [write("latin.txt", Uint8Array.of(0x63, 0x61, 0x66, 0xe9)), "no text in UTF-8"],
      [write("short.txt", "to be or not"), "12 characters; training takes 1000"],
      [write("one.txt", "a".repeat(5000)), "one character over and over"],
      [write("narrow.txt", LINE.repeat(25)), "too short for windows of 1000"],
      [at("missing.txt"), "nothing to read"],
    ] as const) {
      const { code, messages } = await flowctl(["train", path, "-o", at("never"), "--option", "window=1000"]);
      expect([code, messages]).toEqual([2, expect.stringContaining(message)]);
    }
    const { code, messages } = await flowctl(["score", at("empty.txt"), ...model]);
    expect([code, messages]).toEqual([2, expect.stringContaining("empty.txt is empty")]);
  });
});

describe("tables of ordered levels", () => {
  it("train with the flow of texts, each column with its own values", async () => {
    // The second column repeats the first; the third is its own.
    const row = (i: number) => [(i * 7) % 3, 10 * ((i * 7) % 3) + 0.5, Math.floor(i / 3) % 2];
    const path = write("levels.csv", ["a,b,c", ...Array.from({ length: 300 }, (_, i) => row(i).join(","))].join("\n"));
    const own = ["--option", "width=16", "--option", "blocks=1", "--epochs", "40", "--batch", "32", "--lr", "0.01"];
    const { code, lines } = await ask(["train", path, "-o", at("levels"), "--flow", "subsetFlow", ...own]);
    expect(code).toBe(0);
    const { nats } = lines[0]!["test"] as { nats: number };
    expect(nats).toBeGreaterThan(Math.log(6) - 0.2);
    expect(nats).toBeLessThan(Math.log(6) + 0.2);
    const { lines: drawn } = await ask(["sample", "-n", "50", "-m", at("levels", "model.safetensors")]);
    for (const { x } of drawn)
      for (const [i, v] of (x as number[]).entries())
        expect([0, 1].map((k) => row(k)[i]).concat(row(2)[i], row(3)[i])).toContain(v);
    const wide = write("wide.csv", Array.from({ length: 400 }, (_, i) => `${i},${i % 2}`).join("\n"));
    const refused = await ask(["train", wide, "-o", at("never"), "--flow", "subsetFlow"]);
    expect([refused.code, refused.messages]).toEqual([2, expect.stringContaining("more than 256 different values")]);
  }, 30_000);
});

describe("an alphabet", () => {
  it("holds the commonest characters, and one class for the others", () => {
    const many = Array.from({ length: 400 }, (_, i) => String.fromCodePoint(0x4e00 + i).repeat(i < 10 ? 1 : 2)).join(
      "",
    );
    const alphabet = Alphabet.of(many);
    expect(alphabet.characters).toHaveLength(255);
    const { tokens, unknown } = alphabet.tokens(many);
    expect(alphabet.text(tokens, unknown)).toBe(many);
    expect(alphabet.text([alphabet.unknown])).toBe("\ufffd");
    expect(() => new Alphabet(["a", "a"])).toThrow("alphabet of the model is damaged");
  });
});
