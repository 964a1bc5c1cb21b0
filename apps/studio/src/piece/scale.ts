/**
 * Scales that notes can be held to, by the semitones above the tonic of the melody's key.
 *
 * @module
 */

/** Pitch classes with C = 0, since melodies are kept in C; `chromatic` holds to nothing. */
export const scales = {
  chromatic: { name: "All notes", classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
  major: { name: "Major", classes: [0, 2, 4, 5, 7, 9, 11] },
  pentatonic: { name: "Pentatonic", classes: [0, 2, 4, 7, 9] },
  mixolydian: { name: "Mixolydian", classes: [0, 2, 4, 5, 7, 9, 10] },
  dorian: { name: "Dorian", classes: [0, 2, 3, 5, 7, 9, 10] },
  minor: { name: "Minor", classes: [0, 2, 3, 5, 7, 8, 10] },
  harmonic: { name: "Harmonic minor", classes: [0, 2, 3, 5, 7, 8, 11] },
  blues: { name: "Blues", classes: [0, 3, 5, 6, 7, 10] },
} as const satisfies Readonly<Record<string, { readonly name: string; readonly classes: readonly number[] }>>;

export type ScaleName = keyof typeof scales;

export const scaleNames = Object.keys(scales) as readonly ScaleName[];

export const inScale = (scale: ScaleName, pitch: number): boolean =>
  (scales[scale].classes as readonly number[]).includes(((pitch % 12) + 12) % 12);

/** The nearest pitch of a scale within the bounds, the lower of two. */
export function nearestInScale(scale: ScaleName, pitch: number, low: number, high: number): number {
  for (let d = 0; d <= high - low; d++)
    for (const p of [pitch - d, pitch + d]) if (p >= low && p <= high && inScale(scale, p)) return p;
  return pitch;
}
