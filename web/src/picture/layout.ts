// Where nodes stand. The same view always gives the same picture: nodes are placed in the order in which they came, around
// what they were opened from, and settle by forces that know no chance.

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationLinkDatum, type SimulationNodeDatum } from "d3-force";

export interface Point {
  x: number;
  y: number;
}

export interface Group {
  /** What was opened. */
  id: string;
  /** The neighbours that came with it. */
  shown: readonly string[];
}

interface Body extends SimulationNodeDatum {
  id: string;
  x: number;
  y: number;
}

/** The way round a circle from one place to the next, so that no two fall together: the golden angle. */
const TURN = Math.PI * (3 - Math.sqrt(5));
const LINK = 92;

/** Places nodes. `groups` in the order in which they were opened; `ids` are all nodes; `pairs` are the ties between them. */
export function layout(ids: readonly string[], groups: readonly Group[], pairs: readonly (readonly [string, string])[]): Map<string, Point> {
  const known = new Set(ids);
  const bodies = new Map<string, Body>();
  const unique = [...new Set(pairs.map(([a, b]) => (a < b ? `${a}\n${b}` : `${b}\n${a}`)))].sort();
  const ties = unique.map((pair) => pair.split("\n") as [string, string]).filter(([a, b]) => a !== b && known.has(a) && known.has(b));
  const stages = groups.map((group) => [group.id, ...group.shown].filter((id) => known.has(id)));
  const rest = ids.filter((id) => !stages.some((stage) => stage.includes(id)));
  for (const stage of [...stages, rest]) {
    const before = bodies.size;
    place(stage, bodies, ties);
    if (bodies.size > before) settle([...bodies.values()], ties);
  }
  const out = new Map<string, Point>();
  for (const id of ids) {
    const body = bodies.get(id);
    if (body !== undefined) out.set(id, { x: round(body.x), y: round(body.y) });
  }
  return out;
}

/** Puts the nodes of one stage down around the first, away from what is there. */
function place(stage: readonly string[], bodies: Map<string, Body>, ties: readonly (readonly [string, string])[]): void {
  const first = stage[0];
  if (first === undefined) return;
  const centre = middle([...bodies.values()]);
  let hub = bodies.get(first);
  if (hub === undefined) {
    const at = beside(first, bodies, ties) ?? { x: centre.x + (bodies.size === 0 ? 0 : reach(bodies, centre) + 2 * LINK), y: centre.y };
    hub = { id: first, ...at };
    bodies.set(first, hub);
  }
  const away = Math.atan2(hub.y - centre.y, hub.x - centre.x);
  stage.slice(1).forEach((id, i) => {
    if (bodies.has(id) || hub === undefined) return;
    const angle = away + (i % 2 === 0 ? 1 : -1) * TURN * Math.ceil(i / 2) * (bodies.size > stage.length ? 0.35 : 1);
    const distance = LINK * (1 + 0.05 * i);
    bodies.set(id, { id, x: hub.x + distance * Math.cos(angle), y: hub.y + distance * Math.sin(angle) });
  });
}

/** A place next to the first neighbour that is there already. */
function beside(id: string, bodies: Map<string, Body>, ties: readonly (readonly [string, string])[]): Point | null {
  for (const [a, b] of ties) {
    const other = a === id ? bodies.get(b) : b === id ? bodies.get(a) : undefined;
    if (other !== undefined) return { x: other.x + LINK, y: other.y - LINK / 3 };
  }
  return null;
}

function middle(bodies: readonly Body[]): Point {
  if (bodies.length === 0) return { x: 0, y: 0 };
  const sum = bodies.reduce((at, body) => ({ x: at.x + body.x, y: at.y + body.y }), { x: 0, y: 0 });
  return { x: sum.x / bodies.length, y: sum.y / bodies.length };
}

function reach(bodies: Map<string, Body>, centre: Point): number {
  return Math.max(0, ...[...bodies.values()].map((body) => body.x - centre.x));
}

/** Lets the forces work for a fixed number of steps. */
function settle(bodies: Body[], ties: readonly (readonly [string, string])[]): void {
  const here = new Set(bodies.map((body) => body.id));
  const links: SimulationLinkDatum<Body>[] = ties.filter(([a, b]) => here.has(a) && here.has(b)).map(([source, target]) => ({ source, target }));
  const simulation = forceSimulation(bodies)
    .force("link", forceLink<Body, SimulationLinkDatum<Body>>(links).id((body) => body.id).distance(LINK).strength(0.5))
    .force("charge", forceManyBody<Body>().strength(-430).distanceMax(340))
    .force("collide", forceCollide<Body>(36).iterations(2))
    .force("x", forceX<Body>(0).strength(0.035))
    .force("y", forceY<Body>(0).strength(0.055))
    .stop();
  simulation.tick(bodies.length > 150 ? 90 : 180);
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}

/** The rectangle that holds all points, with room around. */
export function frameOf(points: Iterable<Point>, room: number): { x: number; y: number; width: number; height: number } {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  }
  if (left > right) return { x: -room, y: -room, width: 2 * room, height: 2 * room };
  return { x: left - room, y: top - room, width: right - left + 2 * room, height: bottom - top + 2 * room };
}

/** The node that an arrow leads to: the nearest one that lies that way. */
export function nodeTowards(from: Point, way: "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown", points: ReadonlyMap<string, Point>): string | null {
  const unit = { ArrowLeft: { x: -1, y: 0 }, ArrowRight: { x: 1, y: 0 }, ArrowUp: { x: 0, y: -1 }, ArrowDown: { x: 0, y: 1 } }[way];
  let [best, least]: [string | null, number] = [null, Infinity];
  for (const [id, point] of points) {
    const [dx, dy] = [point.x - from.x, point.y - from.y];
    const along = dx * unit.x + dy * unit.y;
    const across = Math.abs(dx * unit.y - dy * unit.x);
    if (along <= 0 || across > along * 1.2) continue;
    const cost = along + 2 * across;
    if (cost < least) [best, least] = [id, cost];
  }
  return best;
}
