// The time: lanes of several accounts and people on one axis. The window is in the address.

import { type FormEvent, useCallback, useEffect, useState } from "react";
import { useAsk } from "../api/ask";
import type { TimeEvent, Timeline } from "../api/types";
import { sum } from "../format";
import { Link } from "../parts/link";
import { Waiting } from "../parts/states";
import { useLater } from "../picture/graph_canvas";
import { nodesText } from "../picture/graph_view";
import { nameOf } from "../picture/node_names";
import { NodeSearch } from "../picture/node_search";
import { Preparing } from "../picture/preparing";
import { TimeChart, eventKey } from "../picture/time_chart";
import { NODES_MAX, type Span, type TimeView, instantIn, isZone, moved, textOf, viewOf, zoomed } from "../picture/time_view";
import { addressOf, setQuery } from "../router";
import { type Words, useWords } from "../words";

interface Props {
  caseName: string;
  query: URLSearchParams;
}

const HOME = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = [...new Set([isZone(HOME) && HOME !== "UTC" ? HOME : "Europe/Rome", "Europe/Rome", "UTC"])];

export function TimePage({ caseName, query }: Props) {
  const words = useWords();
  const view = viewOf(query);
  const w = words.pictures.time;
  const add = (node: string) => { if (!view.nodes.includes(node) && view.nodes.length < NODES_MAX) setQuery({ nodes: nodesText([...view.nodes, node]) }); };
  return (
    <div className="picture-page">
      {view.nodes.length === 0 ? (
        <>
          <header className="page-head"><h1>{w.title}</h1></header>
          <p className="note">{w.empty} {words.pictures.masked}</p>
          <div className="picture-bar"><NodeSearch caseName={caseName} take={(node) => add(node.id)} begin={words.pictures.begin} /></div>
        </>
      ) : <Lanes caseName={caseName} view={view} add={add} />}
      <p className="hint">{w.clock}</p>
    </div>
  );
}

function Lanes({ caseName, view, add }: { caseName: string; view: TimeView; add: (node: string) => void }) {
  const words = useWords();
  const w = words.pictures.time;
  const asked = useAsk("/api/v1/cases/{case}/time", { case: caseName }, { nodes: nodesText(view.nodes), from: view.from ?? "", until: view.until ?? "", bins: 240 });
  const timeline = asked.data;
  const events = timeline?.lanes.reduce((sum, lane) => sum + lane.events, 0) ?? 0;
  return (
    <div className="picture-page" aria-busy={asked.waiting}>
      <header className="page-head">
        <h1>{w.title}</h1>
        <p className="subtitle" role="status">{timeline === null ? "" : w.subtitle(timeline.lanes.length, events)}</p>
      </header>
      <div className="picture-bar"><NodeSearch caseName={caseName} take={(node) => add(node.id)} /></div>
      {asked.problem !== null ? <Preparing problem={asked.problem} again={asked.again} />
        : timeline === null ? <Waiting />
        : <Drawn caseName={caseName} view={view} timeline={timeline} />}
    </div>
  );
}

function Drawn({ caseName, view, timeline }: { caseName: string; view: TimeView; timeline: Timeline }) {
  const words = useWords();
  const w = words.pictures.time;
  const given: Span = { from: Date.parse(timeline.from_utc), until: Date.parse(timeline.until_utc) };
  const [span, setSpan] = useState<Span>(given);
  const zone = view.zone ?? ZONES[0] ?? "UTC";
  const pick = useCallback((event: string) => setQuery({ event }, true), []);
  const address = `${timeline.from_utc} ${timeline.until_utc}`;
  useEffect(() => setSpan(given), [address]);
  useLater(span, 180, (to) => {
    // What the server has drawn need not be asked for again.
    if (to.from !== given.from || to.until !== given.until) setQuery({ from: textOf(to.from), until: textOf(to.until) }, true);
  });
  const move = useCallback((to: Span | null) => {
    if (to === null) setQuery({ from: null, until: null }, true);
    else setSpan(to);
  }, []);
  const remove = useCallback((node: string) => setQuery({ nodes: nodesText(view.nodes.filter((n) => n !== node)) }), [view.nodes]);
  return (
    <>
      <ul className="chips">
        {view.nodes.map((id) => {
          const name = nameIn(timeline, id, words);
          return <li key={id}><span>{name}</span><button type="button" className="no-print" aria-label={w.remove(name)} title={w.remove(name)} onClick={() => remove(id)}>×</button></li>;
        })}
      </ul>
      <Controls span={span} zone={zone} move={move} />
      {timeline.lanes.length === 0 && <p className="empty">{w.noLanes}</p>}
      {timeline.unknown.length > 0 && <p className="hint" role="status">{words.pictures.graph.unknown(timeline.unknown.map((n) => n.slice(n.indexOf(":") + 1)).join(", "))}</p>}
      {timeline.more_lanes && <p className="hint" role="status">{w.moreLanes}</p>}
      {timeline.lanes.length > 0 && (
        <figure className="card time-figure">
          <TimeChart timeline={timeline} span={span} zone={zone} move={move} picked={view.event} pick={(_, event) => pick(eventKey(event))} />
        </figure>
      )}
      <EventTable caseName={caseName} timeline={timeline} zone={zone} picked={view.event} pick={pick} />
    </>
  );
}

