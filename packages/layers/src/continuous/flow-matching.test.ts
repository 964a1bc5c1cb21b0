import { chain, fit, flow, key, normal, reference, standardNormal } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { rescale } from "../elementwise/rescale.ts";
import { mlp } from "../network/mlp.ts";
import { maf } from "../recipe/maf.ts";
import { ffjordLayer } from "./ffjord.ts";
import { flowMatching } from "./flow-matching.ts";

const layer = ffjordLayer({ features: 1, field: mlp({ in: 2, out: 1, hidden: [12], activation: "silu" }) });
const base = standardNormal({ event: [1] });
const x = Array.from(normal(key(3), 600), (v) => [10 + 0.6 * v + 1.5]);

describe("flowMatching", () => {
  test("trains a field whose flow has the density of the data, through what lies behind it", async () => {
    const model = await fit(
      flow({ base, bijector: chain([layer, rescale({ shift: [10], scale: [1] })]) }),
      { x },
      {
        backend: reference(),
        steps: 250,
        batch: 64,
        learningRate: 2e-2,
        average: 0.97,
        validation: 0,
        loss: flowMatching(),
      },
    );
    const { data } = await model.logProb(x.slice(0, 100));
    const nats = -Array.from(data).reduce((a, b) => a + b) / data.length;
    const mean = x.slice(0, 100).reduce((a, [v]) => a + v!, 0) / 100;
    const own = x.slice(0, 100).reduce((a, [v]) => a + ((v! - 11.5) / 0.6) ** 2 / 2, 0) / 100;
    // What the true density gives to the same events.
    const due = own + Math.log(0.6) + 0.5 * Math.log(2 * Math.PI);
    expect(mean).toBeGreaterThan(11);
    expect(nats - due).toBeLessThan(0.05);
    expect(nats - due).toBeGreaterThan(-0.05);
    await model.dispose();
  });

  test("starts at the spread of the lines, where the field is 0", async () => {
    let first = Number.NaN;
    const model = await fit(
      flow({ base, bijector: layer }),
      { x: Array.from(normal(key(3), 4000), (v) => [3 * v]) },
      {
        backend: reference(),
        steps: 1,
        batch: 4000,
        validation: 0,
        loss: flowMatching(),
        onProgress: ({ loss }) => void (first = loss),
      },
    );
    // E |x − z|² = 9 + 1.
    expect(Math.abs(first - 10)).toBeLessThan(1);
    await model.dispose();
  });

  test("wants one continuous layer", async () => {
    const options = { backend: reference(), steps: 1, validation: 0, loss: flowMatching() };
    await expect(fit(maf({ features: 1, layers: 1 }), { x }, options)).rejects.toThrow(
      "there is no ffjord layer in chain (autoregressive, act-norm)",
    );
    await expect(fit(flow({ base, bijector: chain([layer, layer]) }), { x }, options)).rejects.toThrow(
      "there is more than one ffjord layer in chain",
    );
  });
});
