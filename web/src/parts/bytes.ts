// A row of a sealed file as a strip: what is shown, where it stands, and how much between is masked.

import type { ProofRecord, ProofValue } from "../api/types";

/** The server gives no more records of an item than that. */
export const MOST = 200;
/** So many of each are shown at first. */
const FIRST = 3;

/** How many records of each item the address asks for. */
export function mostOf(text: string | null): number {
  return Math.min(Math.max(Math.floor(Number(text ?? FIRST)) || FIRST, 1), MOST);
}

/** How many come next, for the address. */
export function moreThan(most: number): string {
  return String(most < 20 ? 20 : MOST);
}

export interface Piece {
  kind: "shown" | "masked";
  start: number;
  end: number;
  /** The bytes as text; empty where masked. */
  text: string;
  /** The columns that these bytes say. */
  columns: string[];
}

/** The values whose bytes lie inside the row, as pieces without gaps from the row's first byte to its last. */
export function strip(record: ProofRecord): Piece[] {
  const { start, end } = record.span;
  const shown = new Map<string, Piece>();
  for (const value of record.values) {
    const span = value.span;
    if (span === null || value.bytes === null || span.start < start || span.end > end || span.end <= span.start) continue;
    const key = `${span.start}-${span.end}`;
    const piece = shown.get(key);
    if (piece !== undefined) piece.columns.push(value.column);
    else shown.set(key, { kind: "shown", start: span.start, end: span.end, text: value.bytes, columns: [value.column] });
  }
  const sorted = [...shown.values()].sort((a, b) => a.start - b.start || b.end - a.end);
  const pieces: Piece[] = [];
  let at = start;
  for (const piece of sorted) {
    // A value inside another's bytes is in the table below; the strip shows each byte once.
    if (piece.start < at) continue;
    if (piece.start > at) pieces.push(masked(at, piece.start));
    pieces.push(piece);
    at = piece.end;
  }
  if (at < end) pieces.push(masked(at, end));
  return pieces;
}

function masked(start: number, end: number): Piece {
  return { kind: "masked", start, end, text: "", columns: [] };
}

/** What a value says of itself: masked, spelt by bytes, or following from a rule. */
export function origin(value: ProofValue): "masked" | "bytes" | "rule" {
  if (value.value === null) return "masked";
  return value.span === null ? "rule" : "bytes";
}

/** Records by the sealed file they stand in, in the order of the server. */
export function byFile(records: readonly ProofRecord[]): { fileName: string; sourceId: string; records: ProofRecord[] }[] {
  const files = new Map<string, { fileName: string; sourceId: string; records: ProofRecord[] }>();
  for (const record of records) {
    const file = files.get(record.source_id) ?? { fileName: record.file_name, sourceId: record.source_id, records: [] };
    file.records.push(record);
    files.set(record.source_id, file);
  }
  return [...files.values()];
}
