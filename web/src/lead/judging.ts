// What the forms of a judgement share.

import type { LeadPage, NewPart } from "../api/types";

/** Makes the judgement that was begun, with what its form says. */
export type Judge = (said: { reason: string; parts?: NewPart[]; others?: { lead_ref: string; lead_digest: string }[] }) => Promise<void>;

/** A person by reference; with the name where it is shown to this browser. */
export function personName(page: LeadPage, person: string): string {
  const name = page.revealed ? page.names[person] : undefined;
  return name === undefined ? person : `${person} (${name})`;
}
