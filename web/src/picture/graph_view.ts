// The view of the graph, as it stands in the address: what was opened, in its order, what was added, what is selected.

import { KINDS, type Kind } from "./node_names";

/** So many neighbours of an opened node are drawn. */
export const MOST = 12;
/** The server lets no more be opened; see GraphQuery. */
export const OPEN_MAX = 30;
export const SHOW_MAX = 100;

export interface GraphView {
  open: string[];
  show: string[];
  kinds: Kind[];
  /** The selected node. */
  node: string | null;
  /** The ends of the selected tie. */
  tie: [string, string] | null;
  /** The ends of the way that is shown. */
  from: string | null;
  to: string | null;
  /** Whether the way may lead through IP addresses. */
  throughAddresses: boolean;
  /** The kind of neighbours that are listed, and the page of the list. */
  list: string | null;
  page: number;
  /** Where the picture is moved to, and how far it is enlarged; absent where it fits. */
  at: Camera | null;
}

export interface Camera {
  x: number;
  y: number;
  /** How many times larger than fitting. */
  scale: number;
}

/** Reads nodes separated by commas; a comma inside of one is written %2C. */
export function nodesOf(text: string | null): string[] {
  return (text ?? "").split(",").filter((part) => part !== "").map((part) => part.replaceAll("%2C", ",").replaceAll("%25", "%"));
}

/** Writes nodes so that they can be read again. */
export function nodesText(nodes: readonly string[]): string {
  return nodes.map((node) => node.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
}

export function viewOf(query: URLSearchParams): GraphView {
  const kinds = (query.get("kinds") ?? "").split(",").filter((k): k is Kind => (KINDS as readonly string[]).includes(k));
  const tie = nodesOf(query.get("tie"));
  return {
    open: nodesOf(query.get("open")).slice(0, OPEN_MAX),
    show: nodesOf(query.get("show")).slice(0, SHOW_MAX),
    kinds,
    node: query.get("node"),
    tie: tie[0] !== undefined && tie[1] !== undefined ? [tie[0], tie[1]] : null,
    from: query.get("from"),
    to: query.get("to"),
    throughAddresses: query.get("via") === "address",
    list: query.get("list"),
    page: Math.max(1, Math.trunc(Number(query.get("page") ?? "1")) || 1),
    at: cameraOf(query.get("at")),
  };
}

function cameraOf(text: string | null): Camera | null {
  const [x, y, scale] = (text ?? "").split(",").map(Number);
  if (x === undefined || y === undefined || scale === undefined) return null;
  if (![x, y, scale].every(Number.isFinite) || scale <= 0) return null;
  return { x, y, scale: Math.min(Math.max(scale, 0.2), 12) };
}

export function cameraText(at: Camera | null): string | null {
  return at === null ? null : [at.x.toFixed(0), at.y.toFixed(0), at.scale.toFixed(2)].join(",");
}

/** Kinds that a way may lead through. An address passes from line to line, so it is left out unless asked for. */
export function kindsOfWay(throughAddresses: boolean): string {
  return KINDS.filter((kind) => throughAddresses || kind !== "address").join(",");
}

/** The address after a node was opened, or closed where it was open. */
export function toggled(view: GraphView, node: string): Record<string, string | null> {
  const open = view.open.includes(node) ? view.open.filter((n) => n !== node) : [...view.open, node];
  // What was closed stays as a node: it may be what the others hang on.
  const show = open.includes(node) || view.show.includes(node) ? view.show : [...view.show, node];
  return { open: nodesText(open), show: nodesText(show.filter((n) => !open.includes(n))), at: null };
}

/** The address after a node was taken out. */
export function without(view: GraphView, node: string): Record<string, string | null> {
  return {
    open: nodesText(view.open.filter((n) => n !== node)),
    show: nodesText(view.show.filter((n) => n !== node)),
    node: null,
    tie: null,
    at: null,
  };
}
