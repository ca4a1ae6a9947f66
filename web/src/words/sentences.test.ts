import { expect, test } from "vitest";
import table from "../../../schema/sentences.it.tests.json";
import { inItalian } from "./sentences";

test("every sentence of the table is said as it stands there, as in the dossier", () => {
  expect(table.length).toBeGreaterThan(100);
  for (const [english, italian] of table) expect(inItalian(english ?? ""), english ?? "").toBe(italian);
});

test("a sentence without end is left alone", () => {
  const part = "log-ins of both 1 of 7 (the same hour of other days: 0 of 56)";
  const of = (parts: number) => `7 payments come near contact with the recipient: ${Array(parts).fill(part).join("; ")}`;
  expect(inItalian(of(20))).not.toBeNull();
  expect(inItalian(of(200))).toBeNull();
});
