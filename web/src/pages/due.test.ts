import { expect, test } from "vitest";
import type { BasisPage } from "../api/types";
import { due, soonest } from "./due";

function basis(basis_id: string, more: Partial<BasisPage>): BasisPage {
  return {
    basis_id, act: "", authority: "", scope: "", from_date: "2026-01-01", until_date: "2030-01-01", urgent_since_utc: null, validation_due: false,
    tables: [], keep_until: null, deletion_due: false, lapsed: null, sources: 1, ...more,
  };
}

test("what is over stands first, and what is far away nowhere", () => {
  const found = due(
    [
      basis("far", { keep_until: "2029-01-01" }),
      basis("soon", { keep_until: "2026-06-20" }),
      basis("over", { keep_until: "2026-05-01", deletion_due: true }),
      basis("urgent", { validation_due: true }),
      basis("ending", { until_date: "2026-06-02" }),
      basis("ended", { until_date: "2026-05-02" }),
      basis("empty", { keep_until: "2026-05-01", sources: 0 }),
    ],
    "2026-06-01",
  );
  expect(found.map((d) => [d.basis, d.kind, d.left])).toEqual([
    ["urgent", "validation", null],
    ["over", "deletion", -31],
    ["ending", "ending", 1],
    ["soon", "retention", 19],
  ]);
});

test("what operators soon no longer keep stands first, each account and operator once", () => {
  const planned = [["a", "x", 9], ["b", "x", 4], ["a", "x", 3], ["a", "y", 40], ["c", "x", 5]] as const;
  const found = soonest(planned.map(([account, operator, days_left]) => ({ account, operator, days_left })), 3);
  expect(found.map((f) => [f.account, f.operator, f.requests, f.days_left])).toEqual([["a", "x", 2, 3], ["b", "x", 1, 4], ["c", "x", 1, 5]]);
});
