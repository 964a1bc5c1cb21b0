import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ask, fixtures, scratch } from "../testing/flowctl.ts";

const at = scratch();
const good = `${fixtures}/midi/twinkle.mid`;
const maySkipRights = process.getuid?.() === 0;

/** A folder with one of everything that goes wrong. */
function hostile(name: string): string {
  const folder = at(name);
  mkdirSync(join(folder, "deep"), { recursive: true });
  const file = (f: string, content: string | Uint8Array) => writeFileSync(join(folder, f), content);
  const midi = readFileSync(good);
  file("text.mid", "This is a letter, not a melody.\n");
  file("empty.mid", "");
  file("truncated.mid", midi.subarray(0, 60));
  file("huge.mid", "MThd");
  truncateSync(join(folder, "huge.mid"), 200 * 2 ** 20);
  file("notes.txt", "nothing for us");
  file("bad.mxl", "PK\u0003\u0004 not a zip");
  file("broken.musicxml", "<score-partwise><part>");
  file("unreadable.mid", midi);
  chmodSync(join(folder, "unreadable.mid"), 0);
  symlinkSync("loop.mid", join(folder, "loop.mid"));
  symlinkSync("nowhere.mid", join(folder, "dangling.mid"));
  symlinkSync("..", join(folder, "deep", "up"));
  execFileSync("mkfifo", [join(folder, "pipe.mid")]);
  return folder;
}

describe("a folder of everything that goes wrong", () => {
  it("is summed up line by line, and the one good file is used", async () => {
    const folder = hostile("mixed");
    copyFileSync(good, join(folder, "good.mid"));
    const { code, lines, messages } = await ask(["score", folder]);
    expect(code).toBe(0);
    const errors = Object.fromEntries(lines.filter((l) => "error" in l).map((l) => [l["file"], l["error"]]));
    expect(errors).toMatchObject({
      "huge.mid": "It has 200 MiB; a melody file has 16 at most.",
      "loop.mid": "It is a link that leads to itself.",
      "dangling.mid": "It is a link that leads nowhere.",
      "deep/up": "It is a link to a folder that was read already.",
      "pipe.mid": "It is no regular file.",
    });
    for (const name of ["text.mid", "empty.mid", "truncated.mid", "bad.mxl", "broken.musicxml"])
      expect(errors[name], name).toMatch(/^[A-Z].*\.$/);
    if (maySkipRights) console.log("Skipped: a file that may not be read, since root reads every file.");
    else expect(errors["unreadable.mid"]).toBe("It may not be read.");
    expect(lines.some((l) => l["file"] === "good.mid" && "bits" in l)).toBe(true);
    expect(messages).toMatch(/^\d read, 1\d skipped\.$/);
  });

  it("alone ends with exit code 2, in every command that reads melodies", async () => {
    const folder = hostile("bad");
    chmodSync(join(folder, "unreadable.mid"), 0o644);
    writeFileSync(join(folder, "unreadable.mid"), "no");
    expect(await ask(["score", folder])).toMatchObject({ code: 2 });
    expect(await ask(["encode", folder])).toMatchObject({ code: 2 });
    const { code, messages } = await ask(["train", folder, "-o", at("run")]);
    expect(code).toBe(2);
    expect(messages).toContain("skipped huge.mid: It has 200 MiB");
    expect(messages).toContain("gives 0 melodies to train");
  });
});

describe("a path", () => {
  it("that is not there, empty or a device is refused", async () => {
    mkdirSync(at("nothing"));
    expect(await ask(["score", at("not-there")])).toMatchObject({
      code: 2,
      messages: `flowctl: There is nothing to read at ${at("not-there")}.\nhint: Check the path.`,
    });
    expect(await ask(["score", at("nothing")])).toMatchObject({ code: 2, messages: "0 read, 0 skipped." });
    expect(await ask(["score", "/dev/zero"])).toMatchObject({ code: 2 });
    expect(await ask(["train", "/dev/zero", "-o", at("r")])).toMatchObject({ code: 2 });
  });

  it("with control characters in its name is printed without them", async () => {
    mkdirSync(at("names"));
    writeFileSync(at("names", "\u001b[31mred\n.mid"), "no");
    const { messages } = await ask(["train", at("names"), "-o", at("n")]);
    expect(messages).toContain("red");
  });
});
