/**
 * What the model draws with: seed, temperature, similarity, scale; and which model it is.
 *
 * @module
 */
import { useSyncExternalStore } from "react";
import { SEEDS, TEMPERATURE } from "../piece/piece.ts";
import { scaleNames, scales } from "../piece/scale.ts";
import { usePiece, useStudio, useStudioState } from "./context.ts";
import { Choice, IconButton, NumberField, Slider } from "./controls.tsx";
import styles from "./ModelStrip.module.css";

const scaleOptions = scaleNames.map((name) => [name, scales[name].name] as const);

/** Whether the screen is a narrow one, on which what is needed less often is folded away. */
function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = matchMedia(NARROW);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => matchMedia(NARROW).matches,
    () => false,
  );
}

const NARROW = "(width < 700px)";

const hundredths = (value: number): number => Math.round(value * 100) / 100;

/** The name of the model in use. */
function ModelName() {
  const studio = useStudio();
  const model = useStudioState((s) => s.model);
  if (model.kind === "loading") return <span className={styles["model"]}>The model is on its way…</span>;
  if (model.kind === "failed") return <span className={styles["model"]}>{model.message}</span>;
  return (
    <span className={styles["model"]}>
      {model.fileName ? (
        <>
          Model: {model.fileName}{" "}
          <button type="button" className={styles["back"]} onClick={() => void studio.files.backToShipped()}>
            back to the built-in one
          </button>
        </>
      ) : (
        <>Model: Irish dance tunes</>
      )}
    </span>
  );
}

export function ModelStrip() {
  const studio = useStudio();
  const { seed, temperature, similarity, scale } = usePiece((p) => p);
  const surprise = useStudioState((s) => s.preferences.surprise);
  const end = (): void => studio.endGesture();
  const narrow = useNarrow();
  const controls = (
    <section className={styles["strip"]} aria-label="How the model draws">
      <span className={styles["seed"]}>
        <NumberField
          label="Seed"
          hint="The number of a melody: the same number draws the same one again"
          wide
          value={seed}
          least={0}
          most={SEEDS - 1}
          onChange={(value) => studio.settings({ seed: value })}
        />
        <IconButton
          icon="dice"
          label="Another seed"
          onClick={() => studio.settings({ seed: studio.services.dice() })}
        />
      </span>
      <Slider
        label="Temperature"
        hint="How bold the model is: below 1 safer, above 1 wilder"
        value={temperature}
        {...TEMPERATURE}
        step={0.05}
        home={1}
        text={temperature.toFixed(2)}
        onChange={(value) => studio.settings({ temperature: hundredths(value) })}
        onCommit={end}
      />
      <Slider
        label="Similarity"
        hint="How near Vary stays; at 100 % it gives the original back"
        value={similarity}
        least={0}
        most={1}
        step={0.01}
        home={0.7}
        text={`${Math.round(similarity * 100)} %`}
        onChange={(value) => studio.settings({ similarity: hundredths(value) })}
        onCommit={end}
      />
      <Choice label="Scale" value={scale} options={scaleOptions} onChange={(value) => studio.chooseScale(value)} />
      <IconButton
        icon="heat"
        label="Show which notes surprise"
        keys="H"
        pressed={surprise}
        onClick={() => studio.prefer({ surprise: !surprise })}
      />
      <ModelName />
    </section>
  );
  if (!narrow) return controls;
  return (
    <details className={styles["fold"]}>
      <summary>
        Seed {seed}, temperature {temperature.toFixed(2)}, similarity {Math.round(similarity * 100)} %
      </summary>
      {controls}
    </details>
  );
}
