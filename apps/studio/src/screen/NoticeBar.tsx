/**
 * A sentence for the person at the screen, with what can be done about it.
 *
 * @module
 */
import { useEffect, useRef } from "react";
import { useStudio, useStudioState } from "./context.ts";
import { IconButton } from "./controls.tsx";
import styles from "./NoticeBar.module.css";

/** Milliseconds that a sentence stays, more for a longer one; warnings stay until they are closed. */
const stay = (text: string): number => 4000 + 60 * text.length;

export function NoticeBar() {
  const studio = useStudio();
  const notice = useStudioState((s) => s.notice);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!notice || notice.tone === "warning") return;
    let timer = setTimeout(function leave() {
      // Not from under the hand that is about to press its button.
      if (box.current?.matches(":hover, :focus-within")) timer = setTimeout(leave, 1000);
      else studio.notices.unsay(notice.id);
    }, stay(notice.text));
    return () => clearTimeout(timer);
  }, [studio, notice]);
  const shown = notice && (
    <div key={notice.id} ref={box} className={styles["notice"]} data-tone={notice.tone}>
      <p>{notice.text}</p>
      {notice.action && (
        <button
          type="button"
          onClick={() => {
            notice.action?.run();
            studio.notices.unsay(notice.id);
          }}
        >
          {notice.action.label}
        </button>
      )}
      <IconButton icon="close" label="Close this message" onClick={() => studio.notices.unsay(notice.id)} />
    </div>
  );
  // Both regions are there from the start: what comes into them is spoken, what comes with them may not be.
  return (
    <div className={styles["place"]}>
      <div role="status">{notice?.tone === "plain" && shown}</div>
      <div role="alert">{notice?.tone === "warning" && shown}</div>
    </div>
  );
}
