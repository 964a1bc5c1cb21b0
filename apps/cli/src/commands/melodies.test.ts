import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { readTunes } from "@normflow/music";
import { describe, expect, it } from "vitest";
import { ask, fixtures, flowctl, scratch } from "../testing/flowctl.ts";

const at = scratch();
const tune = (name: string): string => `${fixtures}/abc/${name}.abc`;

describe("sample", () => {
  it("writes melodies as MIDI files that score as printed", async () => {
    const { code, lines, messages } = await ask(["sample", "-n", "12", "--seed", "1", "-o", at("tunes")]);
    expect(code).toBe(0);
    expect(messages).toBe(`12 melodies written to ${at("tunes")}.`);
    expect(lines).toHaveLength(12);
    expect(readdirSync(at("tunes"))).toHaveLength(12);
    const scored = await ask(["score", at("tunes")]);
    expect(scored.code).toBe(0);
    for (const [i, line] of lines.entries()) {
      expect(Object.keys(line)).toEqual(["index", "bits", "notes"]);
      const file = `${String(i + 1).padStart(4, "0")}.mid`;
      const again = scored.lines.find((l) => l["file"] === file)!;
      expect(Math.abs((again["bits"] as number) - (line["bits"] as number)), file).toBeLessThan(1e-3);
    }
  });

  it("gives the same melodies for the same seed on both backends, others for another", async () => {
    const notes = async (...more: string[]) =>
      (await ask(["sample", "-n", "5", ...more])).lines.map((l) => JSON.stringify(l["notes"]));
    const first = await notes("--seed", "8");
    expect(await notes("--seed", "8")).toEqual(first);
    expect(await notes("--seed", "8", "--backend", "reference")).toEqual(first);
    expect(await notes("--seed", "9")).not.toEqual(first);
    expect(new Set(first).size).toBe(5);
  });

  it("at temperature 0 draws the same melody whatever the seed", async () => {
    const draw = async (seed: string) =>
      (await ask(["sample", "--temperature", "0", "--seed", seed])).lines[0]!["notes"];
    expect(await draw("1")).toEqual(await draw("2"));
  });

  it("never writes over what is there, unless told to", async () => {
    const args = ["sample", "-o", at("kept")];
    await ask(args);
    const before = readFileSync(at("kept", "0001.mid"));
    const refused = await ask([...args, "--seed", "3"]);
    expect([refused.code, refused.lines]).toEqual([2, []]);
    expect(refused.messages).toContain(
      "0001.mid exists already.\nhint: Choose another place, or overwrite it with --force.",
    );
    expect(readFileSync(at("kept", "0001.mid"))).toEqual(before);
    expect((await ask([...args, "--seed", "3", "--force"])).code).toBe(0);
    expect(readFileSync(at("kept", "0001.mid"))).not.toEqual(before);
  });

  it("writes no table of melodies", async () => {
    expect(await ask(["sample", "-o", at("t.csv")])).toMatchObject({ code: 2 });
    expect(existsSync(at("t.csv"))).toBe(false);
  });
});

describe("score", () => {
  it("reads the three formats alike", async () => {
    const bits = async (path: string) =>
      (await ask(["score", path])).lines.map((l) => [l["window"], l["bits"]] as const);
    const abc = await bits(tune("twinkle"));
    expect(abc.length).toBeGreaterThan(1);
    expect(await bits(`${fixtures}/midi/twinkle.mid`)).toEqual(abc);
    expect(await bits(`${fixtures}/musicxml/twinkle.musicxml`)).toEqual(abc);
  });

  it("names what it cannot read, on its line", async () => {
    const { code, lines, messages } = await ask(["score", `${fixtures}/abc`]);
    expect(code).toBe(0);
    const refused = lines.filter((l) => "error" in l);
    expect(refused.find((l) => l["file"] === "amazing-grace.abc")).toEqual({
      file: "amazing-grace.abc",
      error: "The tune is in 3/4; melodies are cut from 4/4, 2/2 and 2/4.",
    });
    expect(messages).toBe(`${30 - refused.length} read, ${refused.length} skipped.`);
  });
});

describe("encode and decode", () => {
  it("give back every melody, in its own key and octave, from one backend to the other", async () => {
    const encoded = await ask(["encode", `${fixtures}/abc`]);
    const decoded = await ask(["decode", "--backend", "reference"], encoded.output);
    expect(decoded.code).toBe(0);
    const wanted = encoded.lines.filter((l) => "z" in l).map(({ file, window, notes }) => ({ file, window, notes }));
    expect(wanted.length).toBeGreaterThan(20);
    expect(decoded.lines).toEqual(wanted);
  });

  it("refuse bad lines one by one", async () => {
    const good = (await ask(["encode", tune("ode-to-joy")])).output.split("\n")[0]!;
    const { code, lines, messages } = await ask(
      ["decode"],
      [good, "{", '{"z":[1,2]}', '{"z":"x"}', "[]", "", '{"file":"a","error":"b"}', '{"z":null}'].join("\n"),
    );
    expect(code).toBe(0);
    expect(lines).toHaveLength(1);
    expect(messages.split("\n")).toEqual([
      "line 2: it is no JSON.",
      "line 3: z has 2 numbers where 40 are expected.",
      expect.stringMatching(/^line 4: z: /),
      expect.stringMatching(/^line 5: /),
      expect.stringMatching(/^line 8: z: /),
      "1 decoded, 5 refused.",
    ]);
    expect((await ask(["decode"], "")).code).toBe(2);
  });
});

