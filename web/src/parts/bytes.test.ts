import { expect, test } from "vitest";
import type { ProofRecord, ProofValue } from "../api/types";
import { byFile, moreThan, mostOf, origin, strip } from "./bytes";

function value(column: string, start: number | null, bytes: string | null): ProofValue {
  const span = start === null ? null : { start, end: start + (bytes?.length ?? 3) };
  return { column, value: bytes, span, bytes, rule: null };
}

function record(start: number, end: number, values: ProofValue[]): ProofRecord {
  return { table: "session", file_name: "a.csv", source_id: "s1", row: 1, span: { start, end }, values, masked_bytes: 0 };
}

const lengths = (r: ProofRecord) => strip(r).map((p) => `${p.kind === "shown" ? p.text : "?"}${p.end - p.start}`);

test("every byte of the row is in the strip once, shown or masked", () => {
  const row = record(100, 120, [value("ip", 110, "1.2.3"), value("at", 102, "noon"), value("name", 116, null)]);
  expect(lengths(row)).toEqual(["?2", "noon4", "?4", "1.2.35", "?5"]);
  const pieces = strip(row);
  expect(pieces[0]?.start).toBe(100);
  expect(pieces.at(-1)?.end).toBe(120);
  for (let i = 1; i < pieces.length; i++) expect(pieces[i]?.start).toBe(pieces[i - 1]?.end);
});

test("columns that the same bytes say share a piece, and overlaps show each byte once", () => {
  const row = record(0, 9, [value("a", 0, "abcdef"), value("b", 0, "abcdef"), value("c", 2, "cd"), value("d", 6, "ghi")]);
  expect(lengths(row)).toEqual(["abcdef6", "ghi3"]);
  expect(strip(row)[0]?.columns).toEqual(["a", "b"]);
});

test("bytes outside the row and rules are left to the table", () => {
  const row = record(10, 12, [value("platform", 3, "kik"), value("zone", null, "UTC")]);
  expect(lengths(row)).toEqual(["?2"]);
  expect(row.values.map(origin)).toEqual(["bytes", "rule"]);
  expect(origin(value("name", 11, null))).toBe("masked");
});

test("records stand with their file", () => {
  const [a, b] = [record(0, 1, []), { ...record(5, 6, []), source_id: "s2" }];
  expect(byFile([a, b, a]).map((f) => [f.sourceId, f.records.length])).toEqual([["s1", 2], ["s2", 1]]);
});

test("an address asks for a few records first, and never for more than the server gives", () => {
  expect([null, "20", "0", "-1", "7.9", "many", "9999"].map(mostOf)).toEqual([3, 20, 3, 1, 7, 3, 200]);
  expect([3, 20, 200].map(moreThan)).toEqual(["20", "200", "200"]);
});
