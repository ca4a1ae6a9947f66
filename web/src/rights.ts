// What the person before the screen may do in the case that is shown. The server decides the same again for every request;
// this is so that nobody is led into a refusal.

import { createContext, useContext } from "react";
import type { Seat } from "./api/types";
import { useWords } from "./words";

export const ACTS = [
  "sources",
  "see_bases",
  "leads",
  "explain",
  "payments",
  "reveal_personal",
  "reveal_special",
  "bases",
  "intake",
  "seeds",
  "plan_requests",
  "see_requests",
  "export_requests",
  "import_replies",
  "run",
  "judge",
  "see_exhibits",
  "keep_exhibits",
  "see_measures",
  "keep_measures",
  "see_tasks",
  "keep_tasks",
  "sign_resolution",
  "sign_attribution",
  "pending",
  "delete",
  "purge",
  "export",
  "log",
  "check",
  "prove",
  "time_stamps",
  "see_people",
  "people",
] as const;

export type Act = (typeof ACTS)[number];

export const SeatContext = createContext<Seat | null>(null);

/** Whether a seat allows an act. */
export function may(seat: Seat | null, act: string): boolean {
  return seat !== null && seat.may.includes(act);
}

/** Why the person may not do something, in words; null where they may. */
export function useHindrance(act: Act): string | null {
  const words = useWords();
  const seat = useContext(SeatContext);
  if (may(seat, act)) return null;
  const role = (words.roles as Record<string, string>)[seat?.role ?? ""] ?? seat?.role ?? "";
  return words.rights.mayNot(role, words.rights.acts[act]);
}
