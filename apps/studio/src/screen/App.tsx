"use client";
/**
 * The page before the studio: fetches and opens it part by part, each in a task of its own, so that the page answers
 * meanwhile.
 *
 * @module
 */
import { type ComponentType, useEffect, useState } from "react";
import { nextTask } from "../next-task.ts";
import type { Studio } from "../store/studio.ts";
import styles from "./App.module.css";
import { Mark } from "./Mark.tsx";

const base = process.env["NEXT_PUBLIC_BASE_PATH"] ?? "";

interface Room {
  readonly studio: Studio;
  readonly Screen: ComponentType<{ readonly studio: Studio }>;
}

async function open(): Promise<Room> {
  const { openStudio } = await import("./open-studio.ts");
  await nextTask();
  const studio = openStudio();
  await nextTask();
  const { Screen } = await import("./Screen.tsx");
  await nextTask();
  return { studio, Screen };
}

/** One studio a page, however often React mounts. */
let opened: Promise<Room> | undefined;

/** Milliseconds after the start at which the files for later are fetched: the first sound comes first. */
const LATER = 4000;

function registerOffline(): void {
  if (process.env.NODE_ENV !== "production" || !("serviceWorker" in navigator)) return;
  setTimeout(() => {
    navigator.serviceWorker.register(`${base}/sw.js`).catch(() => {
      // Without it the studio works as long as there is a network.
    });
  }, LATER);
}

export function App() {
  const [room, setRoom] = useState<Room | "failed" | undefined>(undefined);
  useEffect(() => {
    let isHere = true;
    opened ??= open();
    opened.then(
      (found) => isHere && setRoom(found),
      (cause: unknown) => {
        console.error(cause);
        opened = undefined;
        if (isHere) setRoom("failed");
      },
    );
    registerOffline();
    return () => {
      isHere = false;
    };
  }, []);
  if (room === undefined || room === "failed")
    return (
      <main className={styles["waiting"]}>
        <h1>
          <Mark /> normflow
        </h1>
        {room === "failed" && (
          <p role="alert">A part of the studio did not arrive. Reload the page when the network is back.</p>
        )}
        <noscript>The studio is a program that runs in this page: it needs JavaScript.</noscript>
      </main>
    );
  return <room.Screen studio={room.studio} />;
}
