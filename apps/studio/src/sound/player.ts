/**
 * The player: parts as they are now, in time, with everything about them free to change while they sound. One for a
 * page; it opens its audio context and imports Tone at the first call of `load`, `play` or `audition`, which has to
 * come from a gesture.
 *
 * @module
 */

import type { VoiceName } from "../piece/piece.ts";
import { Engine, loadTone, openContext } from "./engine.ts";
import { noSound } from "./error.ts";
import { type Part, type Settings, usualSettings } from "./part.ts";
import { type Mark, Run } from "./run.ts";
import { type Spot, spotWithin } from "./sequence.ts";
import { Band } from "./voices/band.ts";
import type { Sounding } from "./voices/voice.ts";

/** What the player does, as it is heard. A new object for every change. */
export interface PlayerState {
  readonly status: "idle" | "starting" | "counting" | "playing";
  /** The part that sounds or will sound first; undefined while idle. */
  readonly part: number | undefined;
}

/** How to play; what is left out stays as it is set. */
export interface PlayOptions {
  readonly loop?: boolean;
  readonly countIn?: boolean;
  /** Where to begin; a note that covers the place is joined. */
  readonly from?: Partial<Spot>;
}

/** Where the sound is: a part and a step of it, with its fraction. */
export interface Position {
  readonly part: number;
  /** 0 to 32. */
  readonly step: number;
}

/** Seconds from a call to the first sound. */
const LEAD = 0.06;
/** Seconds that are scheduled ahead, at least and at most: less is an edit heard sooner, more a page that may stall. */
const AHEAD = { least: 0.15, most: 0.6 } as const;
/** The same while the page is hidden, where timers come once a second. */
const AHEAD_HIDDEN = 1.6;
/** Seconds after the end in which releases ring out. */
const RING = 0.6;
/** Seconds before a fade begins: blocks that are being computed already do not know of it. */
const FADE_LEAD = 0.012;
/** Seconds for which the clock goes on after everything has died out: Tone stops its sources by it. */
const REST = 0.5;
/** Milliseconds in which the clock of a context that runs has to move after the page was hidden. */
const STALE_AFTER = 500;
/** Seconds of an auditioned note. */
const AUDITION = 0.28;

const idle: PlayerState = { status: "idle", part: undefined };

interface Running {
  readonly run: Run;
  readonly band: Band;
  marks: Mark[];
  /** When the next sixteenth is due. */
  next: number;
  /** When the run is over; undefined while it goes on. */
  over: number | undefined;
}

/** A band that rings out or is faded. */
interface Leaving {
  readonly band: Band;
  readonly until: number;
}

/** Plays parts. */
export class Player {
  #settings: Settings = usualSettings;
  #state: PlayerState = idle;
  readonly #listeners = new Set<() => void>();
  #raw: AudioContext | undefined;
  #engine: Engine | undefined;
  #loading: Promise<Engine> | undefined;
  #running: Running | undefined;
  #leaving: Leaving[] = [];
  #audition: { readonly band: Band; note: Sounding | undefined; until: number } | undefined;
  /** When the clock may stop; pushed on while anything sounds. */
  #restFrom = 0;
  /** Whether the context says it runs while its clock stands: some systems leave it so after a call. */
  #isStale = false;
  #ahead: number = AHEAD.least;
  #looked = 0;
  /** Counts calls of play and stop, so that only the last of them has a say. */
  #turn = 0;
  /** The parts of a play that is still starting. */
  #waiting: Part[] | undefined;

