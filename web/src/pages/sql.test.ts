import { expect, test } from "vitest";
import { partsOf } from "./sql";

const SQL = "-- why: it's so\nSELECT s.at_utc, 'a''b' AS x FROM session s\nWHERE s.n >= $least AND s.m < 10.5 ORDER BY s.ip";

test("no character is lost or changed", () => {
  for (const sql of [SQL, "", "'open", "-- end", "a.b_c1 * 2"]) expect(partsOf(sql).map((p) => p.text).join("")).toBe(sql);
});

test("parts have their kinds", () => {
  const of = (kind: string) => partsOf(SQL).filter((p) => p.kind === kind).map((p) => p.text);
  expect(of("comment")).toEqual(["-- why: it's so"]);
  expect(of("string")).toEqual(["'a''b'"]);
  expect(of("param")).toEqual(["$least"]);
  expect(of("number")).toEqual(["10.5"]);
  expect(of("word")).toEqual(["SELECT", "AS", "FROM", "WHERE", "AND", "ORDER", "BY"]);
});
