// The sentences of a lead in Italian. The analysis writes them in English, and that text is the one that counts; here
// each is recognised by its form and said again. What is not recognised stays as it is, marked as English.
//
// Forms and Italian stand in schema/sentences.it.json, which also says how they are read. The dossier reads the same file
// by the same rules (crates/report/src/italian.rs), so that a page and a dossier say the same of a lead.

import data from "../../../schema/sentences.it.json";

const LISTS = new Map<string, string[][]>(Object.entries(data.lists));

/** The lists of whole sentences; the others hold parts. */
const WHOLE = ["connections", "payments", "former"];

/** How many parts deep a sentence may be. Names of operators stand in sentences, and nobody vouches for them. */
const DEPTH_MAX = 64;

/** What may stand in a place, by the letter in the form; anything where none is listed. */
const KINDS = new Map([
  ["d", /^[0-9]+$/],
  ["w", /^[^ \t\n\f\r]+$/],
  ["~", /^[A-Za-z]+$/],
]);

/** A sentence of the analysis in Italian; null where its form is not known. */
export function inItalian(sentence: string): string | null {
  for (const list of WHOLE) {
    const italian = said(list, sentence, DEPTH_MAX);
    if (italian !== null) return italian;
  }
  return null;
}

/** What has one of the forms of a list, in Italian. */
function said(list: string, text: string, depth: number): string | null {
  if (depth === 0) return null;
  for (const [form = "", italian = ""] of LISTS.get(list) ?? []) {
    const places = found(form, text);
    const out = places === null ? null : written(italian, places, depth - 1);
    if (out !== null) return out;
  }
  return null;
}

/**
 * What stands in the places of a form, where the text has that form. A place ends where the text that follows it in the
 * form first stands.
 */
function found(form: string, text: string): string[] | null {
  const [start = "", ...parts] = form.split("{");
  if (!text.startsWith(start)) return null;
  const out: string[] = [];
  let rest = text.slice(start.length);
  for (const part of parts) {
    const [kind, literal] = cut(part, "}");
    const end = literal === "" ? rest.length : rest.indexOf(literal);
    const place = rest.slice(0, Math.max(end, 0));
    if (place === "" || KINDS.get(kind)?.test(place) === false) return null;
    if (kind !== "~") out.push(place);
    rest = rest.slice(end + literal.length);
  }
  return rest === "" ? out : null;
}

/** The Italian of a form with its places filled; null where one of them cannot be said. */
function written(italian: string, places: string[], depth: number): string | null {
  const [start = "", ...parts] = italian.split("{");
  let out = start;
  for (const part of parts) {
    const [place, literal] = cut(part, "}");
    const text = filled(place, places, depth);
    if (text === null) return null;
    out += text + literal;
  }
  return out;
}

function filled(place: string, places: string[], depth: number): string | null {
  const at = (index: string) => places[Number(index)] ?? null;
  if (place.includes("|")) {
    const [index = "", one = "", many = ""] = place.split("|");
    return at(index) === "1" ? one : many;
  }
  if (place.includes(":")) {
    const [index, list] = cut(place, ":");
    return said(list, at(index) ?? "", depth);
  }
  return place.endsWith(",") ? (at(place.slice(0, -1))?.replaceAll(".", ",") ?? null) : at(place);
}

/** The text before a sign and the text after it. */
function cut(text: string, sign: string): [string, string] {
  const at = text.indexOf(sign);
  return [text.slice(0, at), text.slice(at + 1)];
}
