// Lanes on one axis: bars where events are many, marks where they are few. The axis stands in UTC and in a local time.

import { type KeyboardEvent, type PointerEvent, type WheelEvent, useEffect, useRef, useState } from "react";
import type { TimeEvent, TimeLane, Timeline } from "../api/types";
import { useWords } from "../words";
import { NodeSign } from "./node_search";
import { nameOf } from "./node_names";
import { type Span, type Tick, bars, heightOf, instantIn, moved, placeOf, ticks, unitOf, zoomed } from "./time_view";

interface Props {
  timeline: Timeline;
  span: Span;
  zone: string;
  move: (span: Span | null) => void;
  picked: string | null;
  pick: (lane: number, event: TimeEvent) => void;
}

const LANE = 58;
const BAR = 34;
const AXIS = 52;

/** The width of an element as the page gives it. */
export function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  useEffect(() => {
    if (box.current === null) return;
    const watch = new ResizeObserver(([entry]) => { if (entry !== undefined) setWidth(Math.max(320, Math.round(entry.contentRect.width))); });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return [box, width];
}

export function TimeChart({ timeline, span, zone, move, picked, pick }: Props) {
  const words = useWords();
  const w = words.pictures.time;
  const [box, width] = useWidth();
  const drag = useRef<{ x: number; span: Span } | null>(null);
  const height = timeline.lanes.length * LANE + AXIS;
  const keys = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === "ArrowLeft") move(moved(span, -0.2));
    else if (event.key === "ArrowRight") move(moved(span, 0.2));
    else if (event.key === "+") move(zoomed(span, 0.5));
    else if (event.key === "-") move(zoomed(span, 2));
    else if (event.key === "Home") move(null);
    else return;
    event.preventDefault();
  };
  const drags = (event: PointerEvent) => {
    if (drag.current === null || Math.abs(event.clientX - drag.current.x) < 3) return;
    move(moved(drag.current.span, (drag.current.x - event.clientX) / width));
  };
  const wheel = (event: WheelEvent<HTMLDivElement>) => {
    if (!event.ctrlKey && !event.shiftKey) return;
    const around = (event.clientX - event.currentTarget.getBoundingClientRect().left) / width;
    move(event.shiftKey ? moved(span, Math.sign(event.deltaY + event.deltaX) * 0.1) : zoomed(span, event.deltaY < 0 ? 0.8 : 1.25, around));
  };
  const x = (at: number) => Math.round(placeOf(at, span) * width * 10) / 10;
  const utc = ticks(span, Math.max(3, Math.floor(width / 110)), "UTC", words.locale);
  return (
    <div className="time-chart">
      <ul className="time-labels">
        {timeline.lanes.map((lane) => <LaneLabel key={`${lane.node.id} ${lane.lane}`} lane={lane} />)}
      </ul>
      <div
        ref={box}
        className="time-lanes"
        role="group"
        tabIndex={0}
        aria-label={w.chart}
        onKeyDown={keys}
        onPointerDown={(event) => { if (event.button === 0) drag.current = { x: event.clientX, span }; }}
        onPointerMove={drags}
        onPointerUp={() => { drag.current = null; }}
        onPointerLeave={() => { drag.current = null; }}
        onWheel={wheel}
      >
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          {utc.map((tick) => <line key={tick.at} className="time-grid" x1={x(tick.at)} x2={x(tick.at)} y1="0" y2={height - AXIS} />)}
          {timeline.lanes.map((lane, i) => <LaneMarks key={`${lane.node.id} ${lane.lane}`} lane={lane} top={i * LANE} x={x} width={width} picked={picked} pick={(event) => pick(i, event)} />)}
          <line className="time-base" x1="0" x2={width} y1={height - AXIS} y2={height - AXIS} />
          <Axis name={w.utc} y={height - AXIS + 18} marks={utc} x={x} width={width} />
          <Axis name={zone} y={height - AXIS + 40} marks={ticks(span, Math.max(3, Math.floor(width / 110)), zone, words.locale)} x={x} width={width} />
        </svg>
      </div>
    </div>
  );
}

function Axis({ name, y, marks, x, width }: { name: string; y: number; marks: Tick[]; x: (at: number) => number; width: number }) {
  const room = 10 + 6.2 * name.length;
  return (
    <g className="time-axis">
      <text className="time-zone" x="2" y={y}>{name}</text>
      {marks.filter((m) => x(m.at) > room + 32 && x(m.at) < width - 26).map((mark) => (
        <g key={mark.at}>
          <line x1={x(mark.at)} x2={x(mark.at)} y1={y - 18} y2={y - 13} />
          <text x={x(mark.at)} y={y} textAnchor="middle">{mark.label}</text>
        </g>
      ))}
    </g>
  );
}

function LaneLabel({ lane }: { lane: TimeLane }) {
  const words = useWords();
  const w = words.pictures.time;
  const name = nameOf(lane.node, words);
  const asked = lane.asked === lane.node.id ? null : lane.asked.slice(lane.asked.indexOf(":") + 1);
  const { unit, n } = unitOf(lane.step_s);
  const lanes = w.lane as Record<string, string>;
  const said = [`${lanes[lane.lane] ?? lane.lane} ${lane.events.toLocaleString(words.locale)}`, lane.singles === null && lane.events > 0 ? w.step(w[unit](n)) : null, asked === null ? null : w.ofAsked(asked)].filter((t) => t !== null).join(" · ");
  return (
    <li>
      <p><NodeSign node={lane.node} /> <span className="lane-name" title={name}>{name}</span></p>
      <p className="under" title={said}>{said}</p>
    </li>
  );
}

interface LaneProps {
  lane: TimeLane;
  top: number;
  x: (at: number) => number;
  width: number;
  picked: string | null;
  pick: (event: TimeEvent) => void;
}

function LaneMarks({ lane, top, x, width, picked, pick }: LaneProps) {
  const words = useWords();
  const base = top + LANE - 12;
  const found = bars(Date.parse(lane.first_utc), lane.step_s * 1000, lane.counts);
  const most = Math.max(0, ...found.map((bar) => bar.events));
  return (
    <g className={`lane lane-${lane.lane}`}>
      <line className="lane-base" x1="0" x2={width} y1={base} y2={base} />
      {lane.singles === null
        ? found.map((bar) => {
          const [left, right] = [x(bar.from), x(bar.until)];
          const high = heightOf(bar.events, most) * BAR;
          return (
            <rect key={bar.from} className="lane-bar" x={left + 0.3} width={Math.max(1.2, right - left - 0.6)} y={base - high} height={high}>
              <title>{words.pictures.time.counted(bar.events, instantIn(bar.from, "UTC", words.locale), `${instantIn(bar.until, "UTC", words.locale)} UTC`)}</title>
            </rect>
          );
        })
        : lane.singles.map((event, i) => {
          const at = x(Date.parse(event.at_utc));
          const key = eventKey(event);
          return (
            <g key={`${key} ${i}`} className={picked === key ? "lane-event is-selected" : "lane-event"} onClick={() => pick(event)}>
              <line x1={at} x2={at} y1={base} y2={base - 22} />
              <circle cx={at} cy={base - 22} r="4" />
              <title>{`${instantIn(event.at_utc, "UTC", words.locale)} UTC`}</title>
            </g>
          );
        })}
    </g>
  );
}

/** What an event is told from others by: its record. */
export function eventKey(event: TimeEvent): string {
  return `${event.source_id.slice(0, 12)}/${event.row}/${event.at_utc}`;
}
