/**
 * A natural logarithm of + − × ÷ alone.
 *
 * ECMAScript leaves the last bits of Math.log to the engine; seeds must give the same numbers in all of them.
 *
 * @module
 */

const words = new DataView(new ArrayBuffer(8));
/** ln 2 in two parts, the first with trailing zeros so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * ln x for finite x > 0, within 2 units of the last place: x = 2ᵉ m with m in [√½, √2), ln m = 2 artanh((m − 1)/(m + 1)).
 */
export function exactLog(x: number): number {
  words.setFloat64(0, x);
  const high = words.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  words.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let m = words.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  // Σ z^k / (2k + 1); z ≤ 0.0295, so 14 terms reach 1e-23.
  let series = 0;
  for (let k = 14; k >= 1; k--) series = z * (series + 1 / (2 * k + 1));
  return exponent * LN2_HIGH + (2 * s + (2 * s * series + exponent * LN2_LOW));
}
