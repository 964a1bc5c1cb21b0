/**
 * Files and links: what comes in by a drop or a link, and what leaves as MIDI, ABC, WAV or a link.
 *
 * @module
 */

import { FormatError, WorkerError } from "@normflow/core";
import { fileTypes } from "../files/download.ts";
import { exportAbc, exportMidi, fileName } from "../files/export.ts";
import type { Dropped, ImportChoice } from "../files/import.ts";
import { MOST_FILE_BYTES } from "../files/kind.ts";
import { refuse } from "../files/refuse.ts";
import { decodePiece, linkTo } from "../keep/link.ts";
import { same } from "../keep/same.ts";
import { fileTitle } from "../keep/title.ts";
import type { SideName } from "../piece/piece.ts";
import { partOf } from "./player-desk.ts";
import type { Source } from "./state.ts";
import type { Studio } from "./studio.ts";
import { tunesOf } from "./tunes.ts";

/** A file as the browser gives it. */
export interface FileLike {
  readonly name: string;
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export type SaveFormat = "mid" | "abc" | "wav";

/** The name of a file within a sentence. */
const calledOf = (name: string): string => fileTitle(name, 60) || "The file";

/** Opens and saves. */
export class FileDoor {
  private readonly studio: Studio;
  /** Counts the drops: what is read slowly does not replace what was dropped after it. */
  private drops = 0;
  private readonly opened = { a: 0, b: 0, model: 0 };

  constructor(studio: Studio) {
    this.studio = studio;
  }

  /** Opens the first of some dropped files, and says so where there are more. */
  async openFirst([file, ...others]: readonly FileLike[], name: SideName): Promise<void> {
    if (!file) return this.studio.say("Only files can be dropped here: MIDI, ABC, MusicXML or a model of normflow.");
    const only = `Only the first of ${others.length + 1} files was opened: drop them one after another.`;
    return this.open(file, name, others.length > 0 ? [only] : []);
  }

  /**
   * Opens a dropped file: its melody into a side, a list where it has several, a model in the place of the one in use.
   * @param remarks sentences to be said with what comes of it
   */
  async open(file: FileLike, name: SideName, remarks: readonly string[] = []): Promise<void> {
    const { studio } = this;
    const drop = ++this.drops;
    // A list of a file before would cover what is said of this one.
    if (studio.state.sheet) studio.show(undefined);
    try {
      const dropped = await this.read(file);
      if (dropped.kind === "model") return await this.takeModel(dropped, drop, remarks);
      if (drop < this.opened[name]) return;
      this.opened[name] = drop;
      const [only, ...others] = dropped.choices;
      const all = [...dropped.remarks, ...remarks];
      if (only && others.length === 0) this.choose(only, name, file.name, all);
      else
        studio.show({
          kind: "choices",
          fileName: calledOf(file.name),
          choices: dropped.choices,
          side: name,
          remarks: all,
        });
    } catch (error) {
      studio.sayError(error);
    }
  }

  /** @throws {FlowError} a sentence for each file that is no melody and no model */
  private async read(file: FileLike): Promise<Dropped> {
    // A file that is too large is not even read.
    if (file.size > MOST_FILE_BYTES)
      throw refuse("file-size", `${calledOf(file.name)} is too large to be a melody or a model.`);
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = new Uint8Array(await file.arrayBuffer());
    } catch (cause) {
      const sentence = `${calledOf(file.name)} cannot be read: it is a folder, or was moved or locked meanwhile.`;
      throw refuse("file-unreadable", sentence, undefined, cause);
    }
    return this.studio.services.readFile(file.name, bytes);
  }

  private async takeModel(
    { name, bytes }: Extract<Dropped, { readonly kind: "model" }>,
    drop: number,
    remarks: readonly string[],
  ): Promise<void> {
    const { studio } = this;
    if (drop < this.opened.model) return;
    try {
      await studio.model.use(bytes, name);
    } catch (error) {
      if (!(error instanceof WorkerError) || error.code === "cancelled") throw error;
      throw new FormatError("model-hard", `The model file ${name} is more than the studio can open.`, {
        hint: "The model before it is still in use.",
        cause: error,
      });
    }
    this.opened.model = drop;
    await studio.services.keepModel({ name, bytes });
    studio.prefer({ ownModel: true });
    studio.say([`${name} is the model now.`, ...remarks].join(" "), "plain", {
      label: "Back to the model that ships",
      run: () => void this.backToShipped(),
    });
  }

  /** Puts a melody of a file into a side, with its tempo, key and octave. */
  choose(choice: ImportChoice, name: SideName, from: string, remarks: readonly string[] = []): void {
    const { studio } = this;
    studio.show(undefined);
    studio.take(name, choice, choice.tempo);
    const { title, notes, place, voice } = studio.piece[name];
    studio.model.shelve({ title, notes, place, voice }, `from ${calledOf(from)}`, undefined);
    studio.say([`“${title}” is ${name.toUpperCase()} now.`, ...choice.remarks, ...remarks].join(" "));
  }

  /** Goes back to the model that ships. */
  async backToShipped(): Promise<void> {
    const { studio } = this;
    const drop = ++this.drops;
    try {
      await studio.model.use(await studio.services.shippedModel(), undefined);
      this.opened.model = drop;
      await studio.services.keepModel(undefined);
      studio.prefer({ ownModel: false });
      studio.say("The model that ships is back.");
    } catch (error) {
      studio.sayError(error);
    }
  }

  /** Saves what a source plays. */
  async save(source: Source, format: SaveFormat): Promise<void> {
    const { studio } = this;
    const tunes = tunesOf(studio.state, source);
    const [tune] = tunes;
    if (!tune || tunes.every((t) => t.notes.length === 0)) {
      studio.say("There are no notes to save yet.");
      return;
    }
    const { tempo } = studio.piece;
    const title = source.kind === "path" ? `${studio.piece.a.title} to ${studio.piece.b.title}` : tune.title;
    try {
      const bytes =
        format === "mid"
          ? exportMidi(tune, tempo)
          : format === "abc"
            ? new TextEncoder().encode(exportAbc(tune, tempo))
            : await studio.services.renderWav(tunes.map(partOf), { tempo, title });
      studio.services.download(fileName(title, format), bytes, fileTypes[format]);
    } catch (error) {
      studio.sayError(error);
    }
  }

  /** Shows a link that reopens what is on the screen. */
  link(): void {
    try {
      this.studio.show({ kind: "link", url: linkTo(this.studio.services.page(), this.studio.piece) });
    } catch (error) {
      this.studio.sayError(error);
    }
  }

  /** Opens the piece of a link; the one before comes back by undo. */
  openLink(text: string): void {
    const { studio } = this;
    try {
      const { piece, warning } = decodePiece(text);
      const isHere = same(piece, studio.piece);
      studio.replace(piece);
      const plain = isHere
        ? "This is the piece that is here already."
        : "This is the piece of the link. Undo brings yours back.";
      studio.say(warning ?? plain);
    } catch (error) {
      studio.sayError(error);
    }
  }
}
