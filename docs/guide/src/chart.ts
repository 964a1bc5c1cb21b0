import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { writeImage } from "./images.ts";

/** A chart in the words of Vega-Lite: data, mark and encoding. */
export type Chart = Omit<TopLevelSpec, "$schema">;

/** Draws a chart into `images/NAME.svg`. */
export async function chart(name: string, spec: Chart): Promise<void> {
  const config = { background: "white", font: "sans-serif", aria: false, ...(spec.config ?? {}) };
  const { spec: compiled } = compile({ ...spec, config } as TopLevelSpec);
  const view = new vega.View(vega.parse(compiled), { renderer: "none" });
  writeImage(`${name}.svg`, `${await view.toSVG()}\n`);
  view.finalize();
}
