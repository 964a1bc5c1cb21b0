/**
 * Coupling layers over any scalar transformation.
 *
 * @module
 */
import {
  concat,
  constant,
  defineLayer,
  leading,
  type Network,
  OptionError,
  part,
  reshape,
  rootFinding,
  type Scope,
  ShapeError,
  shapeText,
  size,
  sum,
  type Tensor,
  type Transformation,
  z,
} from "@normflow/core";
import { columns } from "../layout/columns.ts";

const patterns = ["even", "odd", "first", "second"] as const;

/** Options of `coupling`. */
export interface CouplingOptions {
  features: number;
  /** The features that stay and say what happens to the others: indices, every other one, or a half. */
  kept: number[] | (typeof patterns)[number];
  transformation: Transformation;
  /** Maps the kept features (and the context) to the parameters of the others, feature by feature. */
  network: Network;
}

const isKept = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.every((i) => Number.isSafeInteger(i) && i >= 0)
    : (patterns as readonly unknown[]).includes(value);

/** Which features stay and which change, in ascending order. */
export function halves(features: number, kept: CouplingOptions["kept"]): readonly [kept: number[], changed: number[]] {
  const half = Math.ceil(features / 2);
  const stays = (i: number): boolean => {
    switch (kept) {
      case "even":
        return i % 2 === 0;
      case "odd":
        return i % 2 === 1;
      case "first":
        return i < half;
      case "second":
        return i >= half;
      default:
        return kept.includes(i);
    }
  };
  const all = Array.from({ length: features }, (_, i) => i);
  return [all.filter(stays), all.filter((i) => !stays(i))];
}

/** What layer i of a stack keeps: the first and the second half, then every other feature, so that each meets most others. */
export const keptInTurn = (features: number, i: number): (typeof patterns)[number] =>
  (["first", "second", "even", "odd"] as const)[features > 2 ? i % 4 : i % 2]!;

/** Counts only: a file may claim any number of features, and is believed once its arrays were seen to have it. */
function checkKept({ features, kept }: CouplingOptions): void {
  if (Array.isArray(kept) && (kept.some((i) => i >= features) || new Set(kept).size < kept.length))
    throw new OptionError("coupling-kept", `coupling: kept [${kept}] must name different features below ${features}.`, {
      hint: `Name some of 0 to ${features - 1}, each once, and leave one out at least.`,
    });
  const half = Math.ceil(features / 2);
  const stays = typeof kept !== "string" ? kept.length : kept === "even" || kept === "first" ? half : features - half;
  const changed = features - stays;
  if (stays === 0 || changed === 0)
    throw new OptionError(
      "coupling-kept",
      `coupling: of ${features} feature${features === 1 ? "" : "s"}, ${stays} stay and ${changed} change; there must be one of each.`,
      {
        hint:
          features === 1
            ? "With one feature take autoregressive with a masked MLP: it conditions on the context alone."
            : "Choose other features to keep.",
      },
    );
}

/** The parameters of the changed features, [..., changed, parameters]. */
function parametersFrom(
  stays: Tensor,
  changed: number,
  scope: Scope,
  { network, transformation }: CouplingOptions,
): Tensor {
  const batch = leading(stays.shape, 1);
  const context = network.context && scope.contextFor(batch, network.context.length);
  const theta = network.apply(scope.at("network"), stays, context);
  const due = changed * transformation.parameters;
  if (theta.shape.at(-1) !== due)
    throw new ShapeError(
      "coupling-network",
      `coupling: ${network.kind} returned ${shapeText(theta.shape)} where ${changed} features with ${transformation.parameters} parameters each (${transformation.kind}) want ${shapeText([...batch, due])}.`,
      { hint: `Give the network out: ${due}.` },
    );
  return reshape(theta, [...batch, changed, transformation.parameters]);
}

function apply(
  way: "forward" | "inverse",
  x: Tensor,
  scope: Scope,
  options: CouplingOptions,
): readonly [Tensor, Tensor] {
  const [kept, changed] = halves(options.features, options.kept);
  const stays = columns(x, kept);
  const theta = parametersFrom(stays, changed.length, scope, options);
  const [moved, logSlope] = options.transformation[way](theta, columns(x, changed), constant(changed));
  const order = [...kept, ...changed];
  const places = order.map((_, i) => order.indexOf(i));
  return [columns(concat([stays, moved], -1), places), sum(logSlope, -1)];
}

/**
 * Moves some features by what the others and the context say: kept features stay, the others go through
 * `xᵢ = t(zᵢ; θᵢ)`, θ = network(kept, context). Event `[features]`; either direction is one pass.
 *
 * @throws {OptionError} where no feature would stay or none would change, as with a single feature
 * @throws {ShapeError} where the network does not give the parameters of the changed features
 * @see Dinh, Sohl-Dickstein & Bengio 2017, Density Estimation Using Real NVP, eq. 4–8
 * @example coupling({ features: 2, kept: "first", transformation: affine(), network: mlp({ in: 1, out: 2 }) })
 */
export const coupling = defineLayer({
  kind: "coupling",
  options: z.object({
    features: size,
    kept: z.custom<CouplingOptions["kept"]>(isKept, `a list of features, or one of ${patterns.join(", ")}`),
    transformation: part<Transformation>("transformation"),
    network: part<Network>("network"),
  }),
  facts: (options: CouplingOptions) => {
    const { features, network, transformation } = options;
    checkKept(options);
    if (transformation.domain !== transformation.codomain)
      throw new ShapeError(
        "coupling-domain",
        `coupling: ${transformation.kind} maps ${transformation.domain} to ${transformation.codomain} values, so that kept and changed features would differ.`,
        { hint: "Take a transformation with one domain on both sides." },
      );
    return {
      event: [features],
      context: network.context,
      domain: transformation.domain,
      codomain: transformation.codomain,
      ...(transformation.searches && { [transformation.searches]: rootFinding }),
    };
  },
  params: ({ network }) => ({ network: network.params }),
  forward: (_, base, scope, options) => apply("forward", base, scope, options),
  inverse: (_, x, scope, options) => apply("inverse", x, scope, options),
});
