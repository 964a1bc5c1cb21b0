import { mlp } from "../network/mlp.ts";
import { behaves, hasSecondDerivative, normalises } from "../testing/harness.ts";
import { ffjord } from "./ffjord.ts";

const field = (features: number, context?: number) =>
  mlp({ in: features + 1, out: features, context, hidden: [6], activation: "tanh" });

const exact = { tolerance: 1e-11 };
behaves("ffjord", ffjord({ features: 2, field: field(2), ...exact }), { tolerance: 1e-8, extreme: 2 });
behaves("ffjord of one feature with a context", ffjord({ features: 1, field: field(1, 2), ...exact }), {
  tolerance: 1e-8,
  extreme: 2,
});
behaves("ffjord by rk4", ffjord({ features: 3, field: field(3), solver: "rk4", steps: 60 }), {
  tolerance: 1e-6,
  extreme: 2,
});
behaves(
  "ffjord by rk4 with the adjoint",
  ffjord({ features: 2, field: field(2), solver: "rk4", steps: 250, adjoint: true }),
  { tolerance: 1e-8, extreme: 2 },
);
normalises("ffjord", ffjord({ features: 2, field: field(2), tolerance: 1e-7 }), { points: 60, box: 9 });
hasSecondDerivative(
  "ffjord by rk4",
  ffjord({ features: 2, field: field(2), solver: "rk4", steps: 5 }),
  [0.3, -0.4, 1, 2],
);
