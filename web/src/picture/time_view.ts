// The view of the time, as it stands in the address: whose events, and which window; and how windows and axes are cut.

import { nodesOf } from "./graph_view";

/** The server takes no more. */
export const NODES_MAX = 12;
/** Nobody looks at less than ten seconds. */
const SPAN_MIN = 10_000;
const SPAN_MAX = 200 * 365.25 * 86_400_000;

export interface TimeView {
  nodes: string[];
  /** The window in RFC 3339; absent where everything is seen. */
  from: string | null;
  until: string | null;
  /** The zone of the local times; absent where it is the browser's. */
  zone: string | null;
  /** The event that is picked, by its record. */
  event: string | null;
}

export interface Span {
  /** In milliseconds since 1970. */
  from: number;
  until: number;
}

export function viewOf(query: URLSearchParams): TimeView {
  const [from, until] = [instantOf(query.get("from")), instantOf(query.get("until"))];
  const whole = from !== null && until !== null && Date.parse(from) < Date.parse(until);
  return {
    nodes: nodesOf(query.get("nodes")).slice(0, NODES_MAX),
    from: whole ? from : null,
    until: whole ? until : null,
    zone: isZone(query.get("zone")) ? query.get("zone") : null,
    event: query.get("event"),
  };
}

function instantOf(text: string | null): string | null {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** Whether the browser knows a zone of that name. */
export function isZone(name: string | null): boolean {
  if (name === null || name === "") return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** An instant for the address: whole seconds, as short as it can be read again. */
export function textOf(at: number): string {
  return new Date(Math.round(at / 1000) * 1000).toISOString().replace(".000Z", "Z");
}

/** A window moved by a part of its length. */
export function moved(span: Span, by: number): Span {
  const step = (span.until - span.from) * by;
  return { from: span.from + step, until: span.until + step };
}

/** A window that is so many times as long, around a place within it from 0 to 1. */
export function zoomed(span: Span, by: number, around = 0.5): Span {
  const length = span.until - span.from;
  const next = Math.min(Math.max(length * by, SPAN_MIN), SPAN_MAX);
  const fixed = span.from + length * around;
  return { from: fixed - next * around, until: fixed + next * (1 - around) };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [1_000, 5_000, 15_000, 30_000, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY];

export interface Tick {
  at: number;
  label: string;
}

/** The marks of an axis: at whole steps of the zone's own clock, at most `most` of them. */
export function ticks(span: Span, most: number, zone: string, locale: string): Tick[] {
  const length = span.until - span.from;
  const step = STEPS.find((s) => length / s <= most);
  if (step === undefined) return monthTicks(span, most, zone, locale);
  const options: Intl.DateTimeFormatOptions =
    step < MINUTE ? { hour: "2-digit", minute: "2-digit", second: "2-digit" }
    : step < DAY ? { hour: "2-digit", minute: "2-digit" }
    : { day: "numeric", month: "short" };
  const time = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone, hourCycle: "h23" });
  const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: zone });
  const out: Tick[] = [];
  // Whole steps by the clock on the wall: its distance from UTC can change within the window.
  for (let at = firstOn(span.from, step, zone); at < span.until && out.length <= most + 2; at = firstOn(at + step / 2, step, zone)) {
    const midnight = step < DAY && wall(at, zone) % DAY === 0;
    out.push({ at, label: midnight ? date.format(at) : time.format(at) });
    if (step < 1_000) break;
  }
  return out;
}

/** The first whole step of the wall clock at or after an instant. */
function firstOn(from: number, step: number, zone: string): number {
  const there = wall(from, zone);
  const epoch = step >= 7 * DAY ? 4 * DAY : 0;
  const next = Math.ceil((there - epoch) / step) * step + epoch;
  const at = from + (next - there);
  // Where the clock was set meanwhile, once more from there.
  return at + (next - wall(at, zone));
}

/** What the clock on the wall shows, as if it were UTC. */
export function wall(at: number, zone: string): number {
  if (zone === "UTC") return at;
  const parts = formatOf(zone).formatToParts(at);
  const of = (type: string) => Number(parts.find((p) => p.type === type)?.value ?? 0);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) + (((at % 1000) + 1000) % 1000);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23", era: undefined });
  formats.set(zone, made);
  return made;
}

function monthTicks(span: Span, most: number, zone: string, locale: string): Tick[] {
  const months = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200].find((m) => (span.until - span.from) / (m * 30.44 * DAY) <= most) ?? 1200;
  const options: Intl.DateTimeFormatOptions = months >= 12 ? { year: "numeric" } : { month: "short", year: "numeric" };
  const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  const out: Tick[] = [];
  const start = new Date(span.from);
  for (let n = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months; out.length <= most + 2; n += months) {
    const there = Date.UTC(Math.floor(n / 12), n % 12, 1);
    const at = there - (wall(there, zone) - there);
    if (at >= span.until) break;
    if (at >= span.from) out.push({ at, label: format.format(at) });
  }
  return out;
}

export interface Bar {
  from: number;
  until: number;
  events: number;
}

/** The counts of a lane as bars; empty steps have none. */
export function bars(first: number, step: number, counts: readonly number[]): Bar[] {
  return counts.map((events, i) => ({ from: first + i * step, until: first + (i + 1) * step, events })).filter((bar) => bar.events > 0);
}

/** How high a bar is, from 0 to 1: by the root, so that one event beside thousands is still seen. */
export function heightOf(events: number, most: number): number {
  return most === 0 ? 0 : Math.max(0.08, Math.sqrt(events / most));
}

/** Where an instant stands in the window, from 0 to 1. */
export function placeOf(at: number, span: Span): number {
  return (at - span.from) / (span.until - span.from);
}

/** A length of time in its largest whole unit. */
export function unitOf(seconds: number): { unit: "minutes" | "hours" | "days"; n: number } {
  if (seconds % 86_400 === 0) return { unit: "days", n: seconds / 86_400 };
  if (seconds % 3_600 === 0) return { unit: "hours", n: seconds / 3_600 };
  return { unit: "minutes", n: seconds / 60 };
}

/** An instant in a zone, to the second. */
export function instantIn(at: number | string, zone: string, locale: string): string {
  const time = typeof at === "string" ? Date.parse(at) : at;
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: zone, hourCycle: "h23" }).format(time);
}
