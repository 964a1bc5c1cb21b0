import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { announce, announcement, onAnnouncement, SETTLE } from "./announcement.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the last of several messages is said, and the same words again are news", () => {
  const heard: string[] = [];
  const stop = onAnnouncement(() => heard.push(`${announcement().text} ${announcement().count}`));
  announce("one");
  vi.advanceTimersByTime(SETTLE - 1);
  announce("two");
  vi.advanceTimersByTime(SETTLE);
  announce("two");
  vi.advanceTimersByTime(SETTLE);
  stop();
  announce("three");
  vi.advanceTimersByTime(SETTLE);
  expect(heard).toEqual(["two 1", "two 2"]);
});
