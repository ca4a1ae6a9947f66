// Small marks that say the same as their words, by shape first and by colour second.

import type { GateSigning, Outcome } from "../api/types";
import { ratio } from "../format";
import { useWords } from "../words";

/** An outcome: a shape and its word. */
export function OutcomeMark({ outcome }: { outcome: Outcome }) {
  const words = useWords();
  return (
    <span className={`outcome outcome-${outcome}`} title={words.outcomeMeans[outcome]}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        {outcome === "supported" && <circle cx="6" cy="6" r="5" className="full" />}
        {outcome === "insufficient" && <circle cx="6" cy="6" r="4.2" className="hollow" />}
        {outcome === "contradicted" && <path d="M6 .8 11.2 6 6 11.2.8 6z" className="full" />}
      </svg>
      {words.outcome[outcome]}
    </span>
  );
}

interface GateMarkProps {
  number: 1 | 2;
  passed: boolean;
  signing: GateSigning;
}

/** A gate: dashed where the evidence does not pass it, with a tick or a cross where a person decided. */
export function GateMark({ number, passed, signing }: GateMarkProps) {
  const words = useWords();
  const gate = number === 1 ? words.gateShort.resolution : words.gateShort.attribution;
  const label = `${gate}: ${words.gateStatus[passed ? "passed" : "open"]}, ${words.gateSigning[signing]}`;
  const sign = { open: String(number), signed: "✓", refused: "✕", changed: "!" }[signing];
  return (
    <span className={`gate-mark ${passed ? "is-passed" : "is-open"} is-${signing}`} role="img" aria-label={label} title={label}>
      {sign}
    </span>
  );
}

/** The scale of the bars: log10 from here to there. */
const LOW = -3;
const HIGH = 6;

/** Where a value stands on the scale, in per cent. */
export function onScale(log10: number): number {
  const inside = Math.min(Math.max(log10, LOW), HIGH);
  return ((inside - LOW) / (HIGH - LOW)) * 100;
}

/** A likelihood ratio as a bar from zero, with its number. */
export function RatioBar({ log10, words: said }: { log10: number | null; words: string }) {
  const { locale } = useWords();
  if (log10 === null) return <span className="ratio ratio-none">{said}</span>;
  const [zero, end] = [onScale(0), onScale(log10)];
  const style = { left: `${Math.min(zero, end)}%`, width: `${Math.max(Math.abs(end - zero), 1)}%` };
  return (
    <span className="ratio">
      <span className="ratio-bar" aria-hidden="true">
        <span className="ratio-zero" style={{ left: `${zero}%` }} />
        <span className={log10 < 0 ? "ratio-fill is-against" : "ratio-fill"} style={style} />
      </span>
      <span className="ratio-number">{ratio(log10, locale)}</span>
    </span>
  );
}
