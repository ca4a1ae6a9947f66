// What changes while one looks: a stream of events of the case that is shown. An event says what has changed, not what it
// says now; whoever shows it asks again.

import { useEffect } from "react";
import { addressFor } from "./client";
import type { LiveEvent } from "./types";

const listeners = new Set<(event: LiveEvent) => void>();
const changes = new Set<() => void>();

/** Changes that come together are asked for once. */
const TOGETHER_MS = 200;
let pending: ReturnType<typeof setTimeout> | null = null;

/** Listens to every event of the case that is shown. */
export function onEvent(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells when something of the case that is shown has changed. */
export function onChange(listener: () => void): () => void {
  changes.add(listener);
  return () => changes.delete(listener);
}

function changed(): void {
  pending ??= setTimeout(() => {
    pending = null;
    for (const listener of [...changes]) listener();
  }, TOGETHER_MS);
}

/** Whether an event is a reason to ask again: jobs change things only when they end, and the log tells of that by itself,
 * but for a plan, which changes nothing of the case. */
export function isChange(event: LiveEvent): boolean {
  if (event.kind === "job") return event.job.kind === "plan" && event.job.state === "done";
  return event.kind === "changed" || event.kind === "missed";
}

function hand(event: LiveEvent): void {
  for (const listener of [...listeners]) listener(event);
  if (isChange(event)) changed();
}

/** Listens to a case as long as it is looked at. A page that nobody sees keeps no connection: a browser has few of them. */
export function useLive(caseName: string | null): void {
  useEffect(() => {
    if (caseName === null) return undefined;
    const address = addressFor("/api/v1/cases/{case}/events", { case: caseName }, {});
    let source: EventSource | null = null;
    let begun = false;
    const open = () => {
      source = new EventSource(address);
      source.onopen = () => {
        // Whatever happened while nobody listened was missed.
        if (begun) hand({ kind: "missed" });
        begun = true;
      };
      source.onmessage = (message: MessageEvent<string>) => hand(JSON.parse(message.data) as LiveEvent);
    };
    const close = () => {
      source?.close();
      source = null;
    };
    const look = () => (document.hidden ? close() : source === null && open());
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      close();
    };
  }, [caseName]);
}
