/**
 * The one screen.
 *
 * @module
 */
import { useEffect } from "react";
import type { SideName } from "../piece/piece.ts";
import { Announcer } from "../roll/Announcer.tsx";
import type { Studio } from "../store/studio.ts";
import { StudioContext, useStudio, useStudioState } from "./context.ts";
import { pressKey } from "./keys.ts";
import { ModelStrip } from "./ModelStrip.tsx";
import { NoticeBar } from "./NoticeBar.tsx";
import { PathRow } from "./PathRow.tsx";
import styles from "./Screen.module.css";
import { Sheets } from "./Sheets.tsx";
import { ShelfRow } from "./ShelfRow.tsx";
import { SideCard } from "./SideCard.tsx";
import { useStages } from "./stages.ts";
import { TopBar } from "./TopBar.tsx";

/** Text may be dropped where text is written; anything else that a browser would open instead of the page is the page's. */
const isText = (e: DragEvent): boolean =>
  !e.dataTransfer?.types.includes("Files") && e.target instanceof Element && e.target.matches("input, textarea");

/** Listens to keys and dropped files on the whole page. */
function usePageEvents(): void {
  const studio = useStudio();
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    addEventListener(
      "keydown",
      (e) => {
        if (!e.defaultPrevented && pressKey(studio, e)) e.preventDefault();
      },
      { signal },
    );
    addEventListener("dragover", (e) => !isText(e) && e.preventDefault(), { signal });
    addEventListener(
      "drop",
      (e) => {
        if (isText(e)) return;
        e.preventDefault();
        const card = e.target instanceof Element ? e.target.closest<HTMLElement>("[data-drop]") : null;
        const name = (card?.dataset["drop"] as SideName | undefined) ?? studio.state.focus;
        void studio.files.openFirst([...(e.dataTransfer?.files ?? [])], name);
      },
      { signal },
    );
    const openLink = (): void => {
      if (location.hash.length < 2) return;
      studio.files.openLink(location.hash);
      // What is done from here on is no longer the link's.
      history.replaceState(null, "", location.pathname + location.search);
    };
    openLink();
    addEventListener("hashchange", openLink, { signal });
    return () => stop.abort();
  }, [studio]);
}

/** The colours that were chosen, where they are not the system's. */
function useTheme(): void {
  const theme = useStudioState((s) => s.preferences.theme);
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }, [theme]);
}

/** The screen, drawn section by section. */
function Sections() {
  usePageEvents();
  useTheme();
  const stage = useStages(8);
  return (
    <div className={styles["screen"]}>
      <TopBar />
      <main className={styles["main"]}>
        <ModelStrip />
        <div className={styles["piece"]}>
          {stage >= 1 && <SideCard name="a" parts={stage} />}
          {stage >= 4 && <SideCard name="b" parts={stage - 3} />}
          {stage >= 7 && <PathRow />}
        </div>
        {stage >= 8 && <ShelfRow />}
      </main>
      <Sheets />
      <NoticeBar />
      <Announcer />
    </div>
  );
}

export function Screen({ studio }: { readonly studio: Studio }) {
  return (
    <StudioContext value={studio}>
      <Sections />
    </StudioContext>
  );
}
