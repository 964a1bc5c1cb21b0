/** Numbers of mixed bases. */
import { expect, test } from "vitest";
import { DigitReader, DigitWriter, MOST_BASE } from "./digits.ts";
import { dice, pick } from "./testing/random-piece.ts";

test("digits of any bases come back, in the bytes that their capacity needs", () => {
  const roll = dice(1);
  for (let i = 0; i < 500; i++) {
    const digits = Array.from({ length: roll(60) }, () => {
      const base = pick(roll, [1, 2, 37, 81, 256, 1 + roll(MOST_BASE), MOST_BASE]);
      return { base, digit: pick(roll, [0, base - 1, roll(base)]) };
    });
    const writer = new DigitWriter();
    for (const { digit, base } of digits) writer.put(digit, base);
    const bytes = writer.bytes();
    const most = digits.reduce((product, { base }) => product * BigInt(base), 1n) - 1n;
    expect(bytes.length).toBe(most === 0n ? 0 : Math.ceil(most.toString(16).length / 2));
    const value = digits.reduceRight((sum, { digit, base }) => sum * BigInt(base) + BigInt(digit), 0n);
    expect([...bytes].reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n)).toBe(value);
    const reader = new DigitReader(bytes);
    expect(digits.map(({ base }) => reader.take(base))).toEqual(digits.map(({ digit }) => digit));
    expect(() => reader.end()).not.toThrow();
  }
});

test("what is no digit, and bytes that are too many, are refused", () => {
  for (const digit of [-1, 3, 0.5, Number.NaN]) expect(() => new DigitWriter().put(digit, 3)).toThrow("0 to 2");
  const reader = new DigitReader(Uint8Array.of(1, 0));
  reader.take(256);
  expect(() => reader.end()).toThrow("fill");
});
