/**
 * Transformations that differ from feature to feature.
 *
 * @module
 */
import {
  constant,
  definePart,
  equal,
  mul,
  OptionError,
  oneHot,
  part,
  select,
  slice,
  sum,
  type Tensor,
  type Transformation,
  z,
} from "@normflow/core";

/** Options of `byFeature`. */
export interface ByFeatureOptions {
  transformations: Transformation[];
  /** For each feature of the event, in the layer's order, which of the transformations maps it. */
  of: number[];
}

/**
 * Maps each feature by one of several transformations, as angles among lengths want.
 *
 * θ has as many entries as the largest of them takes; the others read the first of theirs. All are computed for all
 * features and the right one selected, so that a batch stays one tensor.
 *
 * @throws {OptionError} `by-feature` where `of` names a transformation that there is not, or domains differ
 * @example byFeature({ transformations: [affine(), rationalQuadratic({ tails: "circular", bound: Math.PI })], of: [0, 1] })
 */
export const byFeature = definePart<ByFeatureOptions, Transformation>({
  kind: "by-feature",
  options: z.object({
    transformations: z
      .array(part<Transformation>("transformation"))
      .check(z.refine((list: Transformation[]) => list.length > 0, "expected one transformation or more")),
    of: z.array(z.int().check(z.gte(0))),
  }),
  build: ({ transformations, of }) => {
    const [first] = transformations as [Transformation, ...Transformation[]];
    if (of.some((t) => t >= transformations.length))
      throw new OptionError(
        "by-feature",
        `by-feature: of [${of}] must name some of ${transformations.length} transformations.`,
        {
          hint: `Count them from 0 to ${transformations.length - 1}.`,
        },
      );
    const other = transformations.find((t) => t.domain !== first.domain || t.codomain !== first.codomain);
    if (other)
      throw new OptionError(
        "by-feature",
        `by-feature: ${first.kind} maps ${first.domain} to ${first.codomain} values, ${other.kind} maps ${other.domain} to ${other.codomain}.`,
        { hint: "Take transformations between the same domains." },
      );
    const map = (way: "forward" | "inverse") => (theta: Tensor, value: Tensor, feature?: Tensor) => {
      if (!feature)
        throw new OptionError("by-feature-index", "by-feature: the layer does not say which features it maps.", {
          hint: "A layer over transformations passes the index of each value's feature as their third argument.",
        });
      const results = transformations.map((t) => t[way](slice(theta, -1, 0, t.parameters), value, feature));
      const chosen = sum(mul(oneHot(feature, of.length), constant(of)), -1);
      return results.slice(1).reduce<readonly [Tensor, Tensor]>(([a, b], [x, logSlope], i) => {
        const hit = equal(chosen, i + 1);
        return [select(hit, x, a), select(hit, logSlope, b)];
      }, results[0]!);
    };
    const searching = transformations.find((t) => t.searches);
    return {
      role: "transformation",
      parameters: Math.max(...transformations.map((t) => t.parameters)),
      domain: first.domain,
      codomain: first.codomain,
      ...(searching?.searches && { searches: searching.searches }),
      forward: map("forward"),
      inverse: map("inverse"),
    };
  },
});