  /** What the player does. Stable between changes, as `useSyncExternalStore` wants it. */
  get state(): PlayerState {
    return this.#state;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Calls a listener after every change of the state; returns how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /**
   * Opens the audio context and imports Tone. Only within a gesture.
   * @throws {SoundError} where the browser has no sound
   */
  async load(): Promise<void> {
    await this.#load();
  }

  /**
   * Plays parts one after another; what played before is faded.
   * @throws {SoundError} where the browser has no sound or holds it back
   */
  async play(parts: readonly Part[], options: PlayOptions = {}): Promise<void> {
    const turn = ++this.#turn;
    this.#cut();
    const { loop, countIn } = options;
    this.set({ ...(loop === undefined ? {} : { loop }), ...(countIn === undefined ? {} : { countIn }) });
    if (parts.length === 0) {
      this.#publish(idle);
      return;
    }
    const from = spotWithin(options.from, parts.length);
    this.#waiting = [...parts];
    try {
      const engine = this.#ready ?? (await this.#wakened(turn, from.part));
      if (!engine || turn !== this.#turn) return;
      const band = new Band(engine.kit, engine.out);
      const start = { from, countIn: this.#settings.countIn };
      const run = new Run(band, this.#waiting, () => this.#settings, start);
      this.#running = { run, band, marks: [], next: engine.now + LEAD, over: undefined };
      this.#publish({ status: start.countIn ? "counting" : "playing", part: from.part });
      engine.awake = true;
      this.#looked = engine.now;
      this.#look();
    } catch (error) {
      if (turn === this.#turn) this.#publish(idle);
      throw error;
    } finally {
      if (turn === this.#turn) this.#waiting = undefined;
    }
  }

  /** Puts another part in the place of one that plays; heard from the next note on. Does nothing while idle. */
  replace(index: number, part: Part): void {
    this.#running?.run.replace(index, part);
    if (this.#waiting && index in this.#waiting) this.#waiting[index] = part;
  }

  /** Stops: silent within some hundredths of a second, also what is scheduled ahead. */
  stop(): void {
    this.#turn++;
    this.#cut();
    this.#publish(idle);
  }

  /** Changes how it sounds, from the next sixteenth on; the volume at once, the count-in at the next play. */
  set(settings: Partial<Settings>): void {
    const defined = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
    this.#settings = { ...this.#settings, ...defined };
    if (this.#engine && settings.volume !== undefined) this.#engine.volume = settings.volume;
  }

  /**
   * Sounds one short note, as it is drawn or moved.
   * @throws {SoundError} where the browser has no sound or holds it back
   */
  async audition(pitch: number, voice: VoiceName): Promise<void> {
    const engine = this.#ready ?? (await this.#awakeEngine());
    engine.awake = true;
    const time = engine.now + 0.015;
    this.#audition ??= { band: new Band(engine.kit, engine.out), note: undefined, until: time };
    const { band, note } = this.#audition;
    note?.release(time);
    const next = band.begin(voice, { pitch, time, weight: 0.9 });
    next.release(time + AUDITION);
    Object.assign(this.#audition, { note: next, until: time + AUDITION + RING });
  }

  /** Where the sound is now, for a playhead; undefined while nothing plays or the count-in counts. */
  position(): Position | undefined {
    const running = this.#running;
    const mark = running && this.#markNow(running);
    if (!mark?.spot || !this.#engine) return undefined;
    const gone = (this.#engine.heard - mark.time) / mark.seconds;
    return { part: mark.spot.part, step: mark.spot.step + Math.max(0, Math.min(1, gone)) };
  }

  /** Stops and closes the audio context. */
  dispose(): void {
    this.stop();
    for (const { band } of this.#leaving.splice(0)) band.dispose();
    this.#closeEngine();
    this.#listeners.clear();
  }

  // ——— the engine ———

  /** The engine if it can sound this instant. */
  get #ready(): Engine | undefined {
    return this.#engine?.isRunning && !this.#isStale ? this.#engine : undefined;
  }

  #load(): Promise<Engine> {
    if (this.#engine) return Promise.resolve(this.#engine);
    if (this.#loading) return this.#loading;
    const raw = (this.#raw ??= openContext());
    this.#loading = loadTone()
      .then((parts) => {
        this.#engine = new Engine(parts, raw, this.#settings.volume, () => this.#look());
        this.#watch(raw);
        return this.#engine;
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }

  async #wakened(turn: number, part: number): Promise<Engine | undefined> {
    this.#publish({ status: "starting", part });
    const engine = await this.#awakeEngine();
    return turn === this.#turn ? engine : undefined;
  }

  /** An engine whose clock moves; one that is dead is given up for another. */
  async #awakeEngine(): Promise<Engine> {
    const engine = await this.#load();
    if (!this.#isStale && (await engine.wake())) return engine;
    this.#closeEngine();
    const another = await this.#load();
    if (await another.wake()) return another;
    throw noSound();
  }

  #closeEngine(): void {
    this.#audition = undefined;
    this.#leaving = [];
    this.#engine?.dispose();
    this.#engine = undefined;
    this.#raw = undefined;
    this.#isStale = false;
  }

  /** Wakes a context that the system took away (a call, another tab, a locked screen) as soon as it may be. */
  #watch(raw: AudioContext): void {
    const wake = (): void => {
      if (raw !== this.#raw) return;
      // Whoever hides the page hears it from timers that come late: schedule far ahead before that.
      this.#look();
      if (document.visibilityState === "visible" && raw.state !== "running" && raw.state !== "closed")
        raw.resume().catch(() => {});
      const then = raw.currentTime;
      setTimeout(() => {
        if (raw === this.#raw) this.#isStale = raw.state === "running" && raw.currentTime === then;
      }, STALE_AFTER);
    };
    const stopWatching = new AbortController();
    const { signal } = stopWatching;
    document.addEventListener("visibilitychange", wake, { signal });
    for (const gesture of ["pointerdown", "keydown"]) window.addEventListener(gesture, wake, { signal, capture: true });
    raw.addEventListener("statechange", () => raw.state === "closed" && stopWatching.abort(), { signal });
  }

  // ——— the clock ———

  /** Schedules what is due, tells what is heard, lets go of what has died out. */
  #look(): void {
    const engine = this.#engine;
    if (!engine) return;
    if (this.#running) this.#schedule(engine, this.#running);
    if (this.#running) this.#tell(engine, this.#running);
    this.#tidy(engine);
  }

  #schedule(engine: Engine, running: Running): void {
    const { now } = engine;
    // After a pause of the page nothing is caught up with: it goes on from where it was.
    if (running.next < now) running.next = now + LEAD / 2;
    const ahead = document.visibilityState === "hidden" ? AHEAD_HIDDEN : this.#aheadNow(now);
    while (running.over === undefined && running.next < now + ahead) {
      const mark = running.run.advance(running.next);
      if (mark) {
        running.marks.push(mark);
        running.next += mark.seconds;
      } else running.over = running.next;
    }
  }

  /** As far ahead as the page has been late lately, twice and a half; it is taken back slowly. */
  #aheadNow(now: number): number {
    const late = now - this.#looked;
    this.#looked = now;
    this.#ahead = Math.min(AHEAD.most, Math.max(AHEAD.least, 2.5 * late, 0.999 * this.#ahead));
    return this.#ahead;
  }

  #tell({ heard }: Engine, running: Running): void {
    if (running.over !== undefined && heard >= running.over) {
      this.#leaving.push({ band: running.band, until: running.over + RING });
      this.#running = undefined;
      this.#publish(idle);
      return;
    }
    const mark = this.#markNow(running);
    if (mark)
      this.#publish(mark.spot ? { status: "playing", part: mark.spot.part } : { ...this.#state, status: "counting" });
  }

  /** The sixteenth that is heard; those before it are forgotten. */
  #markNow(running: Running): Mark | undefined {
    const heard = this.#engine?.heard ?? 0;
    const later = running.marks.findIndex((m) => m.time > heard);
    const now = (later < 0 ? running.marks.length : later) - 1;
    if (now > 0) running.marks.splice(0, now);
    return now < 0 ? undefined : running.marks[0];
  }

  #tidy(engine: Engine): void {
    const { now } = engine;
    this.#running?.band.sweep(now);
    this.#audition?.band.sweep(now);
    if (this.#audition && now > this.#audition.until) {
      this.#audition.band.dispose();
      this.#audition = undefined;
    }
    this.#leaving = this.#leaving.filter(({ band, until }) => {
      if (now < until) return true;
      band.dispose();
      return false;
    });
    if (this.#running || this.#audition || this.#leaving.length > 0) this.#restFrom = now + REST;
    else if (now > this.#restFrom) engine.awake = false;
  }

  /** Fades and lets go of all that sounds. */
  #cut(): void {
    const engine = this.#engine;
    const bands = [this.#running?.band, this.#audition?.band, ...this.#leaving.map(({ band }) => band)];
    this.#running = undefined;
    this.#audition = undefined;
    this.#leaving = [];
    if (!engine) return;
    for (const band of bands) {
      if (!band) continue;
      const from = engine.now + FADE_LEAD;
      band.fade(from);
      this.#leaving.push({ band, until: from + 0.05 });
    }
  }

  #publish(state: PlayerState): void {
    if (state.status === this.#state.status && state.part === this.#state.part) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

export const createPlayer = (): Player => new Player();
