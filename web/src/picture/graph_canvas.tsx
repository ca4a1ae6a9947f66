// The graph on the screen: nodes that keys move between, ties, and how many more there are.

import { type KeyboardEvent, type PointerEvent, memo, useEffect, useRef, useState, type WheelEvent } from "react";
import type { GraphNode } from "../api/types";
import { useWords } from "../words";
import { glyphOf } from "./glyphs";
import { RADIUS, headOf, lookOf } from "./graph_scene";
import type { Camera } from "./graph_view";
import { type Point, frameOf, nodeTowards } from "./layout";
import { kindName, nameOf, standing } from "./node_names";
import { type Pair, thickness } from "./pairs";

interface Props {
  nodes: readonly GraphNode[];
  points: ReadonlyMap<string, Point>;
  pairs: readonly Pair[];
  names: ReadonlyMap<string, string>;
  opened: ReadonlySet<string>;
  more: ReadonlyMap<string, { short: string; long: string }>;
  way: ReadonlySet<string>;
  node: string | null;
  tie: string | null;
  at: Camera | null;
  pick: (node: string) => void;
  toggle: (node: string) => void;
  pickTie: (pair: Pair) => void;
  listMore: (node: string) => void;
  move: (at: Camera | null) => void;
}

const ROOM = 64;
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"] as const;

function isArrow(key: string): key is (typeof ARROWS)[number] {
  return (ARROWS as readonly string[]).includes(key);
}

export function GraphCanvas(props: Props) {
  const words = useWords();
  const svg = useRef<SVGSVGElement>(null);
  const { frame, camera, viewBox } = useCamera(props.points, props.at);
  const drag = useRef<{ x: number; y: number; at: Camera; moved: boolean } | null>(null);
  const focusOn = (id: string) => svg.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(id)}"]`)?.focus();
  const zoom = (by: number) => props.move({ ...camera, scale: Math.min(Math.max(camera.scale * by, 0.2), 12) });
  const keys = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const id = (event.target as Element).closest("[data-node]")?.getAttribute("data-node") ?? null;
    if (isArrow(event.key) && id !== null) {
      const from = props.points.get(id);
      const to = from === undefined ? null : nodeTowards(from, event.key, props.points);
      if (to !== null) focusOn(to);
    } else if (event.key === "Enter" && id !== null) props.toggle(id);
    else if (event.key === " " && id !== null) props.pick(id);
    else if (event.key === "+") zoom(1.3);
    else if (event.key === "-") zoom(1 / 1.3);
    else if (event.key === "0") props.move(null);
    else return;
    event.preventDefault();
  };
  const perDot = () => (svg.current === null ? 1 : viewBox.width / svg.current.clientWidth);
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    drag.current = { x: event.clientX, y: event.clientY, at: camera, moved: false };
  };
  const drags = (event: PointerEvent) => {
    const from = drag.current;
    if (from === null) return;
    const [dx, dy] = [(event.clientX - from.x) * perDot(), (event.clientY - from.y) * perDot()];
    if (!from.moved && Math.hypot(event.clientX - from.x, event.clientY - from.y) < 5) return;
    from.moved = true;
    props.move({ ...from.at, x: from.at.x - dx, y: from.at.y - dy });
  };
  const wheel = (event: WheelEvent) => { if (event.ctrlKey) zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15); };
  const first = props.node !== null && props.points.has(props.node) ? props.node : (props.nodes[0]?.id ?? null);
  return (
    <div className="graph-canvas">
      <svg
        ref={svg}
        role="group"
        aria-label={words.pictures.graph.canvas}
        viewBox={`${viewBox.x} ${viewBox.y} ${viewBox.width} ${viewBox.height}`}
        onKeyDown={keys}
        onPointerDown={down}
        onPointerMove={drags}
        onPointerUp={() => { drag.current = null; }}
        onPointerLeave={() => { drag.current = null; }}
        onWheel={wheel}
      >
        <g className="ties">
          {props.pairs.map((pair) => (
            <TieMark key={pair.key} pair={pair} a={props.points.get(pair.a)} b={props.points.get(pair.b)} way={props.way.has(pair.key)} selected={props.tie === pair.key} pick={props.pickTie} />
          ))}
        </g>
        {props.nodes.map((node) => (
          <NodeMark
            key={node.id}
            node={node}
            at={props.points.get(node.id)}
            name={props.names.get(node.id) ?? ""}
            open={props.opened.has(node.id)}
            selected={props.node === node.id}
            inTab={node.id === first}
            pick={props.pick}
            toggle={props.toggle}
          />
        ))}
        {[...props.more].map(([id, said]) => <MoreMark key={id} id={id} at={props.points.get(id)} said={said} listMore={props.listMore} />)}
      </svg>
      <div className="graph-zoom no-print">
        <button type="button" aria-label={words.pictures.graph.zoomIn} title={words.pictures.graph.zoomIn} onClick={() => zoom(1.3)}>+</button>
        <button type="button" aria-label={words.pictures.graph.zoomOut} title={words.pictures.graph.zoomOut} onClick={() => zoom(1 / 1.3)}>−</button>
        <button type="button" onClick={() => props.move(null)} disabled={props.at === null && frame.width > 0}>{words.pictures.graph.fit}</button>
      </div>
    </div>
  );
}

