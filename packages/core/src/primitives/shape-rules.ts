/**
 * What shape each primitive returns, and the sentence when its operands do not fit.
 *
 * @module
 */
import { ShapeError } from "../error.ts";
import {
  addSizes,
  broadcastShapes,
  type Dim,
  elements,
  type Shape,
  sameShape,
  sameSize,
  shapeText,
} from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Primitive, PrimitiveParams } from "./params.ts";

/** Shapes of the outputs from the parameters and the shapes of the inputs. */
export type ShapeRule<P extends Primitive> = (
  params: PrimitiveParams[P],
  shapes: readonly Shape[],
  inputs: readonly Tensor[],
) => readonly Shape[];

const refuse = (
  op: string,
  message: string,
  hint = "Reshape, transpose or slice an operand first, until they fit.",
): never => {
  throw new ShapeError("operand-shape", `${op}: ${message}`, { hint });
};

const same = (_: unknown, [a]: readonly Shape[]): readonly Shape[] => [a!];

const broadcasting =
  (op: string) =>
  (_: unknown, shapes: readonly Shape[]): readonly Shape[] => [
    shapes.reduce((a, b) =>
      broadcastShapes(a, b, () =>
        refuse(
          op,
          `shapes ${shapes.map(shapeText).join(" and ")} do not broadcast.`,
          "Axes must be equal or 1, counted from the last.",
        ),
      ),
    ),
  ];

/** An axis of a shape, checked. */
const checked = (op: string, shape: Shape, axis: number): Dim => {
  const dim = shape[axis];
  return dim === undefined ? refuse(op, `there is no axis ${axis} in ${shapeText(shape)}.`) : dim;
};

const along =
  (op: string) =>
  (p: { readonly axis: number }, [a]: readonly Shape[]): readonly Shape[] => {
    checked(op, a!, p.axis);
    return [a!];
  };

const reduced =
  (op: string) =>
  (p: PrimitiveParams["reduceSum"], [a]: readonly Shape[]): readonly Shape[] => {
    for (const axis of p.axes) checked(op, a!, axis);
    return [p.keepDims ? a!.map((d, i) => (p.axes.includes(i) ? 1 : d)) : a!.filter((_, i) => !p.axes.includes(i))];
  };

const withAxis = (shape: Shape, axis: number, dim: Dim): Shape => shape.map((d, i) => (i === axis ? dim : d));

const agreesBut = (a: Shape, b: Shape, axis: number): boolean =>
  a.length === b.length && a.every((d, i) => i === axis || sameSize(d, b[i]!));

const requireScalar = (op: string, shape: Shape): void => {
  if (shape.length > 0) refuse(op, `the start must be a scalar, not ${shapeText(shape)}.`);
};

