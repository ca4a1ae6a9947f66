// Which decisions a person can make about a gate. The server decides the same again; this is so that nobody is led into
// a refusal.

import type { Decision, GateName, GateSigning, JudgementName } from "../api/types";

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

/** The judgements that make sense beside those that stand: a lead is judged in one way at a time, and merged as often as need be, but never both split and merged. */
export function judgements(made: Made[], supported: boolean): JudgementName[] {
  const standing = new Set(made.filter((j) => j.stands).map((j) => j.kind));
  const judged = ["confirm", "refute", "set_aside", "split"].some((kind) => standing.has(kind));
  const out: JudgementName[] = [];
  if (!judged) out.push(...(supported ? ["confirm" as const] : []), "refute", "set_aside");
  if (!judged && !standing.has("merge")) out.push("split");
  if (!standing.has("split")) out.push("merge");
  return out;
}
