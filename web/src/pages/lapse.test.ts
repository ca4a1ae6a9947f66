import { expect, test } from "vitest";
import { en } from "../words/en";
import { it } from "../words/it";
import { lapseSaid } from "./lapse";

test("the kind of a lapse is said in the language shown, the reason as it was given", () => {
  expect(lapseSaid("annulled: Tribunal, order 7: in part", en)).toBe("annulled by a court: Tribunal, order 7: in part");
  expect(lapseSaid("not validated: no decree", it)).toBe("non convalidata in tempo: no decree");
  expect(lapseSaid("otherwise: so", it)).toBe("otherwise: so");
  expect(lapseSaid("annulled", en)).toBe("annulled");
});