describe("morph", () => {
  it("begins and ends exactly with the two melodies", async () => {
    const ends = await Promise.all(
      ["ode-to-joy", "oh-susanna"].map(async (name) => (await ask(["score", tune(name)])).lines[0]!["bits"]),
    );
    for (const preset of ["musical", "smooth"]) {
      const { code, lines } = await ask([
        "morph",
        tune("ode-to-joy"),
        tune("oh-susanna"),
        ...["--points", "9", "--preset", preset, "-o", at(preset)],
      ]);
      expect(code).toBe(0);
      expect(lines.map((l) => l["t"])).toEqual([0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1]);
      expect([lines[0]!["bits"], lines[8]!["bits"]]).toEqual(ends);
      expect(new Set(lines.map((l) => JSON.stringify(l["notes"]))).size).toBeGreaterThan(4);
      expect(readTunes("0001.mid", readFileSync(at(preset, "0001.mid"))).tunes[0]!.notes.length).toBeGreaterThan(3);
    }
  });

  it("refuses a preset, a window and a file that are not there", async () => {
    const pair = [tune("ode-to-joy"), tune("oh-susanna")];
    expect(await ask(["morph", ...pair, "--preset", "wild"])).toMatchObject({
      code: 2,
      messages: 'flowctl: There is no preset "wild".\nhint: Use smooth or musical.',
    });
    expect((await ask(["morph", ...pair, "--from", "99"])).messages).toContain("there is no window 99");
    expect(await ask(["morph", pair[0]!, at("nowhere.mid")])).toMatchObject({ code: 2 });
    expect((await ask(["morph", pair[0]!, tune("amazing-grace")])).messages).toContain("The tune is in 3/4");
  });
});

describe("without --json", () => {
  it("melodies are shown in lines for people, and what cannot be read in messages", async () => {
    const drawn = await flowctl(["sample", "-n", "2", "--seed", "1"]);
    const [first] = (await ask(["sample", "--seed", "1"])).lines as [{ bits: number; notes: number[][] }];
    const [header, row, ...others] = drawn.output.split("\n");
    expect([header, others.length]).toEqual(["index    bits  notes", 1]);
    expect(row).toMatch(new RegExp(`^    0 +${first.bits.toFixed(2)}  [A-Gz]`));
    expect(row!.match(/[A-G]#?\d:\d+/g)).toHaveLength(first.notes.length);

    const scored = await flowctl(["score", `${fixtures}/abc`]);
    expect(scored.output).toMatch(/^ {2}bits {2}window {2}file\n( *\d+\.\d\d +\d+ {2}\S+\n?)+$/);
    expect(scored.output).not.toContain("amazing-grace");
    expect(scored.messages).toContain("skipped amazing-grace.abc: The tune is in 3/4;");

    const encoded = await flowctl(["encode", tune("twinkle")]);
    expect(encoded.output).toBe((await ask(["encode", tune("twinkle")])).output);
    const decoded = await flowctl(["decode"], encoded.output);
    expect(decoded.output).toMatch(/^window {2}file {2}notes\n {5}0 {2}twinkle\.abc {2}C/);

    const path = await flowctl(["morph", tune("ode-to-joy"), tune("oh-susanna"), "--points", "3"]);
    expect(path.output.split("\n").map((l) => l.slice(0, 5))).toEqual(["    t", "0.000", "0.500", "1.000"]);
  });

  it("a model and its parameters are shown by name", async () => {
    const { output } = await flowctl(["inspect"]);
    expect(output).toMatch(
      /^kind +melody\nparameters +103990\nlayers +normal-cdf, autoregressive, uniform-dequantize\n/,
    );
    expect(output).toMatch(/\ntraining\.items\.train +7090\n/);
  });
});

describe("a model file", () => {
  it("that is missing, empty or anything else is refused in a sentence", async () => {
    writeFileSync(at("empty.safetensors"), "");
    writeFileSync(at("text.safetensors"), "this is a text, and no model at all");
    for (const [file, code, sentence] of [
      ["none.safetensors", 2, /^flowctl: There is no model at .*\nhint: Train one/],
      ["empty.safetensors", 1, /^flowctl: /],
      ["text.safetensors", 1, /^flowctl: /],
    ] as const) {
      const { code: actual, messages, lines } = await ask(["sample", "-m", at(file)]);
      expect([actual, lines]).toEqual([code, []]);
      expect(messages).toMatch(sentence);
    }
  });

  it("is described by inspect", async () => {
    const { lines } = await ask(["inspect"]);
    expect(lines[0]).toMatchObject({
      kind: "melody",
      parameters: 103_990,
      layers: ["normal-cdf", "autoregressive", "uniform-dequantize"],
      training: { seed: 0, items: { train: 7090, valid: 331, test: 343 } },
      format: 1,
    });
  });
});
