// Flows as layers from left to right: who paid through another account, who paid the seed, the seed, and what its payers pay in
// common. A band is as wide as its payments are many; sums of different currencies are never added.

import type { FlowAnswer, FlowRow, GraphNode } from "../api/types";

export interface FlowBox {
  id: string;
  /** Absent for all payers together that are not drawn. */
  node: GraphNode | null;
  layer: 0 | 1 | 2 | 3;
  /** Payers, where it stands for several. */
  payers: number;
  x: number;
  y: number;
  height: number;
}

export interface FlowBand {
  key: string;
  from: string;
  to: string;
  payments: number;
  sums: string[];
  reversed: number;
  d: string;
  width: number;
}

export interface FlowPicture {
  boxes: FlowBox[];
  bands: FlowBand[];
  width: number;
  height: number;
}

const COLUMN = [0, 250, 520, 790] as const;
export const BOX = 190;
const GAP = 14;
const LEAST = 30;
const TOP = 34;

interface Link {
  from: string;
  to: string;
  payments: number;
  sums: string[];
  reversed: number;
}

/** Rows of one pair in several currencies as one link. */
export function linksOf(rows: readonly FlowRow[]): Link[] {
  const out = new Map<string, Link>();
  for (const row of rows) {
    const from = row.from?.id ?? `others:${row.to.id}`;
    const key = `${from}\n${row.to.id}`;
    const link = out.get(key) ?? { from, to: row.to.id, payments: 0, sums: [], reversed: 0 };
    link.payments += row.payments;
    link.sums.push(`${row.amount} ${row.currency}`);
    link.reversed += row.reversed;
    out.set(key, link);
  }
  return [...out.values()];
}

/** What of the totals is not drawn: payments and payers. A payer in two currencies is in both totals; the larger is counted. */
export function rest(totals: readonly FlowRow[], drawn: readonly FlowRow[], to: string): { payers: number; payments: number } {
  const all = totals.filter((row) => row.to.id === to);
  const shown = drawn.filter((row) => row.to.id === to);
  const payments = all.reduce((sum, row) => sum + row.payments, 0) - shown.reduce((sum, row) => sum + row.payments, 0);
  const payers = Math.max(0, ...all.map((row) => row.payers)) - new Set(shown.map((row) => row.from?.id)).size;
  return { payers: Math.max(payments > 0 ? 1 : 0, payers), payments: Math.max(0, payments) };
}

/** Where everything stands. Equal answers give equal pictures. */
export function flowPicture(flow: FlowAnswer): FlowPicture {
  const links = [...linksOf(flow.through), ...linksOf(flow.direct)];
  const nodes = new Map<string, { node: GraphNode | null; layer: FlowBox["layer"]; payers: number }>();
  const add = (id: string, node: GraphNode | null, layer: FlowBox["layer"], payers = 1) => { if (!nodes.has(id)) nodes.set(id, { node, layer, payers }); };
  add(flow.seed.node.id, flow.seed.node, 2);
  for (const row of flow.direct) if (row.from !== null) add(row.from.id, row.from, 1);
  for (const row of flow.through) if (row.from !== null) add(row.from.id, row.from, 0);
  for (const to of [flow.seed.node.id, ...new Set(flow.through.map((row) => row.to.id))]) {
    const isSeed = to === flow.seed.node.id;
    const left = rest(isSeed ? flow.totals : flow.through_totals, isSeed ? flow.direct : flow.through, to);
    if (left.payments === 0) continue;
    add(`others:${to}`, null, isSeed ? 1 : 0, left.payers);
    links.push({ from: `others:${to}`, to, payments: left.payments, sums: [], reversed: 0 });
  }
  for (const row of flow.common) add(row.node.id, row.node, 3);
  const common = new Map<string, Link>();
  for (const row of flow.common) {
    const link = common.get(row.node.id) ?? { from: "payers", to: row.node.id, payments: 0, sums: [], reversed: 0 };
    link.payments += row.payments;
    link.sums.push(`${row.amount} ${row.currency}`);
    common.set(row.node.id, link);
  }
  return placed(flow.seed.node.id, nodes, links, [...common.values()]);
}

