/**
 * Playing: what is on the screen as parts for the player, kept in step while it changes.
 *
 * @module
 */
import type { Preferences } from "../keep/preferences.ts";
import { shiftOf } from "../piece/keys.ts";
import { openPitch } from "../piece/notes.ts";
import type { SideName } from "../piece/piece.ts";
import type { Part } from "../sound/part.ts";
import { type Source, type StudioState, sameSource, type Tune } from "./state.ts";
import type { Studio } from "./studio.ts";
import { tunesOf } from "./tunes.ts";

/** A melody as it sounds. */
export const partOf = ({ notes, place, voice }: Tune): Part => ({
  notes: notes.map((n) => ({ pitch: openPitch(n) + shiftOf(place), start: n.start, length: n.length })),
  voice,
});

const sameTune = (a: Tune, b: Tune | undefined): boolean =>
  b !== undefined && a.notes === b.notes && a.voice === b.voice && shiftOf(a.place) === shiftOf(b.place);

/** The preferences that are heard. */
const heard = ({ volume, loop, metronome, countIn }: Preferences) => ({ volume, loop, metronome, countIn });

/** Starts and stops the player and tells it what changes. */
export class PlayerDesk {
  private readonly studio: Studio;
  private sounding: readonly Tune[] = [];

  constructor(studio: Studio) {
    this.studio = studio;
    const { player } = studio.services;
    const { preferences, timeline } = studio.state;
    player.set({ ...heard(preferences), tempo: timeline.present.tempo });
    player.subscribe(() => this.hear());
    studio.store.subscribe((state, before) => this.follow(state, before));
  }

  /** Plays a source from its start; the one that plays already is stopped. */
  toggle(source: Source): void {
    if (sameSource(this.studio.state.playing?.source, source)) this.stop();
    else this.play(source);
  }

  play(source: Source): void {
    const { studio } = this;
    const tunes = tunesOf(studio.state, source);
    if (tunes.every((t) => t.notes.length === 0)) {
      studio.say("There is nothing to play yet: draw a melody or write some notes.");
      return;
    }
    this.sounding = tunes;
    studio.set({ playing: { source, part: 0, counting: studio.state.preferences.countIn } });
    studio.services.player.play(tunes.map(partOf)).catch((error: unknown) => {
      // Another one may play by now.
      if (studio.state.playing?.source === source) studio.set({ playing: undefined });
      studio.sayError(error);
    });
  }

  stop(): void {
    this.studio.services.player.stop();
    this.studio.set({ playing: undefined });
  }

  /** Sounds one pitch of a side, given in C. */
  audition(name: SideName, pitchInC: number): void {
    const { place, voice } = this.studio.piece[name];
    this.studio.services.player
      .audition(pitchInC + shiftOf(place), voice)
      .catch((error: unknown) => this.studio.sayError(error));
  }

  /** The step of a source that sounds now, a fraction; undefined while it does not. */
  step(source: Source, part = 0): number | undefined {
    if (!sameSource(this.studio.state.playing?.source, source)) return undefined;
    const position = this.studio.services.player.position();
    return position?.part === part ? position.step : undefined;
  }

  private hear(): void {
    const { status, part } = this.studio.services.player.state;
    const { playing } = this.studio.state;
    if (!playing) return;
    const counting = status === "counting";
    if (status === "idle" || part === undefined) this.studio.set({ playing: undefined });
    else if (part !== playing.part || counting !== playing.counting)
      this.studio.set({ playing: { ...playing, part, counting } });
  }

  private follow(state: StudioState, before: StudioState): void {
    const { player } = this.studio.services;
    if (state.preferences !== before.preferences) player.set(heard(state.preferences));
    const { tempo } = state.timeline.present;
    if (tempo !== before.timeline.present.tempo) player.set({ tempo });
    if (!state.playing || state.playing.source !== before.playing?.source) return;
    if (state.timeline === before.timeline && state.path === before.path) return;
    const tunes = tunesOf(state, state.playing.source);
    // A path that is being found anew, or has another number of points, plays on as it was.
    if (tunes.length !== this.sounding.length) return;
    tunes.forEach((tune, i) => {
      if (!sameTune(tune, this.sounding[i])) player.replace(i, partOf(tune));
    });
    this.sounding = tunes;
  }
}
