// The two languages, and which one is shown.

import { createContext, useContext } from "react";
import { en } from "./en";
import { it } from "./it";

export type Words = typeof en;
export type Language = "en" | "it";

const LANGUAGES: Record<Language, Words> = { en, it };

/** The words of a language. */
export function wordsOf(language: Language): Words {
  return LANGUAGES[language];
}

export const WordsContext = createContext<Words>(en);

/** The words of the language that is shown. */
export function useWords(): Words {
  return useContext(WordsContext);
}
