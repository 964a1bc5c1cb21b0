/**
 * Files that mean harm or are none, for the tests of the readers and those of the page.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { encodeSafetensors, layoutOf, saveWeights, startValues } from "@normflow/core";
import { realNVP } from "@normflow/layers";
import { type Dice, dice } from "../../keep/testing/random-piece.ts";

/** What is wrong with a file, what it is called, and how it is made. */
export type HostileFile = readonly [what: string, name: string, make: () => Uint8Array];

const root = new URL("../../../../../", import.meta.url);

/** A good file of the music package. */
export const fixture = (path: string): Uint8Array => readFileSync(new URL(`packages/music/fixtures/${path}`, root));
export const text = (s: string): Uint8Array => new TextEncoder().encode(s);
export const bytes = (...parts: readonly (string | number | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((p) =>
      typeof p === "number" ? [p] : typeof p === "string" ? Array.from(p, (c) => c.charCodeAt(0)) : [...p],
    ),
  );
const repeat = (s: string, megabytes: number): Uint8Array => {
  const one = text(s);
  const all = new Uint8Array(Math.floor(megabytes * 2 ** 20));
  for (let at = 0; at < all.length; at += one.length) all.set(one.subarray(0, all.length - at), at);
  return all;
};
const concat = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
};
export const random = (seed: number, size: number): Uint8Array => {
  const roll = dice(seed);
  return Uint8Array.from({ length: size }, () => roll(256));
};
const be32 = (n: number): string => String.fromCharCode((n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
const track = (body: string, size = body.length): string => `MTrk${be32(size)}${body}`;
const midi = (...tracks: readonly string[]): Uint8Array =>
  bytes(`MThd${be32(6)}\0\x01\0${String.fromCharCode(tracks.length)}\x01\xe0`, ...tracks);
const END = "\0\xff\x2f\0";
const NOTE = "\0\x90\x3c\x40\x60\x80\x3c\0";
const safetensors = (header: string, size = header.length): Uint8Array => {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setBigUint64(0, BigInt(size), true);
  return bytes(head, header);
};
const score = (body: string): Uint8Array =>
  text(`<?xml version="1.0"?><score-partwise><part id="P1">${body}</part></score-partwise>`);
const lol = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${[..."bcdefghij"].map((c, i) => `<!ENTITY ${c} "${`&${"abcdefghi"[i]};`.repeat(10)}">`).join("")}]>`;

/** A zip of one stored or falsely described entry. */
function zip(name: string, data: Uint8Array, claimed = data.length, method = 0): Uint8Array {
  const le = (n: number, size: number): string =>
    Array.from({ length: size }, (_, i) => String.fromCharCode(Math.floor(n / 256 ** i) & 255)).join("");
  const fields = `\x14\0\0\0${le(method, 2)}\0\0\0\0\0\0\0\0${le(data.length, 4)}${le(claimed, 4)}${le(name.length, 2)}`;
  const local = bytes(`PK\x03\x04${fields}\0\0${name}`, data);
  const central = `PK\x01\x02\x14\0${fields}\0\0\0\0\0\0\0\0\0\0\0\0\0\0${name}`;
  return bytes(local, central, `PK\x05\x06\0\0\0\0\x01\0\x01\0${le(central.length, 4)}${le(local.length, 4)}\0\0`);
}

/** A deflated block of zeros that goes on and on: 1,032 times its size. */
const deflatedZeros = (n: number): Uint8Array => {
  // One fixed block: a literal zero, then matches of 258 at distance 1, then the end; bits from the lowest.
  const out: number[] = [];
  let held = 0;
  let count = 0;
  const put = (value: number, size: number): void => {
    for (let i = 0; i < size; i++) {
      held |= ((value >> i) & 1) << count;
      if (++count === 8) {
        out.push(held);
        held = count = 0;
      }
    }
  };
  const code = (value: number, size: number): void => {
    for (let i = size - 1; i >= 0; i--) put((value >> i) & 1, 1);
  };
  put(1, 1);
  put(1, 2);
  code(0x30, 8);
  for (let i = 0; i < n; i++) {
    code(0xc5, 8);
    code(0, 5);
  }
  code(0, 7);
  put(0, 7);
  return Uint8Array.from(out);
};

/** Each of these is refused in one sentence. */
export const refusedFiles: readonly HostileFile[] = [
  // Other things.
  ["an empty file", "a.mid", () => new Uint8Array()],
  ["one byte", "a.mid", () => Uint8Array.of(7)],
  ["a picture", "cat.png", () => bytes("\x89PNG\r\n\x1a\n", random(1, 500))],
  ["a picture named .mid", "cat.mid", () => bytes("\x89PNG\r\n\x1a\n", random(2, 500))],
  ["a photograph named .abc", "cat.abc", () => bytes("\xff\xd8\xff\xe0", random(3, 500))],
  ["a moving picture", "cat.gif", () => bytes("GIF89a", random(3, 500))],
  ["an mp3", "song.mp3", () => bytes("ID3\x04", random(4, 500))],
  ["a bare mp3 named .mid", "song.mid", () => bytes("\xff\xfb\x90\x64", random(5, 500))],
  ["a wav named .mid", "song.mid", () => bytes("RIFF\0\0\x01\0WAVEfmt ", random(6, 500))],
  ["an ogg", "song.ogg", () => bytes("OggS", random(6, 500))],
  ["a flac", "song.flac", () => bytes("fLaC", random(6, 500))],
  ["a film", "film.mp4", () => bytes("\0\0\0\x18ftypmp42", random(6, 500))],
  ["a PDF", "score.pdf", () => bytes("%PDF-1.7\n", random(7, 500))],
  ["a PDF named .musicxml", "score.musicxml", () => bytes("%PDF-1.7\n", random(7, 500))],
  ["a program", "a.exe", () => bytes("MZ\x90\0", random(8, 500))],
  ["a program named .mid", "a.mid", () => bytes("\x7fELF", random(8, 500))],
  ["a gzip named .mid", "a.mid", () => bytes("\x1f\x8b\x08", random(8, 500))],
  ["a web page", "a.html", () => text("<!DOCTYPE html><html><script>alert(1)</script></html>")],
  ["a web page named .musicxml", "a.musicxml", () => text("<html><body onload=alert(1)></body></html>")],
  ["a drawing with a script", "a.svg", () => text('<?xml version="1.0"?><svg><script>alert(1)</script></svg>')],
  ["a script", "a.js", () => text("alert(1)")],
  ["JSON", "a.json", () => text('{"notes":[1,2,3]}')],
  ["prose named .abc", "a.abc", () => text("Once upon a time there was no tune.\n")],
  ["random bytes without a name", "", () => random(9, 4096)],
  ["random bytes named .mid", "a.mid", () => random(10, 4096)],
  ["random bytes named .abc", "a.abc", () => random(11, 4096)],
  ["random bytes named .mxl", "a.mxl", () => random(12, 4096)],
  ["zeros", "a.mid", () => new Uint8Array(4096)],
  ["a name that turns around", "a\u202edim.exe", () => random(13, 99)],
  ["a name of 10,000 letters", `${"x".repeat(10_000)}.png`, () => random(14, 99)],
  ["a name with lines", "a\nb\u0000.mid", () => random(15, 99)],
  ["33 MiB", "a.mid", () => new Uint8Array(33 * 2 ** 20)],
  // Models that are none.
  ["text named .safetensors", "m.safetensors", () => text("this is no model, although it says so")],
  ["random bytes named .safetensors", "m.safetensors", () => random(16, 4096)],
  ["a header of 2 GB", "m.safetensors", () => safetensors('{"a":1}', 2 ** 31)],
  ["a header of 2^63 bytes", "m.safetensors", () => bytes("\xff\xff\xff\xff\xff\xff\xff\x7f{}")],
  ["a header of 20 MB", "m.safetensors", () => concat(safetensors("{", 20 * 2 ** 20), new Uint8Array(20 * 2 ** 20))],
  ["a header that is no JSON", "m.safetensors", () => safetensors("{{{{")],
  ["a header 100,000 lists deep", "m.safetensors", () => safetensors(`{"a":${"[".repeat(100_000)}`)],
  ["a header that is no UTF-8", "m.safetensors", () => safetensors('{"\xff\xfe":1}')],
  ["weights without a description", "m.safetensors", () => encodeSafetensors([], { format: "pt" })],
  ["an inherited description", "m.safetensors", () => safetensors('{"__metadata__":{"__proto__":{"normflow":"x"}}}')],
  ["a pickle", "m.pkl", () => bytes("\x80\x04\x95", random(17, 200))],
  ["a pickle named .safetensors", "m.safetensors", () => bytes("\x80\x02}q\0.", random(17, 200))],
  ["a PyTorch zip", "m.pt", () => zip("archive/data.pkl", text("\x80\x02}q\0."))],
  ["an ONNX model", "m.onnx", () => bytes("\x08\x08\x12\x07pytorch", random(18, 200))],
  ["an ONNX model named .mid", "m.mid", () => bytes("\x08\x08\x12\x07pytorch", random(18, 200))],
  ["a GGUF model", "m.bin", () => bytes("GGUF\x03\0\0\0", random(18, 200))],
  // Zips.
  ["a zip of a letter", "a.zip", () => zip("letter.txt", text("hello"))],
  ["a document", "a.docx", () => zip("word/document.xml", text("<w:document/>"))],
  ["a zip named .mid", "a.mid", () => zip("letter.txt", text("hello"))],
  ["a zip cut off", "a.mxl", () => zip("a.xml", text("<score-partwise/>")).subarray(0, 60)],
  ["a zip that claims 4 GB", "a.mxl", () => zip("a.xml", text("<score-partwise/>"), 0xffffffff)],
  ["a zip bomb", "a.mxl", () => zip("a.xml", deflatedZeros(300_000), 77_400_001, 8)],
  ["a zip bomb that lies about its size", "a.mxl", () => zip("a.xml", deflatedZeros(300_000), 1000, 8)],
  ["a zip that climbs", "a.mxl", () => zip("../../a.txt", text("x"))],
  // XML.
  ["an entity bomb", "a.musicxml", () => text(`${lol}<score-partwise>&j;</score-partwise>`)],
  [
    "an entity that reads files",
    "a.musicxml",
    () => text(`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><score-partwise>&x;</score-partwise>`),
  ],
  ["500,000 elements deep", "a.musicxml", () => text(`<?xml version="1.0"?>${"<a>".repeat(500_000)}`)],
  ["deep XML that closes", "a.xml", () => score(`${"<measure>".repeat(50_000)}${"</measure>".repeat(50_000)}`)],
  [
    "a million attributes",
    "a.xml",
    () => score(`<measure ${Array.from({ length: 100_000 }, (_, i) => `a${i}="1"`).join(" ")}/>`),
  ],
  ["XML cut off", "a.xml", () => text("<?xml version='1.0'?><score-partwise><part id='P1'><measure>")],
  ["16 MB of one element", "a.xml", () => repeat("<?xml version='1.0'?><score-partwise>", 16)],
  // MIDI.
  ["a track of 2 GB", "a.mid", () => midi(track(NOTE + END, 0x7fffffff))],
  ["no tracks", "a.mid", () => midi()],
  ["200 empty tracks", "a.mid", () => midi(...Array.from({ length: 200 }, () => track(END)))],
  ["a text of 268 MB", "a.mid", () => midi(track("\0\xff\x01\xff\xff\xff\x7fx"))],
  ["drums", "a.mid", () => midi(track(`\0\x99\x3c\x40\x60\x89\x3c\0${END}`))],
  ["a note that lasts for months", "a.mid", () => midi(track(`\0\x90\x3c\x40\xff\xff\xff\x7f\x80\x3c\0${END}`))],
  ["24 MB of MIDI", "a.mid", () => repeat("MThd", 24)],
  // ABC.
  ["6 MB of tunes", "a.abc", () => repeat("X:1\nK:C\nC|\n", 6)],
  ["24 MB of text", "a.abc", () => repeat("X:1\nK:C\nC|\n", 24)],
  ["no notes", "a.abc", () => text("X:1\nT:<img src=x onerror=alert(1)>\nM:4/4\nK:C\nz8|z8|\n")],
  ["6/8 with a script as title", "a.abc", () => text("X:1\nT:<script>x</script>\nM:6/8\nL:1/8\nK:C\nCDE CDE|\n")],
  ["a key that turns the sentence around", "a.abc", () => text("X:1\nM:4/4\nK:\u202eQ\u0007\nC\n")],
];

/** Each of these is much work, and read or refused within seconds. */
export const heavyFiles: readonly HostileFile[] = [
  ["tiny tunes of 1 MiB", "a.abc", () => repeat("X:1\nM:4/4\nL:1/8\nK:C\nCDEF GABc|cdef gabc'|\n\n", 0.99)],
  ["a tune of 63 KiB", "a.abc", () => concat(text("X:1\nM:4/4\nL:1/8\nK:C\n"), repeat("CDEF GABc|", 63 / 1024))],
  [
    "tunes of 63 KiB, 1 MiB of them",
    "a.abc",
    () => repeat(`X:1\nM:4/4\nL:1/8\nK:C\n${"CDEF GABc|".repeat(6400)}\n\n`, 0.99),
  ],
  ["one line of 1 MiB", "a.abc", () => concat(text("X:1\nM:4/4\nK:C\n"), repeat("C", 0.99))],
  ["openings of 1 MiB", "a.abc", () => concat(text("X:1\nM:4/4\nK:C\n"), repeat('[("{', 0.99))],
  [
    "8 MB of MIDI notes",
    "a.mid",
    () => {
      const body = repeat("\x01@@\x01@\0", 8);
      body.set([0, 0x90, 64, 64]);
      return concat(bytes(`MThd${be32(6)}\0\0\0\x01\x01\xe0MTrk${be32(body.length)}`), body);
    },
  ],
  [
    "20 MB of measures",
    "a.xml",
    () => {
      const note = "<note><pitch><step>C</step><octave>4</octave></pitch><duration>1</duration></note>";
      return score(
        `<measure><attributes><time><beats>4</beats><beat-type>4</beat-type></time></attributes>${note}</measure>${`<measure>${note.repeat(4)}</measure>`.repeat(50_000)}`,
      );
    },
  ],
];

const eighths = Array.from({ length: 16 }, (_, i) => "GABcdedB"[i % 8]!);

/** Titles that would do something in a page that takes them for more than text. */
export const scriptTitles: readonly string[] = [
  "<img src=x onerror=window.hacked=1>",
  "<script>window.hacked=1</script>",
  "<svg onload=window.hacked=1>",
  "\"><iframe srcdoc='<script>parent.hacked=1</script>'>",
  "javascript:window.hacked=1",
  "' style='background:url(https://elsewhere.example/x)",
  "<link rel=stylesheet href=https://elsewhere.example/x.css>",
  "\u202egpj.dim\u2066\u0007\ufeff",
  "{{window.hacked=1}}",
  "__proto__",
];

const escaped = (s: string): string => [...s].map((c) => (c >= " " ? `&#${c.codePointAt(0)};` : "")).join("");
const midiText = (s: string): string => String.fromCharCode(...text(s.slice(0, 30)));

/** Good files of two bars, one for each kind of file, whose every text is a title as given. */
export const titledFiles = (title: string): readonly HostileFile[] => [
  [
    `ABC called ${title}`,
    "tune.abc",
    () => text(`X:1\nT:${title}\nC:${title}\nM:4/4\nL:1/8\nK:G\n${eighths.join("")}|\n`),
  ],
  [
    `MIDI called ${title}`,
    `${title}.mid`,
    () => {
      const name = midiText(title);
      const notes = eighths.map(
        (_, i) => `\0\x90${String.fromCharCode(60 + (i % 8))}\x40\x81\x70\x80${String.fromCharCode(60 + (i % 8))}\0`,
      );
      return midi(track(`\0\xff\x03${String.fromCharCode(name.length)}${name}${notes.join("")}${END}`));
    },
  ],
  [
    `MusicXML called ${title}`,
    "tune.musicxml",
    () => {
      const note = (step: string): string =>
        `<note><pitch><step>${step}</step><octave>4</octave></pitch><duration>1</duration></note>`;
      const time =
        "<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>";
      return text(
        `<?xml version="1.0"?><score-partwise><work><work-title>${escaped(title)}</work-title></work><part-list><score-part id="P1"><part-name>${escaped(title)}</part-name></score-part></part-list><part id="P1"><measure number="1">${time}${[..."CDEF"].map(note).join("")}</measure><measure number="2">${[..."GAGE"].map(note).join("")}</measure></part></score-partwise>`,
      );
    },
  ],
];

/** The model that ships, its header changed as a text and its weights as numbers. */
function changedModel(
  header: (text: string) => string,
  weights: (values: Float32Array) => void = () => {},
): Uint8Array {
  const file = new Uint8Array(readFileSync(new URL("apps/cli/models/melody.safetensors", root)));
  const size = new DataView(file.buffer).getUint32(0, true);
  const before = new TextDecoder().decode(file.subarray(8, 8 + size));
  const after = text(header(before));
  const values = new Float32Array(file.slice(8 + size).buffer);
  weights(values);
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint32(0, after.length, true);
  return concat(concat(head, after), new Uint8Array(values.buffer));
}

const shippedModel = (): Uint8Array => changedModel((header) => header);

/** Model files by name and header that are no melody model that works. */
export const hostileModels: readonly HostileFile[] = [
  [
    "a flow of numbers",
    "m.safetensors",
    () => {
      const flow = realNVP({ features: 2, layers: 2 });
      const [params, state] = [flow.params, flow.state].map((part) => startValues(layoutOf(part), [1, 2]));
      return saveWeights(flow, { params: params!, state: state! }, {});
    },
  ],
  ...[0.01, 0.1, 0.5, 0.999].map(
    (part): HostileFile => [
      `the model cut off at ${part}`,
      "m.safetensors",
      () => shippedModel().subarray(0, Math.floor(part * shippedModel().length)),
    ],
  ),
  ["a newer format", "m.safetensors", () => changedModel((h) => h.replace('"format\\":1', '"format\\":99'))],
  [
    "NaN weights",
    "m.safetensors",
    () =>
      changedModel(
        (h) => h,
        (values) => void values.fill(Number.NaN),
      ),
  ],
  [
    "one NaN weight",
    "m.safetensors",
    () =>
      changedModel(
        (h) => h,
        (values) => void (values[5000] = Number.NaN),
      ),
  ],
  [
    "endless weights",
    "m.safetensors",
    () =>
      changedModel(
        (h) => h,
        (values) => void values.fill(Number.POSITIVE_INFINITY),
      ),
  ],
  [
    "a width of a billion",
    "m.safetensors",
    () => changedModel((h) => h.replace('"width\\":64', '"width\\":1000000000')),
  ],
  ["a billion blocks", "m.safetensors", () => changedModel((h) => h.replace('"blocks\\":2', '"blocks\\":1000000000'))],
  ["no heads", "m.safetensors", () => changedModel((h) => h.replace('"heads\\":4', '"heads\\":0'))],
  ["a thousand heads", "m.safetensors", () => changedModel((h) => h.replace('"heads\\":4', '"heads\\":1000'))],
  ["negative bins", "m.safetensors", () => changedModel((h) => h.replace('"bins\\":81', '"bins\\":-81'))],
  ["a layer that nobody knows", "m.safetensors", () => changedModel((h) => h.replace("normal-cdf", "<img src=x>"))],
  [
    "weights that overlap",
    "m.safetensors",
    () => changedModel((h) => h.replace(/"data_offsets":\[\d+,/g, '"data_offsets":[0,')),
  ],
  [
    "weights outside the file",
    "m.safetensors",
    () => changedModel((h) => h.replace(/"data_offsets":\[(\d+),(\d+)\]/, '"data_offsets":[$1,9$2999]')),
  ],
  [
    "a description 50,000 lists deep",
    "m.safetensors",
    () => changedModel((h) => h.replace('"options\\":{', `"options\\":${"[".repeat(50_000)}{`)),
  ],
];

/** Random bytes under every name that the studio opens, and some that it does not. */
export const randomFiles: readonly HostileFile[] = [
  ...["mid", "midi", "kar", "rmi", "abc", "xml", "musicxml", "mxl", "safetensors", "zip", "wav", "mp3", "png", "pdf"],
  ...["html", "svg", "js", "json", "txt", "onnx", "pt", "exe"],
].map((ending, i) => [`random bytes named .${ending}`, `a.${ending}`, () => random(100 + i, 2000)]);

/** A good file with some bytes changed, or cut off. */
export function damaged(roll: Dice, whole: Uint8Array): Uint8Array {
  const bad = whole.slice(0, roll(3) === 0 ? roll(whole.length) : whole.length);
  for (let k = 0; k <= roll(4) && bad.length > 0; k++) bad[roll(bad.length)] = roll(256);
  return bad;
}

/** Good files to be damaged. */
export const goodFiles = [
  "midi/two-voices.mid",
  "midi/tuplets.mid",
  "abc/two-voices.abc",
  "musicxml/amazing-grace.mxl",
  "musicxml/borrowed-notes.musicxml",
] as const;

/** Files whose names are the trouble. */
export const namedFiles: readonly HostileFile[] = [
  "x".repeat(5000),
  `${"\u{1f3bb}".repeat(1500)}.mid`,
  "../../../etc/passwd",
  "..\\..\\windows\\win.ini",
  "C:\\con.mid",
  "a/b/c.abc",
  "\u202egnp.dim",
  "<img src=x onerror=window.hacked=1>.mid",
  "a\nb\rc\u0000.mid",
  ".safetensors",
  "",
].map((name, i) => [`the name ${name.slice(0, 30)}`, name, () => random(200 + i, 300)]);
