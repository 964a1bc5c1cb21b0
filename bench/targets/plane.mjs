// Two-dimensional densities with exact entropies: samplers, log-densities and entropies in nats.
//
// The distributions are those of FFJORD's toy data (Grathwohl et al. 2019); the densities are worked out here, by a sum,
// a Bessel function or quadrature along the curve. `boxes` say where a grid holds all of the mass.
import { errorFunction, foldIn, key, normal, uniform } from "@normflow/core";

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** Draws n points, each from `count` uniforms and two normals of a seed of their own. */
function sampler(count, point) {
  return (n, seed) => {
    const u = uniform(foldIn(key(seed), 1), count * n);
    const e = normal(foldIn(key(seed), 2), 2 * n);
    const data = new Float32Array(2 * n);
    for (let i = 0; i < n; i++) {
      const [x, y] = point(u.subarray(count * i, count * (i + 1)), e[2 * i], e[2 * i + 1]);
      data[2 * i] = x;
      data[2 * i + 1] = y;
    }
    return data;
  };
}

/** ln Σ e^{v} */
function logSumExp(values) {
  const top = Math.max(...values);
  return top + Math.log(values.reduce((total, v) => total + Math.exp(v - top), 0));
}

const logNormal2 = (dx, dy, deviation) =>
  -(dx * dx + dy * dy) / (2 * deviation * deviation) - LOG_TWO_PI - 2 * Math.log(deviation);

/** e^{−x} I₀(x) for x ≥ 0, Abramowitz & Stegun 9.8.1 and 9.8.2, to 2e-7. */
function scaledBessel(x) {
  if (x < 3.75) {
    const t = (x / 3.75) ** 2;
    const c = [1, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813];
    return Math.exp(-x) * c.reduceRight((total, a) => total * t + a, 0);
  }
  const t = 3.75 / x;
  const c = [
    0.39894228, 0.01328592, 0.00225319, -0.00157565, 0.00916281, -0.02057706, 0.02635537, -0.01647633, 0.00392377,
  ];
  return c.reduceRight((total, a) => total * t + a, 0) / Math.sqrt(x);
}

/** Circles of given radii about 0, chosen with equal chances, with normal noise. */
function rings(radii, deviation) {
  const variance = deviation * deviation;
  return {
    sample: sampler(2, ([choice, turn], ex, ey) => {
      const radius = radii[Math.floor(choice * radii.length)];
      const angle = 2 * Math.PI * turn;
      return [radius * Math.cos(angle) + deviation * ex, radius * Math.sin(angle) + deviation * ey];
    }),
    logDensity(x, y) {
      const r = Math.hypot(x, y);
      const parts = radii.map(
        (radius) => -((r - radius) ** 2) / (2 * variance) + Math.log(scaledBessel((r * radius) / variance)),
      );
      return logSumExp(parts) - Math.log(radii.length) - LOG_TWO_PI - Math.log(variance);
    },
  };
}

/** √2 to the digits that the targets are defined with. */
const ROOT_TWO = 1414 / 1000;
const EIGHTH_DEVIATION = 0.5 / ROOT_TWO;
const eightCentres = Array.from({ length: 8 }, (_, i) => [
  (4 / ROOT_TWO) * Math.cos((Math.PI * i) / 4),
  (4 / ROOT_TWO) * Math.sin((Math.PI * i) / 4),
]);

const moonPoint = (upper, t) =>
  upper ? [2 * Math.cos(t) - 1, 2 * Math.sin(t) - 0.2] : [1 - 2 * Math.cos(t), 0.8 - 2 * Math.sin(t)];
const MOON_NODES = 400;
const moonNodes = [true, false].flatMap((upper) =>
  Array.from({ length: MOON_NODES }, (_, i) => moonPoint(upper, (Math.PI * (i + 0.5)) / MOON_NODES)),
);

const TURN = 3 * Math.PI;
const spiralPoint = (t) => [(-Math.cos(t) * t) / 3, (Math.sin(t) * t) / 3];
const SPIRAL_NODES = 900;
/** Midpoints of t with their chances, which grow with t. */
const spiralNodes = Array.from({ length: SPIRAL_NODES }, (_, i) => {
  const t = (TURN * (i + 0.5)) / SPIRAL_NODES;
  return [...spiralPoint(t), (2 * t) / (TURN * SPIRAL_NODES)];
});
/** The noise's deviation times √2. */
const SPREAD = 0.1 * Math.SQRT2;
/** The density of a uniform on [0, 1/6] with normal noise of deviation .1, tabulated: spirals ask for it a million times. */
const jitter = Float64Array.from({ length: 12_001 }, (_, i) => {
  const x = (i - 6000) / 6000;
  return 3 * (errorFunction(x / SPREAD) - errorFunction((x - 1 / 6) / SPREAD));
});
function jitterDensity(x) {
  const at = 6000 * x + 6000;
  if (at <= 0 || at >= 12_000) return 0;
  const i = Math.floor(at);
  return jitter[i] + (at - i) * (jitter[i + 1] - jitter[i]);
}

/** Targets by name; `entropy` is the least mean negative log-likelihood that any model can have. */
export const targets = {
  "8gaussians": {
    entropy: 2.832,
    box: 6,
    sample: sampler(1, ([choice], ex, ey) => {
      const [x, y] = eightCentres[Math.floor(8 * choice)];
      return [x + EIGHTH_DEVIATION * ex, y + EIGHTH_DEVIATION * ey];
    }),
    logDensity: (x, y) =>
      logSumExp(eightCentres.map(([a, b]) => logNormal2(x - a, y - b, EIGHTH_DEVIATION))) - Math.log(8),
  },
  moons: {
    entropy: 2.394,
    box: 5,
    sample: sampler(2, ([choice, t], ex, ey) => {
      const [x, y] = moonPoint(choice < 0.5, Math.PI * t);
      return [x + 0.2 * ex, y + 0.2 * ey];
    }),
    logDensity(x, y) {
      let total = 0;
      for (const [a, b] of moonNodes) total += Math.exp(-((x - a) ** 2 + (y - b) ** 2) / 0.08);
      return Math.log(total / moonNodes.length) - LOG_TWO_PI - Math.log(0.04);
    },
  },
  circles: { entropy: 3.268, box: 5, ...rings([3, 1.5], 0.24) },
  rings: { entropy: 2.623, box: 4, ...rings([3, 2.25, 1.5, 0.75], 0.08) },
  "2spirals": {
    entropy: 2.644,
    box: 5,
    sample: sampler(4, ([choice, u, a, b], ex, ey) => {
      const [x, y] = spiralPoint(TURN * Math.sqrt(u));
      const side = choice < 0.5 ? 1 : -1;
      return [side * (x + a / 6) + 0.1 * ex, side * (y + b / 6) + 0.1 * ey];
    }),
    logDensity(x, y) {
      let total = 0;
      for (const side of [1, -1])
        for (const [a, b, chance] of spiralNodes) {
          const dx = side * x - a;
          if (dx > -0.8 && dx < 0.97) {
            const dy = side * y - b;
            if (dy > -0.8 && dy < 0.97) total += chance * jitterDensity(dx) * jitterDensity(dy);
          }
        }
      return Math.log(total / 2);
    },
  },
  checkerboard: {
    entropy: Math.log(32),
    box: 6,
    sample: sampler(3, ([u, v, row]) => {
      const x = 4 * u - 2;
      const y = v - 2 * Math.floor(2 * row) + (Math.floor(x) & 1);
      return [2 * x, 2 * y];
    }),
    logDensity: () => -Math.log(32),
  },
};
