// What others did while one looked, in a line that goes away by itself.

import { useEffect, useState } from "react";
import { onEvent } from "../api/live";
import type { LiveEvent } from "../api/types";
import { Link } from "../parts/link";
import { addressOf } from "../router";
import { useWords } from "../words";
import { useJobs } from "./jobs";

const SHOWN_MS = 12_000;

type Changed = Extract<LiveEvent, { kind: "changed" }>;

export function Notices({ caseName }: { caseName: string }) {
  const words = useWords();
  const { who } = useJobs();
  const [shown, setShown] = useState<(Changed & { id: number })[]>([]);
  useEffect(() => {
    let next = 0;
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const stop = onEvent((event) => {
      if (event.kind !== "changed" || event.who === who) return;
      const id = next++;
      setShown((before) => [...before.slice(-2), { ...event, id }]);
      timers.add(setTimeout(() => setShown((before) => before.filter((n) => n.id !== id)), SHOWN_MS));
    });
    return () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    };
  }, [who]);
  return (
    <div className="notices no-print" role="status" aria-label={words.live.label}>
      {shown.map((notice) => (
        <p key={notice.id}>
          <strong>{notice.who}</strong> {words.live.topics[notice.topic]}
          {notice.lead_ref?.split("+").map((lead, at) => (
            <span key={lead}>{at > 0 ? ", " : " "}<Link to={addressOf(caseName, "lead", lead)}>{lead}</Link></span>
          ))}
        </p>
      ))}
    </div>
  );
}
