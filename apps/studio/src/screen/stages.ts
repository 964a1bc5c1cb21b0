/**
 * Components drawn part by part.
 *
 * @module
 */
import { useEffect, useState } from "react";

/** Counts from 0 to `last`, one a task: what a component shows only from a stage on is drawn in a task of its own. */
export function useStages(last: number): number {
  const [stage, setStage] = useState(0);
  useEffect(() => {
    if (stage >= last) return;
    const timer = setTimeout(() => setStage(stage + 1));
    return () => clearTimeout(timer);
  }, [stage, last]);
  return stage;
}
