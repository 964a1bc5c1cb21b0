/**
 * The page that lies beside exported graphs.
 *
 * @module
 */
import type { ExportedGraph, ExportedValue } from "@normflow/backend-onnx";

/** What is known of an exported model. */
export interface ExportNotes {
  readonly title: string;
  readonly license: string | undefined;
  readonly credit: string | undefined;
  /** What an event is. */
  readonly event: string;
  readonly columns: readonly string[] | undefined;
  readonly standardisation: { readonly shift: readonly number[]; readonly scale: readonly number[] } | undefined;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

const row = (file: string, way: string, { name, shape, meaning }: ExportedValue): string =>
  `| ${file} | ${way} | \`${cell(name)}\` | [${shape.join(", ")}] | ${cell(meaning)} |`;

/** Python that draws the noise of a value. */
const drawn = ({ name, noise, shape }: ExportedValue): string => {
  const size = `(${shape.map((d) => (d === "N" ? "n" : d)).join(", ")}${shape.length === 1 ? "," : ""})`;
  const call = noise === "normal" ? `standard_normal(${size})` : `uniform(2**-24, 1 - 2**-24, ${size})`;
  return `    ${JSON.stringify(name)}: rng.${call}.astype(np.float32),`;
};

/** Writes the page: files, noise, units, terms. */
export function guide(graphs: readonly ExportedGraph[], notes: ExportNotes): string {
  const { title, license, credit, columns, standardisation } = notes;
  const rows = graphs.flatMap(({ file, inputs, outputs }) => [
    ...inputs.map((v) => row(file, "in", v)),
    ...outputs.map((v) => row(file, "out", v)),
  ]);
  const sample = graphs.find((g) => g.direction === "sample");
  const noises = sample?.inputs.filter((v) => v.noise !== undefined) ?? [];
  const given = sample?.inputs.filter((v) => v.noise === undefined) ?? [];
  return `# ${title}

ONNX graphs, opset 21, float32, weights inside. All values are float32; \`N\` is the batch, from 1 to any size.

| file | | name | shape | meaning |
| --- | --- | --- | --- | --- |
${rows.join("\n")}

## Noise

The graphs draw nothing: what is random comes in from outside, so the generator and its seed are the caller's.
\`sample.onnx\` takes noise; the same noise gives the same events. A temperature t is a factor on \`noise/base/base\`: below 1
events are more likely ones, at 0 the noise is all zeros. The other graphs take the middle wherever a layer would draw, so they
are functions of their inputs alone.

\`\`\`python
import numpy as np, onnxruntime as ort

rng, n = np.random.default_rng(7), 4
x, = ort.InferenceSession("sample.onnx").run(None, {
${[...noises.map(drawn), ...given.map((v) => `    ${JSON.stringify(v.name)}: ${v.name},`)].join("\n")}
})
log_density, = ort.InferenceSession("log_density.onnx").run(None, {"x": x${given.map((v) => `, ${JSON.stringify(v.name)}: ${v.name}`).join("")}})
\`\`\`

## Units

\`x\` is ${notes.event}. \`log_density\` is in nats per event; divided by ln 2 it is in bits.
${columns ? `\nColumns, in order: ${columns.map((c) => `\`${cell(c)}\``).join(", ")}.\n` : ""}${
  standardisation
    ? `\nThe graphs standardise by themselves, (x − shift) / scale, and the density accounts for it. Shift: ${standardisation.shift.join(", ")}. Scale: ${standardisation.scale.join(", ")}.\n`
    : ""
}
## Terms

License: ${license ?? "not stated in the model file"}. ${credit ?? "The model file names no credit."}

Each file carries all of this as metadata under \`normflow.\`: direction, inputs, outputs, the flow's description, its data and
training.
`;
}
