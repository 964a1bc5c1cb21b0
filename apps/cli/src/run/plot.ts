/**
 * The loss plot of a run, as SVG.
 *
 * @module
 */

/** A curve: points (x, y) and its name. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const [WIDTH, HEIGHT] = [720, 400];
const MARGIN = { left: 64, right: 24, top: 40, bottom: 44 };
const COLOURS = ["#d9642c", "#2c7fb8", "#4a9c5d"];

/** About `count` round numbers from low to high. */
export function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough)!;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Draws curves over a common pair of axes. */
export function plot(title: string, xLabel: string, yLabel: string, curves: readonly Curve[]): string {
  const finite = curves.flatMap((c) => c.points).filter(([, y]) => Number.isFinite(y));
  const points = finite.length > 0 ? finite : ([[0, 0]] as const);
  const [x0, x1] = [Math.min(...points.map((p) => p[0])), Math.max(...points.map((p) => p[0]))];
  const sorted = points.map((p) => p[1]).sort((a, b) => a - b);
  // The first losses of a run may be far above the rest: the axis ends at the 98th percentile.
  const [y0, y1] = [sorted[0] ?? 0, sorted[Math.floor(0.98 * (sorted.length - 1))] ?? 1];
  const x = (v: number): number => MARGIN.left + ((v - x0) / (x1 - x0 || 1)) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (v: number): number =>
    HEIGHT - MARGIN.bottom - ((Math.min(v, y1) - y0) / (y1 - y0 || 1)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const fixed = (v: number): string => v.toFixed(1);
  const grid = ticks(y0, y1, 6).map(
    (v) =>
      `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${fixed(y(v))}" y2="${fixed(y(v))}"/><text x="${MARGIN.left - 8}" y="${fixed(y(v) + 4)}" text-anchor="end">${v}</text>`,
  );
  const across = ticks(x0, x1, 8).map(
    (v) => `<text x="${fixed(x(v))}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${v}</text>`,
  );
  const lines = curves.map(
    ({ points: own }, i) =>
      `<polyline fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="2" points="${own
        .filter(([, v]) => Number.isFinite(v))
        .map(([a, b]) => `${fixed(x(a))},${fixed(y(b))}`)
        .join(" ")}"/>`,
  );
  const legend = curves.map(
    ({ name }, i) =>
      `<text x="${WIDTH - MARGIN.right - 8}" y="${MARGIN.top + 16 + 18 * i}" text-anchor="end" style="fill:${COLOURS[i % COLOURS.length]}">${escaped(name)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">
<style>svg{background:#fff}text{fill:#333}.grid{stroke:#ddd}@media(prefers-color-scheme:dark){svg{background:#181818}text{fill:#ddd}.grid{stroke:#333}}</style>
<text x="${MARGIN.left}" y="24" font-size="15" font-weight="600">${escaped(title)}</text>
${[...grid, ...across, ...lines, ...legend].join("\n")}
<text x="${WIDTH / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(xLabel)}</text>
<text x="16" y="${HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 16 ${HEIGHT / 2})">${escaped(yLabel)}</text>
</svg>
`;
}
