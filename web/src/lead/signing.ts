// Which decisions a person can make about a gate. The server decides the same again; this is so that nobody is led into
// a refusal.

import type { Decision, GateName, GateSigning } from "../api/types";

export interface GateState {
  gate: GateName;
  passed: boolean;
  signing: GateSigning;
  /** Where gate 1 stands. */
  first: GateSigning;
}

/** Why a gate cannot be signed now; null where it can. */
export function hindrance(state: GateState): "notPassed" | "firstGate" | null {
  if (!state.passed) return "notPassed";
  return state.gate === "attribution" && state.first !== "signed" ? "firstGate" : null;
}

/** The decisions that make sense, in the order of their buttons. */
export function decisions(state: GateState): Decision[] {
  const out: Decision[] = [];
  if (state.signing !== "signed" && hindrance(state) === null) out.push("signed");
  if (state.signing !== "refused") out.push("refused");
  if (state.signing !== "open") out.push("withdrawn");
  return out;
}

/** As much of a judgement as decides. */
interface Made {
  kind: string;
  stands: boolean;
}

/** The judgements that make sense beside those that stand: a lead is not confirmed and refuted at once. */
export function judgements(made: Made[], supported: boolean): ("confirm" | "refute" | "set_aside")[] {
  const standing = new Set(made.filter((j) => j.stands).map((j) => j.kind));
  if (standing.has("confirm") || standing.has("refute") || standing.has("set_aside")) return [];
  return supported ? ["confirm", "refute", "set_aside"] : ["refute", "set_aside"];
}
