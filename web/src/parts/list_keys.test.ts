import { expect, test } from "vitest";
import { rowAfter } from "./list_keys";

test("keys move within the list and stop at its ends", () => {
  expect(rowAfter("j", -1, 3)).toBe(0);
  expect(rowAfter("ArrowDown", 2, 3)).toBe(2);
  expect(rowAfter("k", 0, 3)).toBe(0);
  expect(rowAfter("ArrowUp", 2, 3)).toBe(1);
  expect(rowAfter("Home", 2, 3)).toBe(0);
  expect(rowAfter("End", 0, 3)).toBe(2);
});

test("other keys and empty lists are left alone", () => {
  expect(rowAfter("a", 0, 3)).toBeNull();
  expect(rowAfter("j", -1, 0)).toBeNull();
});
