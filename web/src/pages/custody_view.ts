// The custody log in the address bar, and its texts as people keep and read them.

import { short } from "../format";

export interface ActsView {
  search: string;
  page: number;
}

export const PER_PAGE = 50;

/** The view of the acts; its keys are not those of the sources, which stand on the same page. */
export function actsViewOf(query: URLSearchParams): ActsView {
  const page = Math.floor(Number(query.get("acts_page") ?? "1"));
  return { search: query.get("acts_search") ?? "", page: page >= 1 ? page : 1 };
}

/** A signed note ends with a line break, which pasting loses; a mail makes two characters of each. */
export function keptText(text: string): string {
  return `${text.replace(/\r\n?/g, "\n").trim()}\n`;
}

/** A subject with its digests cut to their beginnings. */
export function shortened(subject: string): string {
  return subject.replace(/[0-9a-f]{40,}/g, (digest) => `${short(digest)}…`);
}
