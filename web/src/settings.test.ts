import { expect, test } from "vitest";
import { readSettings } from "./settings";

test("the address goes before what is kept, and that before the browser", () => {
  expect(readSettings("", null, ["it-IT", "en"])).toEqual({ language: "it", theme: "auto" });
  expect(readSettings("", '{"language":"en","theme":"dark"}', ["it"])).toEqual({ language: "en", theme: "dark" });
  expect(readSettings("?lang=it&theme=light", '{"language":"en","theme":"dark"}', ["en"])).toEqual({ language: "it", theme: "light" });
});

test("nonsense is passed over", () => {
  expect(readSettings("?lang=xx&theme=1", "not json", [])).toEqual({ language: "en", theme: "auto" });
  expect(readSettings("", "null", ["de"])).toEqual({ language: "en", theme: "auto" });
});
