/**
 * The one size that a model may leave open, usually the batch.
 *
 * Rules compute with numbers. An open size stands among them as a number that no other size comes near, so that what is
 * made of it by adding and multiplying can be told from it: 40 N + 1 is 40 · OPEN + 1. Where integers are written into the
 * model such a number becomes operators that compute it from the size at hand.
 *
 * @module
 */
import { BackendError } from "@normflow/core";

/** Stands for the open size. A prime, so that no product of fixed sizes is a multiple of it by chance. */
export const OPEN = 1_000_000_007;

/** times · size + plus. */
export interface Affine {
  readonly times: number;
  readonly plus: number;
}

/** Whether a number is made of the open size. */
export const isDynamic = (value: number): boolean => Math.abs(value) >= OPEN / 2;

/** A number as a multiple of the open size and a rest. @throws {BackendError} `open-size` where it is made otherwise */
export function affine(value: number): Affine {
  const times = Math.round(value / OPEN);
  const plus = value - times * OPEN;
  if (Math.abs(times) > 1_000_000 || !Number.isSafeInteger(value))
    throw new BackendError("open-size", "onnx: the graph has sizes that are no multiple of the open one.", {
      hint: "Fix the batch size: pass a number for it.",
    });
  return { times, plus };
}

/** A size as ONNX names an axis: `N`, `40*N`. */
export function axisName(value: number, symbol: string): string {
  const { times, plus } = affine(value);
  return `${times === 1 ? "" : `${times}*`}${symbol}${plus === 0 ? "" : `+${plus}`}`;
}
