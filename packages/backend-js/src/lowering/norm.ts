/**
 * Layer norms found by `fuseNorms`.
 *
 * @module
 */
import { normRow } from "../kernels/norm.ts";
import type { FusedNorm } from "../passes/fuse-norms.ts";
import type { Lowerer } from "../plan/lower.ts";
import { offsetTable } from "../plan/nest.ts";
import { isWhole, placeOf, type View } from "../plan/view.ts";

/** Adds the instruction of a layer norm; it may overwrite x, a row at a time. */
export function norm(
  { centre, scale, epsilon }: FusedNorm,
  [x, gain, offset]: readonly [View, View, View],
  l: Lowerer,
): View {
  const n = x.shape.at(-1)!;
  const alone = gain.storage !== x.storage && offset.storage !== x.storage;
  return l.emit(
    x.shape,
    [x, gain, offset],
    (out) => {
      const rows = offsetTable(x.shape.slice(0, -1), x.strides.slice(0, -1));
      const [o, a, g, f] = [out.storage.array, x.storage.array, gain.storage.array, offset.storage.array];
      const [p, q, pg, pf] = [placeOf(out), placeOf(x), placeOf(gain), placeOf(offset)];
      const [qs, gs, fs] = [x.strides.at(-1)!, gain.strides.at(-1)!, offset.strides.at(-1)!];
      return () => {
        for (let i = 0; i < rows.length; i++)
          normRow(n, o, p + i * n, a, q + rows[i]!, qs, centre, scale, epsilon, g, pg, gs, f, pf, fs);
      };
    },
    { mayTake: alone && isWhole(x) ? [x] : [] },
  );
}
