/**
 * Joins what gradients of slices leave behind: sums of padded parts of one axis.
 *
 * @module
 */
import { addSizes, concat, type Dim, type NodeOf, pad, type Rewrite, sameSize, type Tensor } from "@normflow/core";

const padded = (t: Tensor): NodeOf<"pad"> | undefined => (t.node.op === "pad" ? t.node : undefined);

const end = ({ params, inputs }: NodeOf<"pad">): Dim => addSizes(params.low, inputs[0]!.shape[params.axis]!);

const positive = (dim: Dim): boolean => typeof dim !== "number" || dim >= 0;

/** Adds two neighbouring parts of an axis of zeros as one longer part. */
export const joinPads: Rewrite = (node, inputs) => {
  if (node.op !== "add") return undefined;
  const [a, b] = inputs.map(padded);
  if (!a || !b || a.params.axis !== b.params.axis) return undefined;
  if (![a, b].every(({ params }) => positive(params.low) && positive(params.high))) return undefined;
  for (const [left, right] of [
    [a, b],
    [b, a],
  ] as const)
    if (sameSize(end(left), right.params.low)) {
      const { axis } = left.params;
      return [
        pad(
          concat(
            [left.inputs[0]!, right.inputs[0]!].flatMap((t) => parts(t, axis)),
            axis,
          ),
          axis,
          left.params.low,
          right.params.high,
        ),
      ];
    }
  return undefined;
};

/** What a tensor was joined of, along the same axis. */
const parts = (t: Tensor, axis: number): readonly Tensor[] =>
  t.node.op === "concat" && t.node.params.axis === axis ? t.node.inputs : [t];
