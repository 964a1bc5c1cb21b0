/**
 * Numbers from the command line, each checked where it is read.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";

/** A parser of whole numbers within bounds. */
export const whole =
  (low: number, high = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < low || value > high)
      throw new InvalidArgumentError(
        `It is a whole number from ${low}${high === Number.MAX_SAFE_INTEGER ? "" : ` to ${high}`}.`,
      );
    return value;
  };

/** A parser of numbers above a bound. */
export const above =
  (low: number, inclusive = false) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || value < low || (!inclusive && value === low))
      throw new InvalidArgumentError(`It is a number ${inclusive ? "from" : "above"} ${low}.`);
    return value;
  };
