import { expect, test } from "vitest";
import { en } from "./en";
import { it } from "./it";

function leaves(value: unknown, path: string): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") return [[path, String((value as (...args: unknown[]) => unknown)(1, 2, 3, 4))]];
  return Object.entries(value as object).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

test("every word is said in both languages", () => {
  const [english, italian] = [leaves(en, ""), leaves(it, "")];
  expect(italian.map(([path]) => path)).toEqual(english.map(([path]) => path));
  for (const [path, text] of [...english, ...italian]) expect(text.trim(), path).not.toBe("");
});

test("sentences are not left in English", () => {
  const italian = new Map(leaves(it, ""));
  const same = leaves(en, "").filter(([path, text]) => (text.match(/[a-z]{3,}/gi) ?? []).length > 2 && italian.get(path) === text);
  expect(same).toEqual([]);
});
