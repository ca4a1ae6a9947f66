// Ties by the two nodes that they join: in the picture each pair is one stroke.

import type { GraphTie } from "../api/types";

export interface Pair {
  key: string;
  a: string;
  b: string;
  ties: GraphTie[];
  /** `finding` where a step of the run found it, `paid` where money went; else `record`. */
  look: "finding" | "paid" | "record";
  /** Whether it is uncertain by its own word: a set, weak, one episode, taken back. */
  open: boolean;
  records: number;
}

export function pairKey(a: string, b: string): string {
  return a < b ? `${a}\n${b}` : `${b}\n${a}`;
}

/** The pairs of some ties, in the order in which they first come. */
export function pairsOf(ties: readonly GraphTie[]): Pair[] {
  const out = new Map<string, GraphTie[]>();
  for (const tie of ties) {
    const key = pairKey(tie.from, tie.to);
    const before = out.get(key);
    if (before === undefined) out.set(key, [tie]);
    else before.push(tie);
  }
  return [...out].map(([key, found]) => pairOf(key, found));
}

function pairOf(key: string, ties: GraphTie[]): Pair {
  const findings = ties.filter((tie) => tie.tie === "resolved" || tie.tie === "attributed");
  const paid = ties.filter((tie) => tie.tie === "paid");
  const look = findings.length > 0 ? "finding" : paid.length > 0 ? "paid" : "record";
  const telling = findings.length > 0 ? findings : paid;
  const open = telling.length > 0 && telling.every((tie) => (tie.status !== null && tie.status !== "single") || (tie.tie === "attributed" && (tie.log10_lr ?? 0) <= 0));
  const first = (look === "paid" ? paid[0] : ties[0]) ?? ties[0];
  return { key, a: first?.from ?? "", b: first?.to ?? "", ties, look, open, records: ties.reduce((sum, tie) => sum + tie.records, 0) };
}

/** How thick the stroke of a pair is. */
export function thickness(pair: Pair): number {
  return Math.round((1 + Math.min(3, Math.log10(1 + pair.records))) * 10) / 10;
}
