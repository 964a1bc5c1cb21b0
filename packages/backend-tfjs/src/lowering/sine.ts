/**
 * Sine and cosine of products and sums, for devices whose own are rough: graphics drivers may err by 2⁻¹¹.
 *
 * @module
 */
import type { Handle, TensorFlow } from "../tensorflow.ts";

/** π in three parts whose products with whole numbers up to 2¹² are exact, or nearly. */
const PI = [3.140625, 0.0009675025939941406, 1.509957990978376e-7] as const;
/** Taylor's coefficients of sin r / r in r², enough for |r| ≤ π/2. */
const SERIES = [-1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1] as const;

/** sin x = (−1)ᵏ sin(x − kπ), cos x = −(−1)ᵏ sin(x − (k + ½)π); k brings the rest into [−π/2, π/2]. */
export function writtenOut(tf: TensorFlow, x: Handle, wave: "sin" | "cos"): Handle {
  return tf.tidy(() => {
    const shift = wave === "sin" ? 0.5 : 0;
    const turns = tf.floor(tf.add(tf.mul(x, 1 / Math.PI), shift));
    const centre = wave === "sin" ? turns : tf.add(turns, 0.5);
    const rest = PI.reduce<Handle>((r, part) => tf.sub(r, tf.mul(centre, part)), x);
    const square = tf.mul(rest, rest);
    const series = SERIES.reduce<Handle | undefined>(
      (sum, c) => (sum === undefined ? tf.mul(tf.onesLike(square), c) : tf.add(tf.mul(sum, square), c)),
      undefined,
    )!;
    const odd = tf.sub(turns, tf.mul(tf.floor(tf.mul(turns, 0.5)), 2));
    const sign = wave === "sin" ? tf.sub(1, tf.mul(odd, 2)) : tf.sub(tf.mul(odd, 2), 1);
    return tf.mul(tf.mul(rest, series), sign);
  });
}
