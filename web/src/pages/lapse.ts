// Why a legal basis no longer holds, in words.

import type { Words } from "../words";

/** The server says the kind in English before the reason that a person gave; the kind is said again in the language shown. */
export function lapseSaid(lapsed: string, words: Words): string {
  const kinds: Readonly<Record<string, string>> = {
    "not validated": words.admin.lapses.not_validated,
    annulled: words.admin.lapses.annulled,
    withdrawn: words.admin.lapses.withdrawn,
  };
  const at = lapsed.indexOf(": ");
  const kind = at < 0 ? undefined : kinds[lapsed.slice(0, at)];
  return kind === undefined ? lapsed : `${kind}: ${lapsed.slice(at + 2)}`;
}
