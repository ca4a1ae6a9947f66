// The view of the list of leads as the address bar holds it.

import type { GetQuery } from "../api/client";
import type { Certainty, LeadsPage, Outcome, Signing, Urgency } from "../api/types";

export const OUTCOMES: readonly Outcome[] = ["supported", "insufficient", "contradicted"];
export const SIGNINGS: readonly Signing[] = ["waiting", "signed", "refused", "changed", "not_ready"];
export const CERTAINTIES: readonly Certainty[] = ["none", "weak", "moderate", "moderately_strong", "strong"];
/** From above to below. */
export const URGENCIES: readonly Urgency[] = ["stated", "within7_days", "within30_days", "older", "not_reported"];
export const ORDERS = ["urgency", "certainty", "episodes", "account"] as const;
export type Order = (typeof ORDERS)[number];

export interface LeadsView {
  outcome: Outcome | null;
  signing: Signing | null;
  certainty: Certainty | null;
  urgency: Urgency | null;
  search: string;
  order: Order;
  page: number;
}

function oneOf<T extends string>(values: readonly T[], found: string | null): T | null {
  return values.find((value) => value === found) ?? null;
}

/** Reads a view; what an address says that no view has is passed over. */
export function viewOf(query: URLSearchParams): LeadsView {
  const page = Number(query.get("page") ?? "1");
  return {
    outcome: oneOf(OUTCOMES, query.get("outcome")),
    signing: oneOf(SIGNINGS, query.get("signing")),
    certainty: oneOf(CERTAINTIES, query.get("certainty")),
    urgency: oneOf(URGENCIES, query.get("urgency")),
    search: query.get("search") ?? "",
    order: oneOf(ORDERS, query.get("order")) ?? "urgency",
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

/** The question that a view asks. */
export function questionOf(view: LeadsView): GetQuery<"/api/v1/cases/{case}/leads"> {
  return {
    ...(view.outcome === null ? {} : { outcome: view.outcome }),
    ...(view.signing === null ? {} : { signing: view.signing }),
    ...(view.certainty === null ? {} : { certainty: view.certainty }),
    ...(view.urgency === null ? {} : { urgency: view.urgency }),
    ...(view.search === "" ? {} : { search: view.search }),
    order: view.order,
    page: view.page,
    per_page: 50,
  };
}

/** Whether any filter is set. */
export function isFiltered(view: LeadsView): boolean {
  return view.outcome !== null || view.signing !== null || view.certainty !== null || view.urgency !== null || view.search !== "";
}

/** How many leads stand at a place of the two axes. */
export function cellCount(axes: LeadsPage["axes"], urgency: Urgency, certainty: Certainty): number {
  return axes.find((cell) => cell.urgency === urgency && cell.certainty === certainty)?.count ?? 0;
}

/** The rows of the axes that say something: those that hold leads, or are asked for. */
export function shownUrgencies(axes: LeadsPage["axes"], asked: Urgency | null): Urgency[] {
  return URGENCIES.filter((urgency) => urgency === asked || axes.some((cell) => cell.urgency === urgency));
}

/** How dark a cell is, from 0 to 1: by the root of its share, so that small counts are still seen. */
export function shade(count: number, most: number): number {
  return most === 0 ? 0 : Math.sqrt(count / most);
}

/** A choice's count; 0 where the server names none. */
export function choiceCount<T>(choices: readonly { value: T; count: number }[], value: T): number {
  return choices.find((choice) => choice.value === value)?.count ?? 0;
}
