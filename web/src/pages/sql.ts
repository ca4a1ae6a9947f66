// SQL text in words of a few kinds, so that it can be read more easily. It is cut up, never changed.

export type SqlKind = "text" | "comment" | "word" | "string" | "number" | "param";

export interface SqlPart {
  kind: SqlKind;
  text: string;
}

const WORDS = new Set(
  ("all and any as asc between bigint by case cast count cross current desc distinct double else end exists false filter following from full group " +
    "having in inner int interval into is join last lateral left like limit max min not null nulls on or order outer over partition preceding " +
    "range right row rows select sum then true unbounded union using values varchar when where window with").split(" "),
);

const PART = /(--[^\n]*)|('(?:[^']|'')*')|(\$\w+)|(\b\d+(?:\.\d+)?\b)|(\b[A-Za-z_]\w*\b)/g;

/** Cuts SQL text into parts that joined together are the text again. */
export function partsOf(sql: string): SqlPart[] {
  const parts: SqlPart[] = [];
  let at = 0;
  for (const match of sql.matchAll(PART)) {
    const text = match[0];
    const kind = kindOf(match);
    if (kind === "text") continue;
    if (match.index > at) parts.push({ kind: "text", text: sql.slice(at, match.index) });
    parts.push({ kind, text });
    at = match.index + text.length;
  }
  if (at < sql.length) parts.push({ kind: "text", text: sql.slice(at) });
  return parts;
}

function kindOf(match: RegExpMatchArray): SqlKind {
  if (match[1] !== undefined) return "comment";
  if (match[2] !== undefined) return "string";
  if (match[3] !== undefined) return "param";
  if (match[4] !== undefined) return "number";
  return WORDS.has(match[0].toLowerCase()) ? "word" : "text";
}
