// The graph as plain shapes, to be saved.

import type { GraphNode } from "../api/types";
import { glyphOf } from "./glyphs";
import { type Point, frameOf } from "./layout";
import { type Pair, thickness } from "./pairs";
import type { Palette, Scene, Shape } from "./scene";

export const RADIUS = 17;

export interface Drawn {
  nodes: readonly GraphNode[];
  points: ReadonlyMap<string, Point>;
  pairs: readonly Pair[];
  /** What stands under each node. */
  names: ReadonlyMap<string, string>;
  /** What is not in the picture of an opened node. */
  more: ReadonlyMap<string, string>;
  /** The pairs of the way that is shown. */
  way: ReadonlySet<string>;
}

export interface NodeLook {
  fill: "accent" | "soft" | "surface";
  stroke: "accent" | "strong";
  width: number;
}

/** How a node looks: full where it is under investigation, ringed where a finding is about it. */
export function lookOf(node: GraphNode): NodeLook {
  if (node.investigated) return { fill: "accent", stroke: "accent", width: 1.6 };
  if (node.of_note) return { fill: "soft", stroke: "accent", width: 1.6 };
  return { fill: "surface", stroke: "strong", width: 1.2 };
}

/** The middle of an arrow's head, two thirds of the way along. */
export function headOf(from: Point, to: Point): string {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const tip = { x: to.x - ux * (RADIUS + 3), y: to.y - uy * (RADIUS + 3) };
  const back = { x: tip.x - ux * 9, y: tip.y - uy * 9 };
  const f = (n: number) => n.toFixed(1);
  return `M${f(tip.x)} ${f(tip.y)}L${f(back.x - uy * 4.5)} ${f(back.y + ux * 4.5)}L${f(back.x + uy * 4.5)} ${f(back.y - ux * 4.5)}z`;
}

export function sceneOf(drawn: Drawn, colours: Palette, caption: string): Scene {
  const frame = frameOf(drawn.points.values(), 80);
  const width = Math.max(frame.width, 8 * caption.length + 40);
  const x = frame.x - (width - frame.width) / 2;
  const shapes: Shape[] = [];
  for (const pair of drawn.pairs) {
    const [a, b] = [drawn.points.get(pair.a), drawn.points.get(pair.b)];
    if (a === undefined || b === undefined) continue;
    const told = drawn.way.has(pair.key) || pair.look === "finding";
    const stroke = told ? colours.accent : colours.strong;
    shapes.push({ kind: "line", x1: a.x, y1: a.y, x2: b.x, y2: b.y, stroke, width: thickness(pair), dash: pair.open });
    if (pair.look === "paid") shapes.push({ kind: "path", d: headOf(a, b), x: 0, y: 0, stroke, width: 0, fill: stroke });
  }
  for (const node of drawn.nodes) {
    const at = drawn.points.get(node.id);
    if (at === undefined) continue;
    const look = lookOf(node);
    const glyph = look.fill === "accent" ? colours.accentInk : colours.ink;
    shapes.push({ kind: "circle", ...at, r: RADIUS, fill: colours[look.fill], stroke: colours[look.stroke], width: look.width });
    shapes.push({ kind: "path", d: glyphOf(node.kind), ...at, stroke: glyph, width: 1.4, fill: "none" });
    shapes.push({ kind: "text", x: at.x, y: at.y + RADIUS + 13, text: drawn.names.get(node.id) ?? "", size: 11, fill: colours.ink, anchor: "middle" });
    const more = drawn.more.get(node.id);
    if (more !== undefined) shapes.push({ kind: "text", x: at.x + RADIUS + 2, y: at.y - RADIUS + 2, text: more, size: 10, fill: colours.muted, anchor: "start" });
  }
  const height = frame.height + 34;
  shapes.push({ kind: "text", x: x + 20, y: frame.y + height - 16, text: caption, size: 12, fill: colours.muted, anchor: "start" });
  return { x, y: frame.y, width, height, paper: colours.paper, title: caption, shapes };
}
