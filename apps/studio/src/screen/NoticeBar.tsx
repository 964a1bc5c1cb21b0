/**
 * A sentence for the person at the screen, with what can be done about it.
 *
 * @module
 */
import { useEffect } from "react";
import { useStudio, useStudioState } from "./context.ts";
import { IconButton } from "./controls.tsx";
import styles from "./NoticeBar.module.css";

/** Milliseconds that a sentence stays, more for a longer one; warnings stay until they are closed. */
const stay = (text: string): number => 4000 + 60 * text.length;

export function NoticeBar() {
  const studio = useStudio();
  const notice = useStudioState((s) => s.notice);
  useEffect(() => {
    if (!notice || notice.tone === "warning") return;
    const timer = setTimeout(() => studio.unsay(notice.id), stay(notice.text));
    return () => clearTimeout(timer);
  }, [studio, notice]);
  return (
    <div className={styles["place"]} role={notice?.tone === "warning" ? "alert" : "status"}>
      {notice && (
        <div className={styles["notice"]} data-tone={notice.tone}>
          <p>{notice.text}</p>
          {notice.action && (
            <button
              type="button"
              onClick={() => {
                notice.action?.run();
                studio.unsay(notice.id);
              }}
            >
              {notice.action.label}
            </button>
          )}
          <IconButton icon="close" label="Close this message" onClick={() => studio.unsay(notice.id)} />
        </div>
      )}
    </div>
  );
}
