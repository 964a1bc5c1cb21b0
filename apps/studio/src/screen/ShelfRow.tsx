/**
 * The shelf: melodies that were drawn, varied, opened or kept, the favourites first when asked for.
 *
 * @module
 */
import { useMemo, useState } from "react";
import { useStudio, useStudioState } from "./context.ts";
import { IconButton, Segments } from "./controls.tsx";
import styles from "./ShelfRow.module.css";
import { Tile } from "./Tile.tsx";

const views = [
  ["all", "All"],
  ["favourites", "Favourites"],
] as const;

/** Hands the focus to the melody beside the one that goes, so that it is not lost with it. */
function keepFocus(button: HTMLElement): void {
  const item = button.closest("li");
  const beside = item?.nextElementSibling ?? item?.previousElementSibling;
  const heir = beside?.querySelector("button") ?? item?.closest("section")?.querySelector("input:checked");
  if (heir instanceof HTMLElement) heir.focus();
}

/** Items drawn at first; a long history is drawn when it is asked for. */
const FIRST = 40;

export function ShelfRow() {
  const studio = useStudio();
  const shelf = useStudioState((s) => s.shelf);
  const [view, setView] = useState<"all" | "favourites">("all");
  const [most, setMost] = useState(FIRST);
  const items = useMemo(() => (view === "all" ? shelf : shelf.filter((i) => i.favourite)), [shelf, view]);
  return (
    <section className={styles["shelf"]} aria-label="History">
      <div className={styles["head"]}>
        <h2>History</h2>
        <Segments label="What is shown" value={view} options={views} onChange={setView} />
      </div>
      {items.length === 0 ? (
        <p className={styles["none"]}>
          {view === "all" ? "What you draw, vary or open is kept here." : "The star keeps a melody here for good."}
        </p>
      ) : (
        <ol className={styles["items"]} aria-label={view === "all" ? "History" : "Favourites"}>
          {items.slice(0, most).map((item) => (
            <li key={item.id}>
              <Tile
                source={{ kind: "shelf", id: item.id }}
                notes={item.notes}
                tone="var(--ink)"
                label={`${item.title}, ${item.how}`}
                caption={item.title}
              >
                <IconButton
                  icon={item.favourite ? "starred" : "star"}
                  label={item.favourite ? `No favourite: ${item.title}` : `Favourite: ${item.title}`}
                  onClick={() => studio.star(item.id)}
                />
                <IconButton
                  icon="close"
                  label={`Remove: ${item.title}`}
                  onClick={(e) => {
                    keepFocus(e.currentTarget);
                    studio.unshelve(item.id);
                  }}
                />
              </Tile>
            </li>
          ))}
          {items.length > most && (
            <li>
              <button type="button" className={styles["more"]} onClick={() => setMost(most + 80)}>
                {items.length - most} more
              </button>
            </li>
          )}
        </ol>
      )}
    </section>
  );
}
