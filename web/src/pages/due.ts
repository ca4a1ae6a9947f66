// What the law sets a term for, and how near it is.

import type { BasisPage } from "../api/types";

export interface Due {
  basis: string;
  kind: "validation" | "deletion" | "retention" | "ending";
  /** The day, `YYYY-MM-DD`; absent where the term runs in hours. */
  day: string | null;
  /** Days that are left; below zero where it is over. */
  left: number | null;
}

/** Terms that run out within so many days are shown. */
const SHOWN_DAYS = 60;
const DAY_MS = 86_400_000;

/** The terms of the bases that are over or will be soon, the nearest first. `today` is a day as `YYYY-MM-DD`. */
export function due(bases: BasisPage[], today: string): Due[] {
  const left = (day: string) => Math.round((Date.parse(day) - Date.parse(today)) / DAY_MS);
  const out: Due[] = [];
  for (const basis of bases) {
    if (basis.validation_due) out.push({ basis: basis.basis_id, kind: "validation", day: null, left: null });
    if (basis.deletion_due) out.push({ basis: basis.basis_id, kind: "deletion", day: basis.keep_until, left: left(basis.keep_until ?? today) });
    else if (basis.keep_until !== null && basis.sources !== 0) out.push({ basis: basis.basis_id, kind: "retention", day: basis.keep_until, left: left(basis.keep_until) });
    if (basis.lapsed === null) out.push({ basis: basis.basis_id, kind: "ending", day: basis.until_date, left: left(basis.until_date) });
  }
  const near = (d: Due) => d.left === null || (d.left <= SHOWN_DAYS && (d.kind !== "ending" || d.left >= 0));
  return out.filter(near).sort((a, b) => (a.left ?? -Infinity) - (b.left ?? -Infinity) || a.basis.localeCompare(b.basis));
}

/** As much of a planned request as says until when it can be asked. */
interface Asked {
  account: string;
  operator: string;
  days_left: number;
}

/** The accounts and operators whose records go soonest, with how many requests each are planned and the fewest days left. */
export function soonest(planned: readonly Asked[], most: number): (Asked & { requests: number })[] {
  const found = new Map<string, Asked & { requests: number }>();
  for (const { account, operator, days_left } of planned) {
    const key = `${account} ${operator}`;
    const before = found.get(key);
    found.set(key, { account, operator, requests: (before?.requests ?? 0) + 1, days_left: Math.min(before?.days_left ?? days_left, days_left) });
  }
  return [...found.values()].sort((a, b) => a.days_left - b.days_left).slice(0, most);
}
