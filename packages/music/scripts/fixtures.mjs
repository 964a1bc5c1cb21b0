/**
 * Writes the MIDI and MusicXML fixtures from those in ABC: `npm run build && node packages/music/scripts/fixtures.mjs`.
 *
 * Files differ in what writers of such files differ in, by turns: type 0 or 1, running status, resolution, an
 * accompaniment and drums beside the melody; plain or compressed MusicXML.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { zipSync } from "fflate";
import { readAbc } from "../dist/abc/index.js";

const folder = new URL("../fixtures/", import.meta.url);

const bigEndian = (value, size) =>
  Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** (size - 1 - i)) % 256);
const variable = (value) => {
  const bytes = [value & 127];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift(128 | (rest & 127));
  return bytes;
};
const ascii = (text) => Array.from(Buffer.from(text, "utf8"));
const meta = (type, data) => [0xff, type, ...variable(data.length), ...data];
const chunk = (name, data) => [...ascii(name), ...bigEndian(data.length, 4), ...data];

/** A track of [tick, bytes] events; with running status a status byte that repeats is left out. */
function track(events, runningStatus) {
  const sorted = events.map((event, i) => [...event, i]).sort((a, b) => a[0] - b[0] || a[2] - b[2]);
  let tick = 0;
  let status = 0;
  const data = sorted.flatMap(([at, bytes]) => {
    const repeats = runningStatus && bytes[0] === status;
    status = bytes[0] < 0xf0 ? bytes[0] : 0;
    const delta = at - tick;
    tick = at;
    return [...variable(delta), ...(repeats ? bytes.slice(1) : bytes)];
  });
  return chunk("MTrk", [...data, 0, ...meta(0x2f, [])]);
}

function midi(tune, n) {
  const perQuarter = [480, 960, 240, 120][n % 4];
  const scale = perQuarter / tune.ticksPerQuarter;
  const running = n % 3 === 0;
  const several = n % 2 === 1;
  const head = [
    [0, meta(0x03, ascii(tune.title))],
    [0, meta(0x51, bigEndian(Math.round(60e6 / tune.tempo), 3))],
    ...tune.meters.map((m) => [Math.round(m.tick * scale), meta(0x58, [m.numerator, Math.log2(m.denominator), 24, 8])]),
    ...(tune.fifths === undefined ? [] : [[0, meta(0x59, [(tune.fifths + 256) % 256, 0])]]),
  ];
  // Offs come before the ons of their tick. A file with running status ends notes by an on without velocity.
  const play = (notes, channel) =>
    notes
      .flatMap(({ pitch, start, duration }) => [
        [Math.round(start * scale), 1, [0x90 | channel, pitch, 80]],
        [Math.round((start + duration) * scale), 0, running ? [0x90 | channel, pitch, 0] : [0x80 | channel, pitch, 64]],
      ])
      .sort((a, b) => a[0] - b[0] || a[1] - b[1])
      .map(([tick, , bytes]) => [tick, bytes]);
  const end = Math.max(...tune.notes.map((note) => note.start + note.duration));
  if (n === 3) head.push([Math.round((end / 2) * scale), meta(0x51, bigEndian(400_000, 3))]);
  if (!several)
    return Uint8Array.from([
      ...chunk("MThd", [0, 0, 0, 1, ...bigEndian(perQuarter, 2)]),
      ...track([...head, ...play(tune.notes, 0)], running),
    ]);
  const bars = Array.from(
    { length: Math.ceil(end / (4 * tune.ticksPerQuarter)) },
    (_, i) => i * 4 * tune.ticksPerQuarter,
  );
  const low = bars.flatMap((start) => [36, 43].map((pitch) => ({ pitch, start, duration: 2 * tune.ticksPerQuarter })));
  const drums = bars.map((start) => ({ pitch: 36, start, duration: tune.ticksPerQuarter }));
  const tracks = [
    head,
    [[0, meta(0x03, ascii("Bass"))], ...play(low, 1)],
    [[0, meta(0x03, ascii("Melody"))], [0, [0xc0, 73]], [0, [0xf0, 3, 1, 2, 0xf7]], ...play(tune.notes, 0)],
    [[0, meta(0x03, ascii("Drums"))], ...play(drums, 9)],
  ];
  return Uint8Array.from([
    ...chunk("MThd", [0, 1, 0, tracks.length, ...bigEndian(perQuarter, 2)]),
    ...tracks.flatMap((events) => track(events, running)),
  ]);
}

