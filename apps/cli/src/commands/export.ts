/**
 * flowctl export: a model as files that other programs run.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ExportedGraph, exportFlow } from "@normflow/backend-onnx";
import type { Described, Opened } from "@normflow/core";
import { melodyOptionsOf } from "@normflow/music";
import { type AnswerOptions, answer } from "../answer.ts";
import { type ExportNotes, guide } from "../export-guide.ts";
import { EXIT, type Io, UsageError } from "../io.ts";
import { openFile, SHIPPED } from "../models.ts";
import { fresh } from "../outputs.ts";
import { version } from "../run/environment.ts";

/** Options of the command. */
export interface ExportCommand extends AnswerOptions {
  readonly onnx?: boolean;
  readonly output: string;
  readonly force?: boolean;
}

const TOKENS =
  "a melody as 40 tokens: 8 beat patterns of 81 classes, then 32 pitches of 37 classes from MIDI 50, 0 where no note starts";

/** Whose work the model that ships stands on. */
const SHIPPED_TERMS = {
  license: "MIT",
  credit:
    "Trained on Ceol Rince na hÉireann: tunes collected by Breandán Breathnach, made machine-readable by Bill Black and as MIDI files by Danny Diamond.",
};

/** Writes the four directions of a model as ONNX files, and a page that says how they are used. */
export async function exportModel(path: string | undefined, options: ExportCommand, io: Io): Promise<number> {
  if (options.onnx === false) throw new UsageError("export-format", "Models are exported as ONNX.", { hint: "--onnx" });
  const opened = openFile(path);
  const notes = notesOf(opened, path === undefined || path === SHIPPED);
  const { title, license, credit, columns, standardisation } = notes;
  const { data, training, unit, valid, test } = opened.facts;
  const facts = Object.fromEntries(
    Object.entries({
      title,
      license,
      credit,
      // Of the densities; the figures of training have their own.
      unit: "nats",
      columns,
      standardisation,
      data,
      training: { ...(training as object | undefined), unit, valid, test },
      producer: `normflow ${version()}`,
    }).filter(([, value]) => value !== undefined),
  );
  const graphs = exportFlow(opened.flow, opened.weights, { event: notes.event, facts });
  const files = graphs.map(({ file, bytes }): [string, string | Uint8Array] => [file, bytes]);
  files.push(["export.md", guide(graphs, notes)]);
  // Nothing is written unless all of it may be.
  const places = files.map(([file]) => fresh(join(options.output, file), options.force === true));
  mkdirSync(options.output, { recursive: true });
  files.forEach(([, content], i) => void writeFileSync(places[i]!, content));
  for (const graph of graphs) answer(io, options, summary(graph), line(graph));
  io.message(`${graphs.length} graphs written to ${options.output}; export.md there says how to use them.`);
  return EXIT.done;
}

const summary = ({ file, bytes, inputs, outputs }: ExportedGraph) => ({ file, bytes: bytes.length, inputs, outputs });

const values = (list: ExportedGraph["inputs"]): string =>
  list.map(({ name, shape }) => `${name} [${shape.join(", ")}]`).join(", ");

const line = ({ file, inputs, outputs }: ExportedGraph): string =>
  `${file.padEnd(17)}  ${values(inputs)} -> ${values(outputs)}`;

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function notesOf({ flow, facts }: Opened, shipped: boolean): ExportNotes {
  const melody = melodyOptionsOf(flow) !== undefined;
  const data = facts["data"] as { readonly columns?: readonly string[] } | undefined;
  const columns = melody ? undefined : data?.columns;
  const terms = shipped ? SHIPPED_TERMS : { license: text(facts["license"]), credit: text(facts["credit"]) };
  return {
    ...terms,
    title: text(facts["title"]) ?? (shipped ? "The melody model of normflow" : "A normalizing flow"),
    event: melody ? TOKENS : `rows${columns ? ` of ${columns.join(", ")}` : ""} in the data's own units`,
    columns,
    standardisation: rescaleOf(flow.bijector),
  };
}

/** The shift and scale of the layer that standardises, wherever in the description it stands. */
function rescaleOf(layer: Described): ExportNotes["standardisation"] {
  const { layers, ...options } = layer.options as {
    readonly layers?: readonly Described[];
    readonly shift?: readonly number[];
    readonly scale?: readonly number[];
  };
  if (layer.kind === "rescale" && options.shift && options.scale) return { shift: options.shift, scale: options.scale };
  for (const inner of layers ?? []) {
    const found = rescaleOf(inner);
    if (found) return found;
  }
  return undefined;
}
