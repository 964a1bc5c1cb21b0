/**
 * A line that moves over a small roll while it plays.
 *
 * @module
 */
import { GRID_STEPS } from "@normflow/music";
import { useEffect, useRef } from "react";
import styles from "./Playhead.module.css";

export function Playhead({ step }: { readonly step: () => number | undefined }) {
  const line = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let frame = requestAnimationFrame(function draw() {
      const at = step();
      if (line.current) {
        line.current.style.opacity = at === undefined ? "0" : "1";
        line.current.style.left = `${(100 * (at ?? 0)) / GRID_STEPS}%`;
      }
      frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [step]);
  return <span ref={line} className={styles["playhead"]} />;
}