/** Divisible by 2 to 6 and by 8. */
const DIVISIONS = 120;
const SHARP_NAMES = [["C"], ["C", 1], ["D"], ["D", 1], ["E"], ["F"], ["F", 1], ["G"], ["G", 1], ["A"], ["A", 1], ["B"]];
const FLAT_NAMES = [
  ["C"],
  ["D", -1],
  ["D"],
  ["E", -1],
  ["E"],
  ["F"],
  ["G", -1],
  ["G"],
  ["A", -1],
  ["A"],
  ["B", -1],
  ["B"],
];

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** Starts of bars, in ticks, up to past the end: the first whole one sets the count, meters change it. */
function barStarts(tune, end) {
  const length = (m) => (m.numerator / m.denominator) * 4 * tune.ticksPerQuarter;
  const starts = tune.firstBar > 0 ? [0] : [];
  for (let at = tune.firstBar; at < end; ) {
    starts.push(at);
    at += length(tune.meters.findLast((m) => m.tick <= at) ?? tune.meters[0]);
  }
  return [...starts, Math.max(end, starts.at(-1))];
}

function musicXml(tune) {
  const scale = DIVISIONS / tune.ticksPerQuarter;
  const end = Math.max(...tune.notes.map((note) => note.start + note.duration));
  const starts = barStarts(tune, end);
  const names = (tune.fifths ?? 0) < 0 ? FLAT_NAMES : SHARP_NAMES;
  const duration = (from, to) =>
    `<duration>${Math.round(to * scale) - Math.round(from * scale)}</duration><voice>1</voice>`;
  const measures = starts.slice(0, -1).map((from, i) => {
    const to = starts[i + 1];
    const lines = [];
    const time = tune.meters.find((m) => m.tick === from);
    if (i === 0 || time) {
      const key = tune.fifths === undefined ? "" : `<key><fifths>${tune.fifths}</fifths></key>`;
      const beats = time
        ? `<time><beats>${time.numerator}</beats><beat-type>${time.denominator}</beat-type></time>`
        : "";
      lines.push(`<attributes>${i === 0 ? `<divisions>${DIVISIONS}</divisions>${key}` : ""}${beats}</attributes>`);
    }
    if (i === 0) lines.push(`<direction><sound tempo="${tune.tempo}"/></direction>`);
    lines.push("<harmony><root><root-step>C</root-step></root><kind>major</kind></harmony>");
    let at = from;
    for (const note of tune.notes.filter((n) => n.start < to && n.start + n.duration > from)) {
      const [start, stop] = [Math.max(from, note.start), Math.min(to, note.start + note.duration)];
      if (start > at) lines.push(`<note><rest/>${duration(at, start)}</note>`);
      const [step, alter] = names[note.pitch % 12];
      const pitch = `<step>${step}</step>${alter ? `<alter>${alter}</alter>` : ""}<octave>${Math.floor(note.pitch / 12) - 1}</octave>`;
      const ties =
        (start > note.start ? '<tie type="stop"/>' : "") +
        (stop < note.start + note.duration ? '<tie type="start"/>' : "");
      lines.push(`<note><pitch>${pitch}</pitch>${duration(start, stop).replace("<voice>", `${ties}<voice>`)}</note>`);
      at = stop;
    }
    if (at < to) lines.push(`<note><rest/>${duration(at, to)}</note>`);
    const implicit = from < tune.firstBar ? ' implicit="yes"' : "";
    return `<measure number="${i + (tune.firstBar > 0 ? 0 : 1)}"${implicit}>\n${lines.join("\n")}\n</measure>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 3.1 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="3.1">
<work><work-title>${escaped(tune.title)}</work-title></work>
<part-list><score-part id="P1"><part-name>Melody</part-name></score-part></part-list>
<part id="P1">
${measures.join("\n")}
</part>
</score-partwise>
`;
}

const container = `<?xml version="1.0" encoding="UTF-8"?>
<container><rootfiles><rootfile full-path="score.xml"/></rootfiles></container>
`;

for (const kind of ["midi", "musicxml"]) mkdirSync(new URL(`${kind}/`, folder), { recursive: true });
readdirSync(new URL("abc/", folder))
  .sort()
  .forEach((file, n) => {
    const name = file.replace(/\.abc$/, "");
    const [tune] = readAbc(readFileSync(new URL(`abc/${file}`, folder), "utf8"), file).tunes;
    writeFileSync(new URL(`midi/${name}.mid`, folder), midi(tune, n));
    const xml = musicXml(tune);
    if (n % 5 !== 0) writeFileSync(new URL(`musicxml/${name}.musicxml`, folder), xml);
    else {
      const files = { "META-INF/container.xml": Buffer.from(container), "score.xml": Buffer.from(xml) };
      writeFileSync(new URL(`musicxml/${name}.mxl`, folder), zipSync(files, { mtime: "2000-01-01T00:00:00" }));
    }
  });
