/**
 * Matrix products: which operator computes one, and what of its surroundings it takes up.
 *
 * @module
 */
import { MICROSOFT } from "../model/proto.ts";
import type { Scope } from "./scope.ts";
import { count, lean, sameDims, type Value } from "./value.ts";

/** alpha · A · B, either one transposed in its last two axes. */
export interface Product {
  readonly a: Value;
  readonly b: Value;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly alpha: number;
  /** The shape of the result. */
  readonly shape: readonly number[];
}

/** Whether all of A's leading axes can be one: B is a matrix, and A is not transposed. */
const isFlat = ({ a, b, transposeA }: Product): boolean =>
  b.shape.length === 2 && (a.shape.length === 2 || (a.shape.length > 2 && !transposeA));

const reshaped = (scope: Scope, name: string, shape: readonly number[]): string =>
  scope.apply("Reshape", [name, scope.ints(shape)], shape.includes(0) ? { allowzero: { int: 1 } } : {});

/** The shape in which a bias can be added within the product, or `undefined`. */
function biasShape(product: Product, bias: Value): readonly number[] | undefined {
  if (!isFlat(product)) return undefined;
  const n = product.shape.at(-1)!;
  const { shape } = lean(bias);
  if (sameDims(shape, product.shape)) return [count(shape.slice(0, -1)), n];
  if (shape.slice(0, -1).every((d) => d === 1) && (shape.at(-1) === n || shape.at(-1) === 1)) return [shape.at(-1)!];
  return undefined;
}

/** Whether a sum of the product and a value can be one operator. */
export const takesBias = (product: Product, bias: Value): boolean => biasShape(product, bias) !== undefined;

/** Writes the product, and what is added to it. */
export function writeProduct(scope: Scope, product: Product, bias?: Value): string {
  const { a, b, transposeA, transposeB, alpha, shape } = product;
  const plain = alpha === 1 && !transposeA && !transposeB;
  const [x, y] = [scope.float(a), scope.float(b)];
  if (plain && !bias) return scope.apply("MatMul", [x, y]);
  if (isFlat(product)) {
    const flat = a.shape.length === 2;
    const left = flat ? x : reshaped(scope, x, [count(a.shape.slice(0, -1)), a.shape.at(-1)!]);
    const inputs = [left, y];
    if (bias) {
      const value = lean(bias);
      const wanted = biasShape(product, bias)!;
      inputs.push(sameDims(value.shape, wanted) ? scope.float(value) : reshaped(scope, scope.float(value), wanted));
    }
    const attributes = {
      ...(alpha === 1 ? {} : { alpha: { float: alpha } }),
      ...(transposeA ? { transA: { int: 1 } } : {}),
      ...(transposeB ? { transB: { int: 1 } } : {}),
    };
    const result = scope.apply("Gemm", inputs, attributes);
    return flat ? result : reshaped(scope, result, shape);
  }
  if (scope.provider !== "webgpu" && scope.provider !== "file")
    return scope.apply(
      "FusedMatMul",
      [x, y],
      {
        transA: { int: transposeA ? 1 : 0 },
        transB: { int: transposeB ? 1 : 0 },
        ...(alpha === 1 ? {} : { alpha: { float: alpha } }),
      },
      MICROSOFT,
    );
  const result = scope.apply("MatMul", [
    transposeA ? swapLastAxes(scope, x, a.shape.length) : x,
    transposeB ? swapLastAxes(scope, y, b.shape.length) : y,
  ]);
  return alpha === 1 ? result : scope.apply("Mul", [result, scope.number(alpha)]);
}

const swapLastAxes = (scope: Scope, name: string, rank: number): string =>
  scope.apply("Transpose", [name], { perm: { ints: [...Array(rank - 2).keys(), rank - 1, rank - 2] } });
