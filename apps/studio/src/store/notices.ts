/**
 * Sentences for the person at the screen, one at a time.
 *
 * @module
 */
import { FlowError, WorkerError } from "@normflow/core";
import type { Notice } from "./state.ts";

/** What {@link Notices} needs of the state. */
export interface NoticePlace {
  read(): Notice | undefined;
  put(notice: Notice | undefined): void;
}

/** Shows sentences and takes them away. */
export class Notices {
  private readonly place: NoticePlace;
  private count = 0;
  /** A sentence that is to be read before it goes for good. */
  private standing: Notice | undefined;

  constructor(place: NoticePlace) {
    this.place = place;
  }

  /** Shows a sentence; the next one takes its place. */
  say(text: string, tone: Notice["tone"] = "plain", action?: Notice["action"]): Notice {
    const notice: Notice = { id: ++this.count, text, tone, ...(action ? { action } : {}) };
    this.place.put(notice);
    return notice;
  }

  /** Shows sentences about what is not kept: where another one takes their place they come back after it. */
  warn(problems: readonly (string | undefined)[]): void {
    const text = problems.filter(Boolean).join(" ");
    if (text !== "") this.standing = this.say(text, "warning");
  }

  /** Says what went wrong in the words of the error; what was cancelled is nobody's mistake. */
  sayError(error: unknown): void {
    if (error instanceof WorkerError && error.code === "cancelled") return;
    // What a worker did not expect has no words for people either.
    if (error instanceof FlowError && error.code !== "unexpected") {
      this.say([error.message, error.hint].filter(Boolean).join(" "), "warning");
      return;
    }
    console.error(error);
    this.say("Something went wrong. Nothing was lost.", "warning");
  }

  unsay(id: number): void {
    if (this.place.read()?.id !== id) return;
    if (this.standing?.id === id) this.standing = undefined;
    this.place.put(this.standing);
  }
}
