import { expect, test } from "vitest";
import { cellCount, choiceCount, isFiltered, questionOf, shade, shownUrgencies, viewOf } from "./leads_view";

const view = (text: string) => viewOf(new URLSearchParams(text));

test("an address says the whole view", () => {
  const seen = view("outcome=supported&signing=waiting&certainty=strong&urgency=stated&search=a&order=account&page=2");
  expect(questionOf(seen)).toEqual({
    outcome: "supported",
    signing: "waiting",
    certainty: "strong",
    urgency: "stated",
    search: "a",
    order: "account",
    page: 2,
    per_page: 50,
  });
  expect(isFiltered(seen)).toBe(true);
});

test("an address that says nothing, or nonsense, shows everything", () => {
  for (const text of ["", "outcome=guilty&order=random&page=-1", "page=x&signing="]) {
    expect(questionOf(view(text))).toEqual({ order: "urgency", page: 1, per_page: 50 });
    expect(isFiltered(view(text))).toBe(false);
  }
});

test("cells of the axes", () => {
  const axes = [{ urgency: "older", certainty: "none", count: 4 }] as const;
  expect(cellCount([...axes], "older", "none")).toBe(4);
  expect(cellCount([...axes], "stated", "none")).toBe(0);
  expect(shownUrgencies([...axes], null)).toEqual(["older"]);
  expect(shownUrgencies([...axes], "stated")).toEqual(["stated", "older"]);
  expect(shade(0, 0)).toBe(0);
  expect(shade(1, 4)).toBe(0.5);
  expect(choiceCount([{ value: "signed", count: 2 }], "signed")).toBe(2);
  expect(choiceCount([], "signed")).toBe(0);
});
