// What is drawn where: lines by province, payments by country. What has no place is said, not guessed.

import type { MapAnswer } from "../api/types";

export interface Shaded {
  /** The code of the shape. */
  code: string;
  value: number;
  /** How dark, from 0 to 1: by the logarithm, so that few are still seen beside many. */
  shade: number;
}

/** The province of a municipality code of ISTAT: six digits, the first three of which are the province's. */
export function provinceOf(code: string | null): string | null {
  return code !== null && /^\d{6}$/.test(code) ? code.slice(0, 3) : null;
}

function shaded(values: Map<string, number>): Shaded[] {
  const most = Math.max(1, ...values.values());
  const all = [...values].map(([code, value]) => ({ code, value, shade: Math.log1p(value) / Math.log1p(most) }));
  return all.sort((a, b) => b.value - a.value || a.code.localeCompare(b.code));
}

export interface PlacedLines {
  provinces: Shaded[];
  /** Lines in a finding, by province. */
  found: Map<string, number>;
  /** Lines whose municipality no register states. */
  without: number;
  /** Codes that are none of ISTAT's, with their lines. */
  strange: [string, number][];
}

/** Lines by province. `known` are the provinces that there are shapes of. */
export function placeLines(map: MapAnswer, known: ReadonlySet<string>): PlacedLines {
  const [values, found, strange] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  let without = 0;
  for (const row of map.lines) {
    const province = provinceOf(row.municipality_code);
    if (row.municipality_code === null) without += row.lines;
    else if (province === null || !known.has(province)) strange.set(row.municipality_code, (strange.get(row.municipality_code) ?? 0) + row.lines);
    else {
      values.set(province, (values.get(province) ?? 0) + row.lines);
      if (row.found > 0) found.set(province, (found.get(province) ?? 0) + row.found);
    }
  }
  return { provinces: shaded(values), found, without, strange: [...strange].sort(([a], [b]) => a.localeCompare(b)) };
}

/** The name of a municipality and, where one is known, its dot; by province and then by its own three digits. */
export type Municipalities = Readonly<Record<string, Readonly<Record<string, readonly (string | number)[]>>>>;

/** What a municipality is called; nothing where ISTAT has no such code. */
export function municipality(code: string | null, known: Municipalities): string | null {
  const name = code === null ? undefined : known[code.slice(0, 3)]?.[code.slice(3)]?.[0];
  return typeof name === "string" ? name : null;
}

export interface Town {
  code: string;
  name: string;
  lines: number;
  found: number;
  x: number;
  y: number;
}

/** A dot for each municipality with lines; one whose own dot is not known stands at its province. */
export function placeTowns(map: MapAnswer, known: Municipalities, provinces: Readonly<Record<string, Place>>): Town[] {
  const towns = new Map<string, Town>();
  for (const row of map.lines) {
    const province = provinceOf(row.municipality_code);
    const at = province === null ? undefined : provinces[province];
    if (row.municipality_code === null || province === null || at === undefined) continue;
    const code = row.municipality_code;
    const [, x, y] = known[province]?.[code.slice(3)] ?? [];
    const place = typeof x === "number" && typeof y === "number" ? { x, y } : { x: at.x, y: at.y };
    const town = towns.get(code) ?? { code, name: municipality(code, known) ?? code, lines: 0, found: 0, ...place };
    towns.set(code, { ...town, lines: town.lines + row.lines, found: town.found + row.found });
  }
  return [...towns.values()].sort((a, b) => b.lines - a.lines || a.code.localeCompare(b.code));
}

export interface Arc {
  from: string;
  to: string;
  payments: number;
  d: string;
}

export interface PlacedPayments {
  countries: Shaded[];
  arcs: Arc[];
  /** Payments of which a country is not stated, or has no shape. */
  without: number;
}

interface Place {
  x: number;
  y: number;
}

/** Payments by country, and from country to country. */
export function placePayments(map: MapAnswer, places: Readonly<Record<string, Place>>): PlacedPayments {
  const values = new Map<string, number>();
  const pairs = new Map<string, { from: string; to: string; payments: number }>();
  let without = 0;
  for (const row of map.corridors) {
    const [from, to] = [row.from?.toUpperCase() ?? null, row.to?.toUpperCase() ?? null];
    for (const code of new Set([from, to])) if (code !== null && places[code] !== undefined) values.set(code, (values.get(code) ?? 0) + row.payments);
    if (from === null || to === null || places[from] === undefined || places[to] === undefined) {
      without += row.payments;
      continue;
    }
    if (from === to) continue;
    const key = `${from} ${to}`;
    const pair = pairs.get(key) ?? { from, to, payments: 0 };
    pair.payments += row.payments;
    pairs.set(key, pair);
  }
  const arcs = [...pairs.values()].map((pair) => ({ ...pair, d: arc(places[pair.from], places[pair.to]) }));
  return { countries: shaded(values), arcs: arcs.sort((a, b) => b.payments - a.payments || a.from.localeCompare(b.from) || a.to.localeCompare(b.to)), without };
}

/** A bow from one place to another, to the left of the way, so that there and back are two. */
export function arc(from: Place | undefined, to: Place | undefined): string {
  if (from === undefined || to === undefined) return "";
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const mid = { x: (from.x + to.x) / 2 + dy * 0.18, y: (from.y + to.y) / 2 - dx * 0.18 };
  const f = (n: number) => String(Math.round(n * 10) / 10);
  return `M${f(from.x)} ${f(from.y)}Q${f(mid.x)} ${f(mid.y)} ${f(to.x)} ${f(to.y)}`;
}
