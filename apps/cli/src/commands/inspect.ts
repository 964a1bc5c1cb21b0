/**
 * flowctl inspect and doctor: what a model is, and what runs here.
 *
 * @module
 */
import { probeDevices } from "@normflow/backend-onnx";
import { type Described, MODEL_FORMAT } from "@normflow/core";
import { melodyOptionsOf } from "@normflow/music";
import { type AnswerOptions, answerFacts } from "../answer.ts";
import { EXIT, type Io, json, printable } from "../io.ts";
import { openFile } from "../models.ts";

/** Options of inspect. */
export interface InspectCommand extends AnswerOptions {
  readonly model?: string;
}

/** Prints what a model file holds. */
export async function inspect(options: InspectCommand, io: Io): Promise<number> {
  const { flow, weights, facts } = openFile(options.model);
  const { data, training, ...rest } = facts;
  const { layers } = flow.bijector.options as { readonly layers?: readonly Described[] };
  answerFacts(io, options, {
    kind: melodyOptionsOf(flow) ? "melody" : "table",
    parameters: weights.params.length,
    layers: (layers ?? [flow.bijector]).map((l) => l.kind),
    training: { ...(training as object | undefined), ...rest },
    data: data ?? null,
    format: MODEL_FORMAT,
  });
  return EXIT.done;
}

/** Tries every backend for real and prints which run, and what to do about the others. */
export async function doctor(options: AnswerOptions, io: Io): Promise<number> {
  const reports = await probeDevices();
  const backends = [
    ...reports.map(({ name, device, ok, reason, remedy }) => ({
      name,
      device,
      ok,
      reason: reason ?? null,
      remedy: remedy ?? null,
    })),
    ...["js", "reference"].map((name) => ({ name, device: "cpu", ok: true, reason: null, remedy: null })),
  ];
  if (options.json) json(io, { backends });
  else
    for (const { name, device, ok, reason, remedy } of backends) {
      const label = (name === "reference" ? name : `${name}:${device}`).padEnd(12);
      io.line(printable(ok ? `${label}  runs` : `${label}  does not run: ${reason}`));
      if (remedy) io.line(printable(`${"".padEnd(12)}  ${remedy}`));
    }
  return backends.some((b) => b.ok && b.name === "onnx") ? EXIT.done : EXIT.error;
}
