import { expect, test } from "vitest";
import type { GateSigning } from "../api/types";
import { decisions, hindrance, judgements } from "./signing";

const resolution = (passed: boolean, signing: GateSigning) => ({ gate: "resolution" as const, passed, signing, first: signing });
const attribution = (passed: boolean, first: GateSigning) => ({ gate: "attribution" as const, passed, signing: "open" as const, first });

test("what the evidence does not pass can be refused, never signed", () => {
  expect(decisions(resolution(false, "open"))).toEqual(["refused"]);
  expect(hindrance(resolution(false, "open"))).toBe("notPassed");
});

test("gate 1 is signed before gate 2, and as the lead stands now", () => {
  for (const first of ["open", "refused", "changed"] as const) {
    expect(hindrance(attribution(true, first)), first).toBe("firstGate");
    expect(decisions(attribution(true, first))).not.toContain("signed");
  }
  expect(decisions(attribution(true, "signed"))).toEqual(["signed", "refused"]);
});

test("a decision can be taken back or turned round, not made twice", () => {
  expect(decisions(resolution(true, "signed"))).toEqual(["refused", "withdrawn"]);
  expect(decisions(resolution(true, "refused"))).toEqual(["signed", "withdrawn"]);
  expect(decisions(resolution(true, "changed"))).toEqual(["signed", "refused", "withdrawn"]);
});

test("a lead is judged once, until it is taken back", () => {
  const all = ["confirm", "refute", "set_aside", "split", "merge"];
  expect(judgements([], true)).toEqual(all);
  expect(judgements([], false)).toEqual(["refute", "set_aside", "split", "merge"]);
  for (const kind of ["confirm", "refute", "set_aside"]) expect(judgements([{ kind, stands: true }], true), kind).toEqual(["merge"]);
  expect(judgements([{ kind: "refute", stands: false }], true)).toEqual(all);
});

test("what is split is not merged, and what is merged is not split", () => {
  expect(judgements([{ kind: "split", stands: true }], true)).toEqual([]);
  expect(judgements([{ kind: "merge", stands: true }], true)).toEqual(["confirm", "refute", "set_aside", "merge"]);
  expect(judgements([{ kind: "merge", stands: true }, { kind: "refute", stands: true }], true)).toEqual(["merge"]);
});
