"use client";

import { js } from "@normflow/backend-js";
import { fromEvent, MelodyModel, toNotes } from "@normflow/music";
import { useEffect, useState } from "react";

export function Melody() {
  const [model, setModel] = useState();
  const [drawn, setDrawn] = useState({ seed: -1, notes: [], bits: 0 });

  useEffect(() => {
    let opened;
    const load = async () => {
      const response = await fetch("/melody.safetensors");
      opened = MelodyModel.open(new Uint8Array(await response.arrayBuffer()), js());
      setModel(opened);
    };
    load();
    return () => void opened?.dispose();
  }, []);

  const draw = async () => {
    const seed = drawn.seed + 1;
    const [event] = await model.sample(1, { seed });
    const [bits] = await model.bits([event]);
    setDrawn({ seed, notes: toNotes(fromEvent(event)), bits });
  };

  return (
    <main>
      <button type="button" onClick={draw} disabled={!model}>
        Draw a melody
      </button>
      {drawn.seed >= 0 && (
        <p>
          Seed {drawn.seed}, {drawn.bits.toFixed(1)} bits: {drawn.notes.map(([pitch]) => pitch).join(" ")}
        </p>
      )}
    </main>
  );
}
