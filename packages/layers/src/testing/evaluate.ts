/**
 * Runs a bijector on numbers, in float64 on the reference backend.
 *
 * @module
 */
import {
  type Bijector,
  constant,
  type HostArray,
  key,
  layoutOf,
  type Mode,
  type NoiseSpec,
  reference,
  reshape,
  stack,
  startValues,
  type Tensor,
  traceProgram,
  vjp,
} from "@normflow/core";

/** Which way through a bijector. */
export type Way = "forward" | "inverse";

/** What a bijector runs on. */
export interface Setting {
  /** Parameter vector in the layout's order. */
  readonly params: Float64Array;
  /** State vector; as it starts unless told. */
  readonly state?: Float64Array | undefined;
  /** Context rows, one a batch entry, or none. */
  readonly context?: HostArray | undefined;
  readonly mode?: Mode;
  /** Values of the declared noise; ½ unless told. */
  readonly noise?: (spec: NoiseSpec) => Float64Array;
}

/** Results of a run, by name. */
export type Results = Readonly<Record<string, Float64Array>>;

export const array = (data: ArrayLike<number>, shape: readonly number[]): HostArray => ({
  data: Float64Array.from(data),
  shape,
});

export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The event that a way takes. */
export const eventOf = (layer: Bijector, way: Way): readonly number[] =>
  way === "forward" ? layer.facts.base : layer.facts.data;

/** Traces and runs `body` on the value and log-det of one way. */
export async function evaluate(
  layer: Bijector,
  way: Way,
  input: HostArray,
  setting: Setting,
  body: (mapped: { value: Tensor; logDet: Tensor; input: Tensor; flat: Tensor }) => Record<string, Tensor>,
): Promise<Results> {
  const { graph, noises } = traceProgram(
    layer,
    { mode: setting.mode ?? "eval", inputs: { input: input.shape }, context: setting.context?.shape },
    ({ scope, inputs, flat }) => {
      const given = inputs["input"]!;
      const [value, logDet] = layer[way](scope, given);
      return body({ value, logDet, input: given, flat });
    },
  );
  const backend = reference();
  const executable = await backend.compile(graph);
  const outputs = await executable.run({
    input,
    ...(setting.params.length > 0 ? { params: array(setting.params, [setting.params.length]) } : {}),
    ...(layoutOf(layer.state).size > 0
      ? { state: array(setting.state ?? startValues(layoutOf(layer.state), key(1)), [layoutOf(layer.state).size]) }
      : {}),
    ...(setting.context ? { context: setting.context } : {}),
    ...Object.fromEntries(
      noises.map((spec) => {
        const size = count(spec.shape as number[]);
        return [spec.name, array(setting.noise?.(spec) ?? new Float64Array(size).fill(0.5), spec.shape as number[])];
      }),
    ),
  });
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Float64Array.from(data)]));
}

/** The value and the log-det of one way. */
export const mapValues = (layer: Bijector, way: Way, input: HostArray, setting: Setting): Promise<Results> =>
  evaluate(layer, way, input, setting, ({ value, logDet }) => ({ value, logDet }));

/** Jacobians [batch, out, in] of one way, one vector-Jacobian product for each output entry. */
export async function jacobian(layer: Bijector, way: Way, input: HostArray, setting: Setting): Promise<Float64Array> {
  const batch = input.shape[0]!;
  const size = count(input.shape.slice(1));
  const { rows } = await evaluate(layer, way, input, setting, ({ value, input: x }) => ({
    rows: stack(
      Array.from({ length: size }, (_, j) => {
        const unit = new Float64Array(batch * size);
        for (let i = 0; i < batch; i++) unit[i * size + j] = 1;
        const [row] = vjp([value], [reshape(constant(unit, [batch * size]), value.shape)], [x]);
        return reshape(row!, [batch, size]);
      }),
      1,
    ),
  }));
  return rows!;
}

/** ln |det| of a square matrix, by elimination with pivots. */
export function logAbsDet(matrix: Float64Array, n: number): number {
  const m = Float64Array.from(matrix);
  let total = 0;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(m[i * n + k]!) > Math.abs(m[pivot * n + k]!)) pivot = i;
    for (let j = 0; j < n; j++) [m[k * n + j], m[pivot * n + j]] = [m[pivot * n + j]!, m[k * n + j]!];
    const top = m[k * n + k]!;
    total += Math.log(Math.abs(top));
    for (let i = k + 1; i < n; i++) {
      const factor = m[i * n + k]! / top;
      for (let j = k; j < n; j++) m[i * n + j]! -= factor * m[k * n + j]!;
    }
  }
  return total;
}
