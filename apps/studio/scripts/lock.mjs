/**
 * One build at a time, also among processes.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { app } from "./app.mjs";

const file = join(tmpdir(), `normflow-studio-${createHash("sha256").update(app).digest("hex").slice(0, 12)}.lock`);

/** Runs a task while no other process does so for this checkout; the lock of a process that died is taken over. */
export async function alone(task) {
  while (!taken()) {
    if (!alive(holder())) rmSync(file, { force: true });
    else await setTimeout(200);
  }
  try {
    return await task();
  } finally {
    rmSync(file, { force: true });
  }
}

function taken() {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** The process that holds the lock: none where it went meanwhile. */
function holder() {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return 0;
  }
}

function alive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}
