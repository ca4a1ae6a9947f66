// How a node is called on the screen: by reference, and by what it is where that is all that may be shown.

import type { GraphNode } from "../api/types";
import type { Words } from "../words";

export const KINDS = ["account", "person", "line", "device", "selector", "address", "group", "referral", "payment", "household"] as const;
export type Kind = (typeof KINDS)[number];

/** The name of a node, whole. */
export function nameOf(node: GraphNode, words: Words): string {
  const w = words.pictures;
  const detail = node.detail === null ? undefined : (w.selector as Record<string, string>)[node.detail];
  if (node.kind === "selector") {
    const holder = node.node_ref.slice(node.node_ref.indexOf(":") + 1);
    return w.selectorOf(detail ?? w.kind.selector, holder);
  }
  if (node.kind === "payment") return node.label ?? `${node.node_ref} (${w.maskedAccount(detail ?? w.kind.payment)})`;
  return node.node_ref;
}

/** A name that fits under a node. */
export function shortName(node: GraphNode, words: Words, most = 18): string {
  const detail = node.detail === null ? undefined : (words.pictures.selector as Record<string, string>)[node.detail];
  const whole =
    node.kind === "selector" ? (detail ?? words.pictures.kind.selector)
    : node.kind === "payment" ? (node.label?.split("/").pop() ?? node.node_ref)
    : node.kind === "account" ? node.node_ref.slice(node.node_ref.indexOf(":") + 1)
    : node.kind === "line" ? node.node_ref.slice(node.node_ref.indexOf("/") + 1)
    : node.node_ref;
  return clip(whole, most);
}

/** The middle of a long text left out: references differ at their ends. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  const tail = Math.floor((most - 1) / 3);
  return `${text.slice(0, most - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/** What a node is, in words. */
export function kindName(node: { kind: string }, words: Words): string {
  return (words.pictures.kind as Record<string, string>)[node.kind] ?? node.kind;
}

/** What else is known of it, in words. */
export function standing(node: GraphNode, words: Words): string[] {
  const w = words.pictures;
  const out: string[] = [];
  if (node.investigated) out.push(w.investigated);
  else if (node.of_note) out.push(w.ofNote);
  if (node.role !== null) out.push((w.role as Record<string, string>)[node.role] ?? node.role);
  if (node.kind === "line" && node.detail !== null) out.push((w.map.access as Record<string, string>)[node.detail] ?? node.detail);
  return out;
}

/** The word for a kind of tie. */
export function tieName(tie: string, words: Words): string {
  return (words.pictures.tie as Record<string, string>)[tie] ?? tie;
}
