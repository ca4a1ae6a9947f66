// Keys in lists: j, k and the arrows move between the rows' links, Home and End go to the ends.

import { type KeyboardEvent, useCallback, useEffect, type RefObject } from "react";

/** Which row a key leads to; null where the key means nothing here. */
export function rowAfter(key: string, at: number, rows: number): number | null {
  if (rows === 0) return null;
  switch (key) {
    case "j":
    case "ArrowDown":
      return Math.min(at + 1, rows - 1);
    case "k":
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "Home":
      return 0;
    case "End":
      return rows - 1;
    default:
      return null;
  }
}

function links(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("[data-row]")];
}

/** The handler of a list's keys. */
export function useListKeys(): (event: KeyboardEvent<HTMLElement>) => void {
  return useCallback((event: KeyboardEvent<HTMLElement>) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const rows = links(event.currentTarget);
    const to = rowAfter(event.key, rows.indexOf(document.activeElement as HTMLElement), rows.length);
    if (to === null) return;
    event.preventDefault();
    rows[to]?.focus();
    rows[to]?.scrollIntoView({ block: "nearest" });
  }, []);
}

/** On the whole page: / goes to the search field, j and k into the list. */
export function usePageKeys(search: RefObject<HTMLInputElement | null>, list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
      if (typing || event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.key === "/") {
        event.preventDefault();
        search.current?.focus();
      } else if ((event.key === "j" || event.key === "k") && list.current !== null && !list.current.contains(target)) {
        event.preventDefault();
        links(list.current)[0]?.focus();
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [search, list]);
}
