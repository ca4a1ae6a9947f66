import { expect, test } from "vitest";
import { DOSSIERS, EXPORTS, FORMS, isDossier, isForm } from "./departure";

test("a form is a dossier or an export, and nothing else is a form", () => {
  expect(FORMS.filter(isDossier)).toEqual([...DOSSIERS]);
  expect(FORMS.filter((f) => !isDossier(f))).toEqual([...EXPORTS]);
  expect(["pdf", "case", "exe", ""].map(isForm)).toEqual([true, true, false, false]);
});
