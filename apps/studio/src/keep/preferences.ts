/**
 * Preferences: what a musician set once and finds again, whatever the piece.
 *
 * @module
 */

/** What is set for the studio, not for a piece. */
export interface Preferences {
  readonly theme: "system" | "light" | "dark";
  /** 0 to 1. */
  readonly volume: number;
  readonly loop: boolean;
  readonly metronome: boolean;
  /** Whether a bar is counted before the melody. */
  readonly countIn: boolean;
  /** Whether the notes show how surprising they are. */
  readonly surprise: boolean;
  /** Whether the model file that was dropped is used, not the built-in one. */
  readonly ownModel: boolean;
}

export const defaultPreferences: Preferences = {
  theme: "system",
  volume: 0.8,
  loop: true,
  metronome: false,
  countIn: false,
  surprise: false,
  ownModel: false,
};

/** Reads preferences from what was kept; what is missing or wrong is as by default. */
export function readPreferences(kept: unknown): Preferences {
  if (typeof kept !== "object" || kept === null) return defaultPreferences;
  const from = kept as Readonly<Record<string, unknown>>;
  const entries = Object.entries(defaultPreferences).map(([name, value]) => {
    const found = Object.hasOwn(from, name) ? from[name] : undefined;
    const valid =
      name === "theme"
        ? found === "system" || found === "light" || found === "dark"
        : typeof value === "number"
          ? typeof found === "number" && found >= 0 && found <= 1
          : typeof found === typeof value;
    return [name, valid ? found : value];
  });
  return Object.fromEntries(entries) as unknown as Preferences;
}
