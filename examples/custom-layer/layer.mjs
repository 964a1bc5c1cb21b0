// A layer of one's own: forward, inverse and their log-dets; gradients, training, files and every backend come by themselves.
import { readFile, writeFile } from "node:fs/promises";
import { js } from "@normflow/backend-js";
import {
  add,
  broadcastTo,
  chain,
  defineLayer,
  div,
  exp,
  fit,
  flow,
  load,
  log,
  mul,
  neg,
  save,
  shape,
  sqrt,
  square,
  standardNormal,
  sub,
  sum,
  z,
  zeros,
} from "@normflow/core";
import { elementwiseAffine } from "@normflow/layers";
import { all } from "@normflow/layers/all";

const arsinh = (x) => log(add(x, sqrt(add(square(x), 1))));
const sinh = (x) => div(sub(exp(x), exp(neg(x))), 2);

/** Σ ln dy/dx of y = sinh((arsinh(x) + shift) · tail): ln cosh(inner) + ln tail − ½ ln(1 + x²). */
const slopes = (x, inner, tail, rank) => {
  const cosh = div(add(exp(inner), exp(neg(inner))), 2);
  const each = sub(add(log(cosh), log(tail)), mul(0.5, log(add(square(x), 1))));
  return sum(
    broadcastTo(each, x.shape),
    Array.from({ length: rank }, (_, i) => i - rank),
  );
};

/** Sinh-arcsinh (Jones & Pewsey 2009): y = sinh((arsinh(z) + shift) e^a) gives skew and heavy or light tails. */
export const sinhArcsinh = defineLayer({
  kind: "example/sinh-arcsinh",
  options: z.object({ event: shape }),
  facts: ({ event }) => ({ event, monotone: 1 }),
  params: ({ event }) => ({ shift: zeros(event), a: zeros(event) }),
  forward({ shift, a }, base, _, { event }) {
    const inner = mul(add(arsinh(base), shift), exp(a));
    return [sinh(inner), slopes(base, inner, exp(a), event.length)];
  },
  inverse({ shift, a }, x, _, { event }) {
    const inner = sub(mul(arsinh(x), exp(neg(a))), shift);
    const base = sinh(inner);
    return [base, neg(slopes(base, arsinh(x), exp(a), event.length))];
  },
});

const event = [1];
const description = flow({
  base: standardNormal({ event }),
  bijector: chain([sinhArcsinh({ event }), elementwiseAffine({ event })]),
});

const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const x = Array.from({ length: 2000 }, () => [Math.exp(0.7 * normal())]);
const backend = js();
const model = await fit(
  description,
  { x },
  { backend, steps: Number(process.argv[2] ?? 400), learningRate: 1e-2, seed: 1 },
);
const { data } = await model.logProb(x);
console.log(`nats: ${(-data.reduce((a, b) => a + b, 0) / data.length).toFixed(3)} (a log-normal with σ = .7: 1.062)`);

const z1 = await model.encode([[1.5]]);
console.log(`1.5 -> ${z1.data[0].toFixed(4)} -> ${(await model.decode(z1)).data[0].toFixed(4)}`);

// A file names kinds, never code: whoever loads it brings the layer along.
await writeFile("skewed.safetensors", save(model));
const bytes = await readFile("skewed.safetensors");
await load(bytes, { backend, layers: all }).catch((error) => console.log(`without the layer: ${error.message}`));
const again = await load(bytes, { backend, layers: [...all, sinhArcsinh] });
console.log(`with it: ${again.parameters} parameters`);