/** The name of what was asked about, where the answer holds it. */
function nameIn(timeline: Timeline, id: string, words: Words): string {
  const node = timeline.lanes.find((lane) => lane.node.id === id)?.node;
  return node === undefined ? id.slice(id.indexOf(":") + 1) : nameOf(node, words);
}

function Controls({ span, zone, move }: { span: Span; zone: string; move: (span: Span | null) => void }) {
  const words = useWords();
  const w = words.pictures.time;
  const [from, setFrom] = useState(inputOf(span.from));
  const [until, setUntil] = useState(inputOf(span.until));
  useEffect(() => { setFrom(inputOf(span.from)); setUntil(inputOf(span.until)); }, [span.from, span.until]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [a, b] = [Date.parse(`${from}Z`), Date.parse(`${until}Z`)];
    if (a < b) move({ from: a, until: b });
  };
  // A browser may write the month before the day; so what is set is said with the name of its month.
  const said = (text: string) => {
    const at = Date.parse(`${text}Z`);
    return Number.isNaN(at) ? "" : `: ${instantIn(at, "UTC", words.locale)}`;
  };
  return (
    <form className="time-controls no-print" onSubmit={submit}>
      <span className="acts">
        <button type="button" onClick={() => move(moved(span, -0.5))}>← {w.earlier}</button>
        <button type="button" onClick={() => move(moved(span, 0.5))}>{w.later} →</button>
        <button type="button" aria-label={w.zoomIn} title={w.zoomIn} onClick={() => move(zoomed(span, 0.5))}>+</button>
        <button type="button" aria-label={w.zoomOut} title={w.zoomOut} onClick={() => move(zoomed(span, 2))}>−</button>
        <button type="button" onClick={() => move(null)}>{w.all}</button>
      </span>
      <label><span>{w.from}{said(from)}</span><input type="datetime-local" step="1" value={from} onChange={(event) => setFrom(event.target.value)} /></label>
      <label><span>{w.until}{said(until)}</span><input type="datetime-local" step="1" value={until} onChange={(event) => setUntil(event.target.value)} /></label>
      <button type="submit">{w.apply}</button>
      <label><span>{w.zone}</span>
        <select value={zone} onChange={(event) => setQuery({ zone: event.target.value }, true)}>
          {[...new Set([...ZONES, zone])].map((name) => <option key={name}>{name}</option>)}
        </select>
      </label>
    </form>
  );
}

function inputOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}

interface TableProps {
  caseName: string;
  timeline: Timeline;
  zone: string;
  picked: string | null;
  pick: (key: string) => void;
}

function EventTable({ caseName, timeline, zone, picked, pick }: TableProps) {
  const words = useWords();
  const w = words.pictures.time;
  const lanes = w.lane as Record<string, string>;
  const listed = timeline.lanes.flatMap((lane) => (lane.singles ?? []).map((event) => ({ lane, event })));
  listed.sort((a, b) => Date.parse(a.event.at_utc) - Date.parse(b.event.at_utc));
  const counted = timeline.lanes.some((lane) => lane.singles === null);
  const row = useCallback((element: HTMLTableRowElement | null) => element?.scrollIntoView({ block: "nearest" }), [picked]);
  if (timeline.lanes.length === 0) return null;
  return (
    <section aria-labelledby="events-title">
      <h2 id="events-title">{w.events} <span className="subtitle">{w.listed(listed.length)}</span></h2>
      {counted && <p className="note">{w.eventsHint}</p>}
      {listed.length > 0 && (
        <div className="table-frame event-table" tabIndex={0} role="group" aria-labelledby="events-title">
          <table>
            <thead><tr>
              <th scope="col">{w.columns.at}</th><th scope="col">{w.columns.local} <span className="muted">{zone}</span></th><th scope="col">{w.columns.lane}</th>
              <th scope="col">{w.columns.what}</th><th scope="col">{w.columns.with}</th><th scope="col">{w.columns.record}</th>
            </tr></thead>
            <tbody>
              {listed.map(({ lane, event }, i) => {
                const key = eventKey(event);
                return (
                  <tr key={`${lane.node.id} ${lane.lane} ${key} ${i}`} ref={picked === key ? row : null} className={picked === key ? "is-selected" : ""} onClick={() => pick(key)}>
                    <td className="when">{instantIn(event.at_utc, "UTC", words.locale)}</td>
                    <td className="when">{instantIn(event.at_utc, zone, words.locale)}</td>
                    <td>{nameOf(lane.node, words)} <span className="muted">{lanes[lane.lane] ?? lane.lane}</span></td>
                    <td>{event.what === null ? "" : ((w.kinds as Record<string, string>)[event.what] ?? event.what)}{event.amount === null ? "" : ` · ${sum(event.amount, event.currency, words.locale)}`}</td>
                    <td><With caseName={caseName} event={event} /></td>
                    <td><span className="under">{w.record(event.table, event.row)}<br /><code>{event.source_id.slice(0, 12)}…</code></span></td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function With({ caseName, event }: { caseName: string; event: TimeEvent }) {
  const words = useWords();
  const others = [event.other, event.device].filter((node) => node !== null);
  return <>{others.map((node, i) => <span key={node.id}>{i > 0 ? ", " : ""}<Link to={addressOf(caseName, "graph", undefined, { open: nodesText([node.id]), node: node.id })}>{nameOf(node, words)}</Link></span>)}</>;
}
