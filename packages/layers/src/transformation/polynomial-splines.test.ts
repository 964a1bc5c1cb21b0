import { layoutOf } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { array, mapValues } from "../testing/evaluate.ts";
import { behaves } from "../testing/harness.ts";
import { scalarLayer } from "../testing/scalar.ts";
import { cubicSpline } from "./cubic-spline.ts";
import { quadraticSpline } from "./quadratic-spline.ts";

behaves("quadratic spline", scalarLayer(quadraticSpline({ bins: 5 })));
behaves("quadratic spline of one bin", scalarLayer(quadraticSpline({ bins: 1 })));
behaves("cubic spline", scalarLayer(cubicSpline({ bins: 5 })), { tolerance: 1e-8 });
behaves("cubic spline of one bin", scalarLayer(cubicSpline({ bins: 1 })), { tolerance: 1e-8 });

describe("polynomial splines", () => {
  for (const made of [quadraticSpline(), cubicSpline()])
    test(`${made.kind} is the identity at θ = 0, and keeps the ends whatever θ is`, async () => {
      const layer = scalarLayer(made);
      const x = [0, 0.1, 0.25, 0.7, 1];
      const params = new Float64Array(layoutOf(layer.params).size);
      const { value, logDet } = await mapValues(layer, "forward", array(x, [5, 1]), { params });
      expect([...value!, ...logDet!]).toEqual([...x, 0, 0, 0, 0, 0].map((v) => expect.closeTo(v, 12)));
      const wild = params.map((_, i) => 9 * Math.sin(i));
      for (const way of ["forward", "inverse"] as const) {
        const ends = await mapValues(layer, way, array([0, 1], [2, 1]), { params: wild });
        expect([...ends.value!]).toEqual([0, 1].map((v) => expect.closeTo(v, 12)));
      }
    });
});
