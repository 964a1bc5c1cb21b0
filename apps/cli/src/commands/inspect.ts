/**
 * flowctl inspect and doctor: what a model is, and what runs here.
 *
 * @module
 */
import { probeDevices } from "@normflow/backend-onnx";
import { probeTfjs } from "@normflow/backend-tfjs";
import { type Described, MODEL_FORMAT } from "@normflow/core";
import { type AnswerOptions, answerFacts } from "../answer.ts";
import { EXIT, type Io, json, printable } from "../io.ts";
import { kindOfModel } from "../kinds/kinds.ts";
import { openFile } from "../models.ts";

/** Options of inspect. */
export interface InspectCommand extends AnswerOptions {
  readonly model?: string;
}

/** Prints what a model file holds. */
export async function inspect(options: InspectCommand, io: Io): Promise<number> {
  const opened = openFile(options.model);
  const { flow, weights, facts } = opened;
  const { data, training, ...rest } = facts;
  const { layers } = flow.bijector.options as { readonly layers?: readonly Described[] };
  answerFacts(io, options, {
    kind: kindOfModel(opened).name,
    parameters: weights.params.length,
    layers: (layers ?? [flow.bijector]).map((l) => l.kind),
    training: { ...(training as object | undefined), ...rest },
    data: data ?? null,
    format: MODEL_FORMAT,
  });
  return EXIT.done;
}

/** What a backend says of one of its devices. */
interface Report {
  readonly name: string;
  readonly device: string;
  readonly ok: boolean;
  /** What it really runs on, where its name does not say. */
  readonly detail?: string;
  readonly reason?: string;
  readonly remedy?: string;
}

/** Tries every backend for real and prints which run, and what to do about the others. */
export async function doctor(options: AnswerOptions, io: Io): Promise<number> {
  const plain = (name: string) => ({ name, device: "cpu", ok: true });
  const reports: readonly Report[] = [
    ...(await probeDevices()),
    plain("js"),
    ...(await probeTfjs()),
    plain("reference"),
  ];
  const backends = reports.map(({ name, device, ok, detail, reason, remedy }) => ({
    name,
    device,
    ok,
    detail: detail ?? null,
    reason: reason ?? null,
    remedy: remedy ?? null,
  }));
  if (options.json) json(io, { backends });
  else
    for (const { name, device, ok, detail, reason, remedy } of backends) {
      const label = (name === "reference" ? name : `${name}:${device}`).padEnd(13);
      const state = ok ? `runs${detail === null ? "" : ` on ${detail}`}` : `does not run: ${reason}`;
      io.line(printable(`${label}  ${state}`));
      if (remedy) io.line(printable(`${"".padEnd(13)}  ${remedy}`));
    }
  return backends.some((b) => b.ok && b.name === "onnx") ? EXIT.done : EXIT.error;
}