/** The part of the plane that is seen. It keeps the shape of the frame on the page, so that nothing is stretched. */
function useCamera(points: ReadonlyMap<string, Point>, at: Camera | null) {
  const frame = frameOf(points.values(), ROOM);
  const aspect = 1.5;
  const width = Math.max(frame.width, frame.height * aspect, 560);
  const height = width / aspect;
  const fit: Camera = { x: frame.x + frame.width / 2, y: frame.y + frame.height / 2, scale: 1 };
  const camera = at ?? fit;
  const [w, h] = [width / camera.scale, height / camera.scale];
  const round = (n: number) => Math.round(n * 10) / 10;
  return { frame, camera, viewBox: { x: round(camera.x - w / 2), y: round(camera.y - h / 2), width: round(w), height: round(h) } };
}

interface NodeProps {
  node: GraphNode;
  at: Point | undefined;
  name: string;
  open: boolean;
  selected: boolean;
  inTab: boolean;
  pick: (node: string) => void;
  toggle: (node: string) => void;
}

const NodeMark = memo(function NodeMark({ node, at, name, open, selected, inTab, pick, toggle }: NodeProps) {
  const words = useWords();
  if (at === undefined) return null;
  const look = lookOf(node);
  const label = [kindName(node, words), nameOf(node, words), ...standing(node, words), words.pictures.neighbours(node.neighbours)].join(", ");
  const classes = ["graph-node", `fill-${look.fill}`, `stroke-${look.stroke}`, open ? "is-open" : "", selected ? "is-selected" : ""];
  return (
    <g
      className={classes.join(" ")}
      transform={`translate(${at.x} ${at.y})`}
      role="button"
      tabIndex={inTab ? 0 : -1}
      aria-label={label}
      aria-pressed={selected}
      data-node={node.id}
      onClick={() => pick(node.id)}
      onDoubleClick={() => toggle(node.id)}
    >
      <title>{label}</title>
      <circle className="halo" r={RADIUS + 5} />
      <circle className="disc" r={RADIUS} />
      <path className="glyph" d={glyphOf(node.kind)} />
      <text y={RADIUS + 13}>{name}</text>
    </g>
  );
});

interface TieProps {
  pair: Pair;
  a: Point | undefined;
  b: Point | undefined;
  way: boolean;
  selected: boolean;
  pick: (pair: Pair) => void;
}

/** Ties are selected with the pointer here; the table below the picture has them for keys. */
const TieMark = memo(function TieMark({ pair, a, b, way, selected, pick }: TieProps) {
  if (a === undefined || b === undefined) return null;
  const classes = `tie tie-${pair.look} ${pair.open ? "is-open" : ""} ${way ? "is-way" : ""} ${selected ? "is-selected" : ""}`;
  return (
    <g className={classes} onClick={() => pick(pair)}>
      <line className="hit" x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
      <line className="stroke" x1={a.x} y1={a.y} x2={b.x} y2={b.y} strokeWidth={thickness(pair)} />
      {pair.look === "paid" && <path className="head" d={headOf(a, b)} />}
    </g>
  );
});

interface MoreProps {
  id: string;
  at: Point | undefined;
  said: { short: string; long: string };
  listMore: (node: string) => void;
}

function MoreMark({ id, at, said, listMore }: MoreProps) {
  if (at === undefined) return null;
  const width = 9 + 6.4 * said.short.length;
  return (
    <g className="graph-more" transform={`translate(${at.x + RADIUS - 2} ${at.y - RADIUS - 6})`} onClick={() => listMore(id)}>
      <title>{said.long}</title>
      <rect x="0" y="-9" width={width} height="17" rx="8.5" />
      <text x={width / 2} y="3.5">{said.short}</text>
    </g>
  );
}

/** A value that follows another after a pause: a picture that is dragged need not be in the address at each step. */
export function useLater<T>(value: T, ms: number, then: (value: T) => void): void {
  const last = useRef(value);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (last.current === value) return;
    last.current = value;
    setTurn((t) => t + 1);
  }, [value]);
  useEffect(() => {
    if (turn === 0) return;
    const timer = setTimeout(() => then(last.current), ms);
    return () => clearTimeout(timer);
    // What is to be done then may change with each drawing; it is done once for each new value.
  }, [turn]);
}
