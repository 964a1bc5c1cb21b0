/**
 * flowctl inspect and doctor: what a model is, and what runs here.
 *
 * @module
 */
import { probeDevices } from "@normflow/backend-onnx";
import type { Described } from "@normflow/core";
import { melodyOptionsOf } from "@normflow/music";
import { EXIT, type Io, json } from "../io.ts";
import { openFile } from "../models.ts";

const FORMAT = 1;

/** Prints what a model file holds. */
export async function inspect(options: { readonly model?: string }, io: Io): Promise<number> {
  const { flow, weights, facts } = openFile(options.model);
  const { data, training, ...rest } = facts;
  const { layers } = flow.bijector.options as { readonly layers?: readonly Described[] };
  json(io, {
    kind: melodyOptionsOf(flow) ? "melody" : "table",
    parameters: weights.params.length,
    layers: (layers ?? [flow.bijector]).map((l) => l.kind),
    training: { ...(training as object | undefined), ...rest },
    data,
    format: FORMAT,
  });
  return EXIT.done;
}

/** Tries every backend for real and prints which run, and what to do about the others. */
export async function doctor(io: Io): Promise<number> {
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
  json(io, { backends });
  return backends.some((b) => b.ok && b.name === "onnx") ? EXIT.done : EXIT.error;
}
