/**
 * Writes WAV files: 16 bits, as every program reads them.
 *
 * @module
 */
import { OptionError } from "@normflow/core";
import { nextTask } from "../next-task.ts";

/** What a file says about itself. */
export interface WavInfo {
  readonly title?: string;
}

/** Size of the two chunk headers in front of the format, and of the format itself. */
const RIFF = 12;
const CHUNK = 8;
const FORMAT = 16;

/**
 * Encodes channels as PCM of 16 bits; samples outside −1 to 1 are held to it.
 * @param channels one array for each channel, all of one length
 * @param sampleRate hertz
 * @throws {OptionError} without channels, or where their lengths differ
 */
export function encodeWav(
  channels: readonly Float32Array[],
  sampleRate: number,
  info: WavInfo = {},
): Uint8Array<ArrayBuffer> {
  const head = header(channels, sampleRate, info);
  const body = samples16(channels, 0, channels[0]!.length);
  const out = new Uint8Array(head.length + body.byteLength);
  out.set(head);
  out.set(new Uint8Array(body.buffer), head.length);
  return out;
}

/** Frames that are encoded in one go: some milliseconds of work. */
const SLICE = 1 << 16;

/**
 * Encodes as {@link encodeWav} does, with pauses in which a page can draw and play.
 * @throws {OptionError} without channels, or where their lengths differ
 */
export async function wavBlob(
  channels: readonly Float32Array[],
  sampleRate: number,
  info: WavInfo = {},
): Promise<Blob> {
  const pieces: BlobPart[] = [header(channels, sampleRate, info)];
  const length = channels[0]!.length;
  for (let from = 0; from < length; from += SLICE) {
    pieces.push(samples16(channels, from, Math.min(length, from + SLICE)));
    await nextTask();
  }
  return new Blob(pieces, { type: "audio/wav" });
}

/** Everything before the samples, of even size. */
function header(channels: readonly Float32Array[], sampleRate: number, info: WavInfo): Uint8Array<ArrayBuffer> {
  const length = channels[0]?.length;
  if (length === undefined || channels.some((c) => c.length !== length))
    throw new OptionError("wav-channels", "A sound file needs at least one channel, and channels of one length.", {
      hint: "Give one array of samples for each channel.",
    });
  const list = infoList(info);
  const frame = 2 * channels.length;
  const data = length * frame;
  const out = new Uint8Array(RIFF + CHUNK + FORMAT + list.length + CHUNK);
  const view = new DataView(out.buffer);
  let at = 0;
  const tag = (text: string): void => {
    for (const letter of text) out[at++] = letter.charCodeAt(0);
  };
  const u32 = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const u16 = (value: number): void => {
    view.setUint16(at, value, true);
    at += 2;
  };
  tag("RIFF");
  u32(out.length + data - 8);
  tag("WAVEfmt ");
  u32(FORMAT);
  u16(1);
  u16(channels.length);
  u32(sampleRate);
  u32(sampleRate * frame);
  u16(frame);
  u16(16);
  out.set(list, at);
  at += list.length;
  tag("data");
  u32(data);
  return out;
}

/** The frames between two of them, interleaved; every machine with a browser has the low byte first, as files want. */
function samples16(channels: readonly Float32Array[], from: number, to: number): Int16Array<ArrayBuffer> {
  const out = new Int16Array((to - from) * channels.length);
  for (const [c, channel] of channels.entries())
    for (let i = from, k = c; i < to; i++, k += channels.length) out[k] = sample16(channel[i]!);
  return out;
}

/** −1 to 1 as −32767 to 32767; what is no number is silence, as an array of whole numbers has it anyway. */
const sample16 = (value: number): number => (value >= 1 ? 32767 : value <= -1 ? -32767 : Math.round(value * 32767));

/** The LIST chunk that holds the title, in UTF-8 as players read it; empty without one. */
function infoList({ title }: WavInfo): Uint8Array {
  const text = new TextEncoder().encode((title ?? "").replaceAll("\0", "").slice(0, 200));
  if (text.length === 0) return new Uint8Array(0);
  const size = text.length + 1;
  const padded = size + (size % 2);
  const out = new Uint8Array(CHUNK + 4 + CHUNK + padded);
  const view = new DataView(out.buffer);
  const ascii = new TextEncoder();
  out.set(ascii.encode("LIST"), 0);
  view.setUint32(4, 4 + CHUNK + padded, true);
  out.set(ascii.encode("INFOINAM"), 8);
  view.setUint32(16, size, true);
  out.set(text, 20);
  return out;
}
