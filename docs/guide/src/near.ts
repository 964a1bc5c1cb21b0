import assert from "node:assert/strict";

/**
 * Claims that two numbers, or lists of them, lie within a tolerance of each other.
 *
 * @throws {assert.AssertionError} naming both where they do not
 */
export function near(
  actual: number | ArrayLike<number>,
  expected: number | ArrayLike<number>,
  tolerance: number,
): void {
  const [ours, theirs] = [actual, expected].map((v) => (typeof v === "number" ? [v] : Array.from(v)));
  assert.equal(ours!.length, theirs!.length);
  ours!.forEach((value, i) => {
    const message = `${value} is not within ${tolerance} of ${theirs![i]} (number ${i})`;
    assert.ok(Math.abs(value - theirs![i]!) <= tolerance, message);
  });
}
