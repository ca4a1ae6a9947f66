// The address bar holds the whole view. A place is read from it and nowhere else, so a link, a reload and the back
// button always show the same.

import { useMemo, useSyncExternalStore } from "react";

export type Page = "leads" | "lead" | "overview" | "graph" | "time" | "money" | "map" | "requests" | "sources" | "method" | "administration";

export interface Place {
  /** The page; absent on the sign-in page and at the root. */
  page: Page | null;
  signIn: boolean;
  caseName: string | null;
  /** The lead, on its page. */
  lead: string | null;
  query: URLSearchParams;
}

/** Reads a place from a path and a query. */
export function placeOf(path: string, search: string): Place {
  const parts = path.split("/").filter((p) => p !== "").map(decode);
  const query = new URLSearchParams(search);
  const none: Place = { page: null, signIn: parts[0] === "sign-in", caseName: null, lead: null, query };
  if (parts[0] !== "case" || parts[1] === undefined) return none;
  const at = { ...none, caseName: parts[1] };
  switch (parts[2]) {
    case undefined:
      return { ...at, page: "leads" };
    case "leads":
      return parts[3] === undefined ? { ...at, page: "leads" } : { ...at, page: "lead", lead: parts[3] };
    case "overview":
    case "graph":
    case "time":
    case "money":
    case "map":
    case "sources":
    case "method":
    case "requests":
    case "administration":
      return { ...at, page: parts[2] };
    default:
      return at;
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a page of a case. */
export function addressOf(caseName: string, page: Page, lead?: string, query?: Record<string, string | null>): string {
  const path = page === "lead" ? `leads/${encodeURIComponent(lead ?? "")}` : page;
  return `/case/${encodeURIComponent(caseName)}/${path}${queryText(query ?? {})}`;
}

function queryText(entries: Record<string, string | null>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(entries)) if (value !== null && value !== "") query.set(key, value);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** A query with some entries set, or taken out where they are null. */
export function withQuery(query: URLSearchParams, changes: Record<string, string | null>): string {
  const next = new URLSearchParams(query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") next.delete(key);
    else next.set(key, value);
  }
  const text = next.toString();
  return text === "" ? "" : `?${text}`;
}

const listeners = new Set<() => void>();

/** Goes to an address; `replace` leaves no step for the back button. */
export function go(address: string, replace = false): void {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("popstate", listener);
  };
}

/** Where the browser is. */
export function usePlace(): Place {
  const address = useSyncExternalStore(subscribe, () => location.pathname + location.search);
  return useMemo(() => {
    const [path, search] = address.split("?", 2);
    return placeOf(path ?? "/", search ?? "");
  }, [address]);
}

/** Changes entries of the query of the page that is shown. */
export function setQuery(changes: Record<string, string | null>, replace = false): void {
  go(location.pathname + withQuery(new URLSearchParams(location.search), changes), replace);
}
