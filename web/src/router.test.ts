import { expect, test } from "vitest";
import { addressOf, placeOf, withQuery } from "./router";

test("an address leads back to the place it was made from", () => {
  for (const name of ["case", "a b", "à/è", "x-1.2"]) {
    const [path, search] = addressOf(name, "lead", "L/1", { item: "holder:a b/c" }).split("?");
    const place = placeOf(path ?? "", search ?? "");
    expect(place).toMatchObject({ page: "lead", caseName: name, lead: "L/1" });
    expect(place.query.get("item")).toBe("holder:a b/c");
  }
});

test("addresses that lead nowhere show no page", () => {
  for (const path of ["/", "/elsewhere", "/case", "/case/x/nothing"]) expect(placeOf(path, "").page).toBeNull();
  expect(placeOf("/sign-in", "").signIn).toBe(true);
  expect(placeOf("/case/%E0%A4%A", "").caseName).toBe("%E0%A4%A");
});

test("a filter is set, kept and taken out", () => {
  const query = new URLSearchParams("outcome=supported&page=3");
  expect(withQuery(query, { page: null })).toBe("?outcome=supported");
  expect(withQuery(query, { outcome: null, page: "" })).toBe("");
  expect(withQuery(query, { search: "a&b" })).toBe("?outcome=supported&page=3&search=a%26b");
});