export const shapeRules: { readonly [P in Primitive]: ShapeRule<P> } = {
  constant: ({ data, shape }) => {
    const count = shape.reduce((a, b) => a * b, 1);
    if (count !== data.length) refuse("constant", `${data.length} values do not fill ${shapeText(shape)}.`);
    return [shape];
  },
  iota: ({ size }) => [[size]],
  size: () => [[]],
  input: ({ shape }) => [shape],

  neg: same,
  abs: same,
  sign: same,
  floor: same,
  exp: same,
  expm1: same,
  log: same,
  log1p: same,
  sqrt: same,
  sin: same,
  cos: same,
  tanh: same,
  sigmoid: same,
  relu: same,
  erf: same,
  stopGradient: same,

  add: broadcasting("add"),
  sub: broadcasting("sub"),
  mul: broadcasting("mul"),
  div: broadcasting("div"),
  max: broadcasting("max"),
  min: broadcasting("min"),
  greater: broadcasting("greater"),
  greaterEqual: broadcasting("greaterEqual"),
  equal: broadcasting("equal"),
  select: broadcasting("select"),

  matmul: ({ transposeA, transposeB }, [a, b]) => {
    if (a!.length < 2 || b!.length < 2)
      refuse(
        "matmul",
        `operands need two axes at least, not ${shapeText(a!)} and ${shapeText(b!)}.`,
        "Add an axis with expandDims.",
      );
    const [m, k] = transposeA ? [a!.at(-1)!, a!.at(-2)!] : [a!.at(-2)!, a!.at(-1)!];
    const [l, n] = transposeB ? [b!.at(-1)!, b!.at(-2)!] : [b!.at(-2)!, b!.at(-1)!];
    if (!sameSize(k, l))
      refuse(
        "matmul",
        `inner sizes ${k} and ${l} differ (${shapeText(a!)}${transposeA ? "ᵀ" : ""} × ${shapeText(b!)}${transposeB ? "ᵀ" : ""}).`,
      );
    const batch = broadcastShapes(a!.slice(0, -2), b!.slice(0, -2), () =>
      refuse("matmul", `batch axes of ${shapeText(a!)} and ${shapeText(b!)} do not broadcast.`),
    );
    return [[...batch, m, n]];
  },
  conv2d: ({ padding: [top, bottom, left, right], dilation: [dh, dw] }, [x, kernel]) => {
    if (x!.length !== 4 || kernel!.length !== 4)
      refuse("conv2d", `wants x [N, C, H, W] and kernel [O, C, h, w], not ${shapeText(x!)} and ${shapeText(kernel!)}.`);
    if (!sameSize(x![1]!, kernel![1]!)) refuse("conv2d", `x has ${x![1]} channels and the kernel ${kernel![1]}.`);
    const span = (size: Dim, pad: number, k: Dim, d: number): Dim =>
      addSizes(
        size,
        pad,
        typeof k === "number" ? -d * (k - 1) : refuse("conv2d", "the kernel's size must be a number."),
      );
    return [
      [x![0]!, kernel![0]!, span(x![2]!, top + bottom, kernel![2]!, dh), span(x![3]!, left + right, kernel![3]!, dw)],
    ];
  },
  triangularSolve: (_, [t, b]) => {
    if (
      t!.length !== 2 ||
      typeof t![0] !== "number" ||
      t![0] !== t![1] ||
      b!.length < 2 ||
      !sameSize(t![0], b!.at(-2)!)
    )
      refuse("triangularSolve", `wants T [n, n] and b […, n, k], not ${shapeText(t!)} and ${shapeText(b!)}.`);
    return [b!];
  },

  reduceSum: reduced("reduceSum"),
  reduceMax: reduced("reduceMax"),
  softmax: along("softmax"),
  cumsum: along("cumsum"),
  argsort: along("argsort"),

  reshape: ({ shape }, [a]) => {
    if (!sameSize(elements(shape), elements(a!)))
      refuse("reshape", `${shapeText(a!)} does not have the elements of ${shapeText(shape)}.`);
    return [shape];
  },
  transpose: ({ perm }, [a]) => {
    if (perm.length !== a!.length || [...perm].sort((x, y) => x - y).some((p, i) => p !== i))
      refuse("transpose", `[${perm}] is no permutation of the axes of ${shapeText(a!)}.`);
    return [perm.map((p) => a![p]!)];
  },
  broadcast: ({ shape }, [a]) => {
    const result = broadcastShapes(a!, shape, () =>
      refuse("broadcast", `${shapeText(a!)} does not broadcast to ${shapeText(shape)}.`),
    );
    if (!sameShape(result, shape)) refuse("broadcast", `${shapeText(a!)} does not broadcast to ${shapeText(shape)}.`);
    return [shape];
  },
  slice: ({ axis, start, size }, [a]) => {
    const dim = checked("slice", a!, axis);
    if (start < 0 || (typeof dim === "number" && typeof size === "number" && start + size > dim))
      refuse("slice", `entries ${start} to ${addSizes(start, size)} are outside axis ${axis} of ${shapeText(a!)}.`);
    return [withAxis(a!, axis, size)];
  },
  pad: ({ axis, low, high }, [a]) => [withAxis(a!, axis, addSizes(low, checked("pad", a!, axis), high))],
  concat: ({ axis }, shapes) => {
    const [first] = shapes;
    if (!first) return refuse("concat", "there is nothing to join.");
    checked("concat", first, axis);
    for (const s of shapes)
      if (!agreesBut(first, s, axis))
        refuse("concat", `${shapes.map(shapeText).join(", ")} differ outside axis ${axis}.`);
    return [withAxis(first, axis, addSizes(...shapes.map((s) => s[axis]!)))];
  },
  reverse: ({ axes }, [a]) => {
    for (const axis of axes) checked("reverse", a!, axis);
    return [a!];
  },

  dynamicSlice: ({ axis, size }, [a, start]) => {
    requireScalar("dynamicSlice", start!);
    const dim = checked("dynamicSlice", a!, axis);
    if (typeof dim === "number" && size > dim)
      refuse("dynamicSlice", `${size} entries do not fit axis ${axis} of ${shapeText(a!)}.`);
    return [withAxis(a!, axis, size)];
  },
  dynamicUpdateSlice: ({ axis }, [a, update, start]) => {
    requireScalar("dynamicUpdateSlice", start!);
    checked("dynamicUpdateSlice", a!, axis);
    if (!agreesBut(a!, update!, axis) || typeof update![axis] !== "number")
      refuse("dynamicUpdateSlice", `an update ${shapeText(update!)} does not fit ${shapeText(a!)} along axis ${axis}.`);
    return [a!];
  },
  gather: ({ axis }, [a, index]) => {
    checked("gather", a!, axis);
    if (!agreesBut(a!, index!, axis))
      refuse("gather", `an index ${shapeText(index!)} does not fit ${shapeText(a!)} along axis ${axis}.`);
    return [index!];
  },
  scatterAdd: ({ axis }, [a, index, update]) => {
    checked("scatterAdd", a!, axis);
    if (!agreesBut(a!, index!, axis) || !sameShape(index!, update!))
      refuse(
        "scatterAdd",
        `index ${shapeText(index!)} and update ${shapeText(update!)} do not fit ${shapeText(a!)} along axis ${axis}.`,
      );
    return [a!];
  },

  scan: ({ body, constants, carry, length }, shapes) => {
    const carried = shapes.slice(constants, constants + carry);
    carried.forEach((s, i) => {
      if (!sameShape(s, body.outputs[i]!.shape))
        refuse(
          "scan",
          `carry ${i} enters as ${shapeText(s)} and leaves as ${shapeText(body.outputs[i]!.shape)}.`,
          "A step must return its carry in the shape it took.",
        );
    });
    for (const s of shapes.slice(constants + carry))
      if (!sameSize(s[0] ?? 0, length))
        refuse("scan", `a sequence of shape ${shapeText(s)} does not have ${length} steps.`);
    return [...carried, ...body.outputs.slice(carry).map((t) => [length, ...t.shape])];
  },
  loop: ({ condition, body, constants }, shapes) => {
    const carried = shapes.slice(constants);
    carried.forEach((s, i) => {
      if (!sameShape(s, body.outputs[i]!.shape))
        refuse("loop", `carry ${i} enters as ${shapeText(s)} and leaves as ${shapeText(body.outputs[i]!.shape)}.`);
    });
    if (condition.outputs[0]!.shape.length > 0) refuse("loop", "the condition must be a scalar.");
    return carried;
  },
  customVjp: ({ body }) => body.outputs.map((t) => t.shape),
};
