/**
 * Files and links: what comes in by a drop or a link, and what leaves as MIDI, ABC, WAV or a link.
 *
 * @module
 */

import { FormatError } from "@normflow/core";
import { fileTypes } from "../files/download.ts";
import { exportAbc, exportMidi, fileName } from "../files/export.ts";
import type { ImportChoice } from "../files/import.ts";
import { MOST_FILE_BYTES } from "../files/kind.ts";
import { decodePiece, linkTo } from "../keep/link.ts";
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

/** Opens and saves. */
export class FileDoor {
  private readonly studio: Studio;

  constructor(studio: Studio) {
    this.studio = studio;
  }

  /** Opens a dropped file: its melody into a side, a list where it has several, a model in the place of the one in use. */
  async open(file: FileLike, name: SideName): Promise<void> {
    const { studio } = this;
    try {
      // A file that is too large is not even read.
      if (file.size > MOST_FILE_BYTES)
        throw new FormatError("file-size", `${file.name.slice(0, 80)} is too large to be a melody or a model.`);
      const dropped = await studio.services.readFile(file.name, new Uint8Array(await file.arrayBuffer()));
      if (dropped.kind === "model") {
        await studio.model.use(dropped.bytes, dropped.name);
        await studio.services.keepModel({ name: dropped.name, bytes: dropped.bytes });
        studio.prefer({ ownModel: true });
        studio.say(`${dropped.name} is the model now.`, "plain", {
          label: "Back to the model that ships",
          run: () => void this.backToShipped(),
        });
        return;
      }
      const [only, ...others] = dropped.choices;
      if (only && others.length === 0) this.choose(only, name, file.name, dropped.remarks);
      else
        studio.show({
          kind: "choices",
          fileName: file.name,
          choices: dropped.choices,
          side: name,
          remarks: dropped.remarks,
        });
    } catch (error) {
      studio.sayError(error);
    }
  }

  /** Puts a melody of a file into a side, with its tempo, key and octave. */
  choose(choice: ImportChoice, name: SideName, from: string, remarks: readonly string[] = []): void {
    const { studio } = this;
    studio.take(name, choice);
    studio.settings({ tempo: choice.tempo });
    const { title, notes, place, voice } = studio.piece[name];
    studio.model.shelve({ title, notes, place, voice }, `from ${from}`.slice(0, 80), undefined);
    studio.show(undefined);
    studio.say([`“${title}” is ${name.toUpperCase()} now.`, ...choice.remarks, ...remarks].join(" "));
  }

  /** Goes back to the model that ships. */
  async backToShipped(): Promise<void> {
    const { studio } = this;
    try {
      await studio.model.use(await studio.services.shippedModel(), undefined);
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
      studio.change(() => piece);
      studio.say(warning ?? "This is the piece of the link. Undo brings yours back.");
    } catch (error) {
      studio.sayError(error);
    }
  }
}
