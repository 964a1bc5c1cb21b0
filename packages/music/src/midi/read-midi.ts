/**
 * Reads a melody from a MIDI file: the events, the choice of the track, one voice of it.
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import { melodyLine, polyphony } from "../tune/melody-line.ts";
import type { Tune, TuneNote } from "../tune/tune.ts";
import { type MidiFile, readEvents } from "./events.ts";
import { readMark } from "./mark.ts";

const PERCUSSION_CHANNEL = 9;
const DEFAULT_TEMPO = 120;

/** The notes of one channel of one track. */
interface Part {
  readonly label: string;
  readonly notes: readonly TuneNote[];
  readonly together: number;
}

function partsOf(file: MidiFile): Part[] {
  return file.tracks.flatMap((track, i) => {
    const channels = new Map<number, TuneNote[]>();
    for (const { pitch, channel, start, end } of track.presses) {
      if (channel === PERCUSSION_CHANNEL) continue;
      const notes = channels.get(channel) ?? [];
      if (notes.length === 0) channels.set(channel, notes);
      notes.push({ pitch, start, duration: Math.max(1, end - start) });
    }
    return [...channels].map(([channel, notes]) => ({
      label: `track ${i + 1}${channels.size > 1 ? `, channel ${channel + 1}` : ""}${track.name ? ` “${track.name}”` : ""}`,
      notes,
      together: polyphony(notes),
    }));
  });
}

/** A melody of ours may be all rests. */
const SILENCE: Part = { label: "track 1", notes: [], together: 0 };

function pitchCounts(parts: readonly Part[]): number[] {
  const counts = new Array<number>(128).fill(0);
  for (const part of parts) for (const { pitch } of part.notes) counts[pitch]!++;
  return counts;
}

const meanPitch = (notes: readonly TuneNote[]): number => notes.reduce((sum, n) => sum + n.pitch, 0) / notes.length;

/**
 * The part named as the melody; otherwise the highest of those that carry a fair share of the notes. An accompaniment is
 * lower, or in chords, or both.
 */
function melodyPart(parts: readonly Part[]): Part {
  if (parts.length === 0)
    throw new FormatError("no-notes", "The MIDI file has no notes outside the drums.", {
      hint: "Take a file whose melody is written in notes, not only in chords, words or drums.",
    });
  const lines = parts.filter((part) => part.together <= 0.5);
  if (lines.length === 0)
    throw new FormatError(
      "polyphonic",
      parts.length === 1
        ? `The only part, ${parts[0]!.label}, plays chords most of the time: there is no one melody in it.`
        : `All ${parts.length} parts play chords most of the time: none is a melody.`,
      { hint: "Keep one melody: one note at a time, in a part of its own." },
    );
  const named = lines.filter((part) => /melod|vocal|voice|lead|solo|tune/i.test(part.label));
  const most = Math.max(...lines.map((part) => part.notes.length));
  const candidates = named.length > 0 ? named : lines.filter((part) => part.notes.length >= most / 4);
  return candidates.reduce((best, part) => (meanPitch(part.notes) > meanPitch(best.notes) ? part : best));
}

/**
 * Reads the melody of a MIDI file of type 0 or 1.
 * @param fileName gives the title where no track has a name
 * @throws FormatError `midi…` for bytes that are no such file, `no-notes`, `polyphonic`
 */
export function readMidi(bytes: Uint8Array, fileName: string): Tune {
  const file = readEvents(bytes);
  const parts = partsOf(file);
  const mark = file.tracks.flatMap((track) => track.texts.map(readMark)).find((found) => found !== undefined);
  const part = mark && parts.length === 0 ? SILENCE : melodyPart(parts);
  const meters = file.meters.filter(
    (meter, i) =>
      i === 0 ||
      meter.numerator !== file.meters[i - 1]!.numerator ||
      meter.denominator !== file.meters[i - 1]!.denominator,
  );
  return {
    title: file.tracks.find((track) => track.name !== "")?.name ?? fileName.replace(/\.[^.]*$/, ""),
    format: "midi",
    part: part.label,
    ticksPerQuarter: file.ticksPerQuarter,
    meters: meters.length > 0 ? meters : [{ tick: 0, numerator: 4, denominator: 4 }],
    fifths: undefined,
    // Within what can be written again.
    tempo: file.tempos.length > 0 ? Math.min(1000, Math.max(4, 60e6 / file.tempos[0]!.micros)) : DEFAULT_TEMPO,
    firstBar: 0,
    notes: melodyLine(part.notes),
    together: part.together,
    ...(parts.length > 1 ? { pitchCounts: pitchCounts(parts) } : {}),
    ...(mark ? { mark } : {}),
  };
}