function placed(seed: string, nodes: Map<string, { node: GraphNode | null; layer: FlowBox["layer"]; payers: number }>, links: Link[], common: Link[]): FlowPicture {
  const most = Math.max(1, ...links.map((l) => l.payments), ...common.map((l) => l.payments));
  const widthOf = (payments: number) => Math.round((2 + 18 * Math.sqrt(payments / most)) * 10) / 10;
  const need = (id: string) => {
    const sum = (of: Link[]) => of.reduce((total, l) => total + widthOf(l.payments) + 1, 0);
    return Math.max(LEAST, sum(links.filter((l) => l.from === id)), sum(links.filter((l) => l.to === id)));
  };
  const boxes: FlowBox[] = [];
  const heights = [0, 1, 2, 3].map((layer) => [...nodes].filter(([, n]) => n.layer === layer).reduce((h, [id]) => h + need(id) + GAP, 0));
  const height = Math.max(...heights, 120) + TOP;
  for (const layer of [0, 1, 2, 3] as const) {
    let y = TOP + (height - TOP - (heights[layer] ?? 0) + GAP) / 2;
    for (const [id, n] of nodes) {
      if (n.layer !== layer) continue;
      boxes.push({ id, node: n.node, layer, payers: n.payers, x: COLUMN[layer], y: Math.round(y * 10) / 10, height: need(id) });
      y += need(id) + GAP;
    }
  }
  const at = new Map(boxes.map((box) => [box.id, box]));
  const out = new Map<string, number>();
  const into = new Map<string, number>();
  const band = (link: Link, from: FlowBox, fromX: number): FlowBand | null => {
    const to = at.get(link.to);
    if (to === undefined) return null;
    const width = widthOf(link.payments);
    const a = from.y + next(out, from.id, width);
    const b = to.y + next(into, to.id, width);
    const [x1, x2] = [fromX, to.x];
    const mid = (x1 + x2) / 2;
    // What is paid in common goes below the seed, and up behind it.
    const [turn1, turn2] = from.id === "payers" ? [x2, x2 - 50] : [mid, mid];
    const f = (v: number) => Math.round(v * 10) / 10;
    return { key: `${link.from}\n${link.to}`, from: link.from, to: link.to, payments: link.payments, sums: link.sums, reversed: link.reversed, width, d: `M${f(x1)} ${f(a)}C${f(turn1)} ${f(a)} ${f(turn2)} ${f(b)} ${f(x2)} ${f(b)}` };
  };
  const bands = links.map((link) => {
    const from = at.get(link.from);
    return from === undefined ? null : band(link, from, from.x + BOX);
  });
  // What is paid in common comes from the payers together: it is drawn from below them, past the seed.
  const hub = at.get(seed);
  const aside: FlowBox | undefined = hub === undefined ? undefined : { ...hub, id: "payers", y: height + 6 };
  const dotted = common.map((link) => (aside === undefined ? null : band(link, aside, COLUMN[1] + BOX / 2)));
  const layers = boxes.some((box) => box.layer === 3) ? 3 : 2;
  return { boxes, bands: [...bands, ...dotted].filter((b) => b !== null), width: COLUMN[layers] + BOX, height: common.length > 0 ? height + 60 : height };
}

/** The middle of the next band at one side of a box. */
function next(used: Map<string, number>, id: string, width: number): number {
  const before = used.get(id) ?? 0;
  used.set(id, before + width + 1);
  return before + width / 2 + 1;
}

/** A day by its number since 1970. */
export function dayOf(day: number | null, locale: string): string {
  return day === null ? "" : new Date(day * 86_400_000).toLocaleDateString(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}
