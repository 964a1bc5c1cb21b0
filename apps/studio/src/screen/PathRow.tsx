/**
 * The path from A to B: every point a small roll to hear, to drag and to keep.
 *
 * @module
 */
import { PATH_POINTS } from "../piece/piece.ts";
import { pictureRange } from "../roll/MiniRoll.tsx";
import { mix } from "./colour.ts";
import { usePiece, useStudio, useStudioState } from "./context.ts";
import { IconButton, Segments } from "./controls.tsx";
import styles from "./PathRow.module.css";
import { PlayButton } from "./PlayButton.tsx";
import { Tile } from "./Tile.tsx";

const presets = [
  ["musical", "Musical", "Every melody of the path as likely as a real one"],
  ["smooth", "Smooth", "As little change as can be from one melody to the next"],
] as const;

export function PathRow() {
  const studio = useStudio();
  const { points, preset } = usePiece((p) => p.path);
  const path = useStudioState((s) => s.path);
  const playing = useStudioState((s) => s.playing);
  const set = (change: { points?: number; preset?: "musical" | "smooth" }): void =>
    studio.settings({ path: { points, preset, ...change } });
  const [low, high] = path ? pictureRange(path.notes.flat()) : [0, 0];
  return (
    <section className={styles["row"]} aria-label="Path from A to B">
      <div className={styles["head"]}>
        <h2>
          <b className={styles["a"]}>A</b> to <b className={styles["b"]}>B</b>
        </h2>
        <PlayButton source={{ kind: "path" }} label="the whole path">
          Path
        </PlayButton>
        <Segments label="How the path moves" value={preset} options={presets} onChange={(p) => set({ preset: p })} />
        <fieldset className={styles["points"]} aria-label="Points of the path">
          <IconButton
            icon="minus"
            label="Fewer points"
            disabled={points <= PATH_POINTS.least}
            onClick={() => set({ points: points - 1 })}
          />
          <output aria-live="polite">{points} points</output>
          <IconButton
            icon="plus"
            label="More points"
            disabled={points >= PATH_POINTS.most}
            onClick={() => set({ points: points + 1 })}
          />
        </fieldset>
        <p className={styles["hint"]}>Press one to hear it; drag it onto A or B to go on from there.</p>
      </div>
      {path ? (
        <ol className={styles["points-list"]} aria-label="Melodies from A to B">
          {path.notes.map((notes, index) => {
            const t = index / (path.notes.length - 1);
            const end = index === 0 ? "A" : t === 1 ? "B" : undefined;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a point is its place on the path
              <li key={index}>
                <Tile
                  source={{ kind: "point", index }}
                  notes={notes}
                  tone={mix(t)}
                  low={low}
                  high={high}
                  label={`Point ${index + 1} of ${path.notes.length}${end ? `, which is ${end}` : ""}, ${Math.round(path.bits[index]!)} bits`}
                  caption={end ?? String(index + 1)}
                  sounding={playing?.source.kind === "path" && playing.part === index ? index : undefined}
                />
              </li>
            );
          })}
        </ol>
      ) : (
        <p className={styles["none"]}>The path appears when both melodies have notes.</p>
      )}
    </section>
  );
}
