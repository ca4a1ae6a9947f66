import { useWords } from "../words";
import { inItalian } from "../words/sentences";

/** A sentence of the analysis, in the language that is shown where its form is known. */
export function Sentence({ text }: { text: string }) {
  const words = useWords();
  if (words.language === "en") return text;
  const italian = inItalian(text);
  return italian === null ? <span lang="en">{text}</span> : <span title={text}>{italian}</span>;
}
