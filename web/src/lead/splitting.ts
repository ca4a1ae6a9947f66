// A split or a merge as it is being written. The server checks the same again; this is so that nobody is led into a refusal.

import type { NewPart } from "../api/types";

/** People that an account is split into, at most. */
export const PARTS_MOST = 20;
/** Leads that one merge takes besides the one that is read, at most. */
export const OTHERS_MOST = 49;

export interface PartDraft {
  /** Stays the same when parts before it are taken out. */
  id: number;
  name: string;
  /** The person by reference; empty where unknown. */
  person: string;
}

export interface SplitDraft {
  parts: readonly PartDraft[];
  /** Whose an item of evidence is: the id of a part by `evidence_ref`; absent where nobody's. */
  whose: Readonly<Record<string, number>>;
}

/** Two people, and nothing given to either. */
export const TWO_PARTS: SplitDraft = { parts: [{ id: 0, name: "A", person: "" }, { id: 1, name: "B", person: "" }], whose: {} };

/** The first letter that no part is called by. */
function nextName(parts: readonly PartDraft[]): string {
  const taken = new Set(parts.map((part) => part.name.trim()));
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));
  return letters.find((letter) => !taken.has(letter)) ?? "";
}

export function withPart(draft: SplitDraft): SplitDraft {
  if (draft.parts.length >= PARTS_MOST) return draft;
  const id = 1 + Math.max(...draft.parts.map((part) => part.id));
  return { ...draft, parts: [...draft.parts, { id, name: nextName(draft.parts), person: "" }] };
}

/** Without a part; what was given to it is nobody's again. */
export function withoutPart(draft: SplitDraft, id: number): SplitDraft {
  if (draft.parts.length <= 2) return draft;
  const whose = Object.fromEntries(Object.entries(draft.whose).filter(([, part]) => part !== id));
  return { parts: draft.parts.filter((part) => part.id !== id), whose };
}

export function withChange(draft: SplitDraft, id: number, change: Partial<Omit<PartDraft, "id">>): SplitDraft {
  return { ...draft, parts: draft.parts.map((part) => (part.id === id ? { ...part, ...change } : part)) };
}

/** With an item of evidence given to a part, or to nobody. */
export function given(draft: SplitDraft, evidence_ref: string, id: number | null): SplitDraft {
  const { [evidence_ref]: _, ...whose } = draft.whose;
  return { ...draft, whose: id === null ? whose : { ...whose, [evidence_ref]: id } };
}

/** What a split still lacks; null where it can be made. */
export function splitLacks(draft: SplitDraft): "name" | "otherName" | null {
  const names = draft.parts.map((part) => part.name.trim());
  if (names.includes("")) return "name";
  return new Set(names).size < names.length ? "otherName" : null;
}

/** The parts for the server, each with its items in the order of the lead. */
export function partsOf(draft: SplitDraft, items: readonly { evidence_ref: string }[]): NewPart[] {
  return draft.parts.map((part) => ({
    name: part.name.trim(),
    person_ref: part.person === "" ? null : part.person,
    evidence_refs: items.map((item) => item.evidence_ref).filter((item) => draft.whose[item] === part.id),
  }));
}

/** Those found that can still be added to a merge. */
export function addable<T extends { lead_ref: string }>(found: readonly T[], lead_ref: string, others: readonly string[]): T[] {
  if (others.length >= OTHERS_MOST) return [];
  return found.filter((row) => row.lead_ref !== lead_ref && !others.includes(row.lead_ref));
}
