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
  /** float64, or float32 by rounding every result; float64 unless told. */
  readonly precision?: "float64" | "float32";
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

/** What `body` of a traced way works with. */
export interface MappedWay {
  readonly value: Tensor;
  readonly logDet: Tensor;
  readonly input: Tensor;
  readonly flat: Tensor;
}

/** Traces `body` on the value and log-det of one way, for inputs of one shape, and compiles it to be run often. */
export async function prepare(
  layer: Bijector,
  way: Way,
  shapes: { readonly input: readonly number[]; readonly context?: readonly number[] | undefined },
  { mode = "eval", precision = "float64" }: { mode?: Mode; precision?: "float64" | "float32" },
  body: (mapped: MappedWay) => Record<string, Tensor>,
): Promise<(input: HostArray, setting: Setting) => Promise<Results>> {
  const { graph, noises } = traceProgram(
    layer,
    { mode, inputs: { input: shapes.input }, context: shapes.context },
    ({ scope, inputs, flat }) => {
      const given = inputs["input"]!;
      const [value, logDet] = layer[way](scope, given);
      return body({ value, logDet, input: given, flat });
    },
  );
  const executable = await reference({ precision }).compile(graph);
  const states = layoutOf(layer.state).size;
  return async (input, { params, state, context, noise }) => {
    const outputs = await executable.run({
      input,
      ...(params.length > 0 ? { params: array(params, [params.length]) } : {}),
      ...(states > 0 ? { state: array(state ?? startValues(layoutOf(layer.state), key(1)), [states]) } : {}),
      ...(context ? { context } : {}),
      ...Object.fromEntries(
        noises.map((spec) => {
          const size = count(spec.shape as number[]);
          return [spec.name, array(noise?.(spec) ?? new Float64Array(size).fill(0.5), spec.shape as number[])];
        }),
      ),
    });
    return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Float64Array.from(data)]));
  };
}

/** Traces and runs `body` on the value and log-det of one way. */
export async function evaluate(
  layer: Bijector,
  way: Way,
  input: HostArray,
  setting: Setting,
  body: (mapped: MappedWay) => Record<string, Tensor>,
): Promise<Results> {
  const shapes = { input: input.shape, context: setting.context?.shape };
  return (await prepare(layer, way, shapes, setting, body))(input, setting);
}

/** The state in which a layer comes to rest at given parameters; undefined where it has none. */
export async function settledState(layer: Bijector, z: HostArray, setting: Setting): Promise<Float64Array | undefined> {
  if (layoutOf(layer.state).size === 0) return undefined;
  const { state } = await evaluate(layer, "forward", z, { ...setting, mode: "init" }, ({ value, logDet }) => ({
    value,
    logDet,
  }));
  return state;
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
