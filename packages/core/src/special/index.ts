export function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let t = a,
      s = a;
    for (let n = 1; n < 100; n++) {
      t *= (-a * a) / n;
      s += t / (2 * n + 1);
      if (Math.abs(t) < 1e-18) break;
    }
    return (Math.sign(x) * 2 * s) / Math.sqrt(Math.PI);
  }
  let f = 0;
  for (let n = 60; n > 0; n--) f = n / 2 / (a + f);
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * (a + f)));
}
