/**
 * Whole programs beside the single cases: flows in all directions, a training run, the melody model.
 *
 * Each gives plain numbers, which are compared with those of the float64 reference.
 *
 * @module
 */
import { type Backend, fit, key, layoutOf, Model, open, startValues, uniform } from "@normflow/core";
import { iaf, maf, realNVP } from "@normflow/layers";
import { all } from "@normflow/layers/all";
import { MelodyModel } from "@normflow/music";
import { moons } from "./moons.ts";

/** Results by name. */
export type Figures = Readonly<Record<string, readonly number[]>>;

/** One program. */
export interface ProgramCase {
  readonly name: string;
  /** Largest |Δ| / (1 + |reference|). */
  readonly tolerance: number;
  /** @param melody the bytes of the melody model that ships */
  run(backend: Backend, melody: Uint8Array): Promise<Figures>;
}

/** Weights away from the identity that flows start as. */
function roughModel(flow: Model["flow"], backend: Backend): Model {
  const [params, state] = [layoutOf(flow.params), layoutOf(flow.state)].map((layout, i) => {
    const noise = uniform(key(10 + i), layout.size, { min: -0.2, max: 0.2 });
    return startValues(layout, key(i)).map((v, k) => v + noise[k]!);
  });
  return new Model(flow, { params: params!, state: state! }, backend);
}

const recipes = {
  "RealNVP, with a context": realNVP({ features: 3, context: 2, layers: 4, hidden: [32, 32] }),
  MAF: maf({ features: 4, layers: 3, hidden: [32] }),
  IAF: iaf({ features: 4, layers: 3, hidden: [32] }),
};

const flows = Object.entries(recipes).map(
  ([name, flow]): ProgramCase => ({
    name: `${name}: samples, densities, latents`,
    tolerance: 1e-4,
    async run(backend) {
      const model = roughModel(flow, backend);
      const call = flow.context ? { context: [[0.5, -1]] } : {};
      const samples = await model.sample(40, { seed: 3, ...call });
      const density = await model.logProb(samples, call);
      const latents = await model.encode(samples, call);
      const decoded = await model.decode(latents, call);
      await model.dispose();
      return Object.fromEntries(
        Object.entries({ samples, density, latents, decoded }).map(([k, { data }]) => [k, Array.from(data)]),
      );
    },
  }),
);

const STEPS = 200;

const training: ProgramCase = {
  name: `RealNVP on two moons: losses of ${STEPS} training steps`,
  tolerance: 1e-3,
  async run(backend) {
    const losses: number[] = [];
    const model = await fit(
      realNVP({ features: 2, layers: 4, hidden: [16, 16] }),
      { x: moons(512) },
      {
        backend,
        steps: STEPS,
        batch: 64,
        seed: 5,
        validation: 0,
        onProgress: ({ loss }) => void losses.push(loss),
      },
    );
    await model.dispose();
    return { losses };
  },
};

const MELODIES = 40;

const melodies: ProgramCase = {
  name: `melody flow: ${MELODIES} melodies of one seed, their bits, latents and back, a morph`,
  tolerance: 1e-4,
  async run(backend, bytes) {
    const model = MelodyModel.from(open(bytes, all), backend);
    const tokens = await model.sample(MELODIES, { seed: 21 });
    const bits = await model.bits(tokens);
    const latents = await model.encode(tokens);
    const back = await model.decode(latents);
    const morph = await model.morph(tokens[0]!, tokens[1]!, 9);
    await model.dispose();
    const flat = (rows: readonly ArrayLike<number>[]): number[] => rows.flatMap((r) => Array.from(r));
    return { tokens: flat(tokens), bits, latents: flat(latents), back: flat(back), morph: flat(morph) };
  },
};

export const programCases: readonly ProgramCase[] = [...flows, training, melodies];
