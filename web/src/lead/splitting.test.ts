import { expect, test } from "vitest";
import { OTHERS_MOST, PARTS_MOST, TWO_PARTS, addable, given, partsOf, splitLacks, withChange, withPart, withoutPart } from "./splitting";

const items = [{ evidence_ref: "against" }, { evidence_ref: "for" }, { evidence_ref: "line" }];

test("an item belongs to one part at most", () => {
  const draft = given(given(given(given(TWO_PARTS, "for", 0), "against", 1), "for", 1), "line", 0);
  expect(partsOf(given(draft, "line", null), items)).toEqual([
    { name: "A", person_ref: null, evidence_refs: [] },
    { name: "B", person_ref: null, evidence_refs: ["against", "for"] },
  ]);
  expect(partsOf(given(TWO_PARTS, "not of this lead", 0), items)[0]?.evidence_refs).toEqual([]);
});

test("parts come and go between two and as many as the server takes; what was a part's is nobody's after it", () => {
  expect(withoutPart(TWO_PARTS, 0)).toBe(TWO_PARTS);
  let draft = given(withPart(TWO_PARTS), "for", 2);
  expect(draft.parts.map((p) => p.name)).toEqual(["A", "B", "C"]);
  expect(partsOf(withoutPart(draft, 0), items).map((p) => [p.name, p.evidence_refs])).toEqual([["B", []], ["C", ["for"]]]);
  expect(withPart(withoutPart(draft, 0)).parts.map((p) => p.name)).toEqual(["B", "C", "A"]);
  expect(partsOf(withoutPart(draft, 2), items).flatMap((p) => p.evidence_refs)).toEqual([]);
  for (let n = 0; n < 30; n += 1) draft = withPart(draft);
  expect([draft.parts.length, new Set(draft.parts.map((p) => p.id)).size]).toEqual([PARTS_MOST, PARTS_MOST]);
});

test("every part has a name of its own", () => {
  expect(splitLacks(TWO_PARTS)).toBe(null);
  expect(splitLacks(withChange(TWO_PARTS, 1, { name: " " }))).toBe("name");
  expect(splitLacks(withChange(TWO_PARTS, 1, { name: "A " }))).toBe("otherName");
  expect(partsOf(withChange(TWO_PARTS, 1, { name: " the tenant ", person: "P1" }), [])[1]).toEqual({ name: "the tenant", person_ref: "P1", evidence_refs: [] });
});

test("a lead is merged with others, each once", () => {
  const found = ["a", "b", "c"].map((lead_ref) => ({ lead_ref }));
  expect(addable(found, "a", ["b"])).toEqual([{ lead_ref: "c" }]);
  expect(addable(found, "x", Array.from({ length: OTHERS_MOST }, (_, n) => `L${n}`))).toEqual([]);
});
