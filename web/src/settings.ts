// Language and theme: of the person, not of the view, so they are kept in the browser. An address may set them, too
// (?lang=it&theme=dark), so that a link shows what its sender saw.

import type { Language } from "./words";

export type Theme = "auto" | "light" | "dark";

export interface Settings {
  language: Language;
  theme: Theme;
}

const KEY = "tutela-settings";

/** The settings: of the address, else kept ones, else the browser's own. */
export function readSettings(search: string, kept: string | null, browser: readonly string[]): Settings {
  const query = new URLSearchParams(search);
  const before = parse(kept);
  const italian = (browser[0] ?? "").toLowerCase().startsWith("it");
  return {
    language: language(query.get("lang")) ?? language(before["language"]) ?? (italian ? "it" : "en"),
    theme: theme(query.get("theme")) ?? theme(before["theme"]) ?? "auto",
  };
}

function parse(kept: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(kept ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function language(value: unknown): Language | null {
  return value === "en" || value === "it" ? value : null;
}

function theme(value: unknown): Theme | null {
  return value === "auto" || value === "light" || value === "dark" ? value : null;
}

/** The settings of this browser at this address. */
export function currentSettings(): Settings {
  return readSettings(location.search, localStorage.getItem(KEY), navigator.languages);
}

/** Keeps the settings and shows the page by them. */
export function apply(settings: Settings): void {
  localStorage.setItem(KEY, JSON.stringify(settings));
  const root = document.documentElement;
  root.lang = settings.language;
  if (settings.theme === "auto") root.removeAttribute("data-theme");
  else root.setAttribute("data-theme", settings.theme);
}
