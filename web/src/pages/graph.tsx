// The graph: it grows from a node, and the same address always gives the same picture.

import { useCallback, useEffect, useMemo, useState } from "react";
import { useAsk } from "../api/ask";
import type { GraphAnswer, GraphNode, PathAnswer } from "../api/types";
import { Waiting } from "../parts/states";
import { GraphCanvas, useLater } from "../picture/graph_canvas";
import { NodePanel, TiePanel } from "../picture/graph_panel";
import { sceneOf } from "../picture/graph_scene";
import { type Camera, type GraphView, MOST, cameraText, kindsOfWay, nodesText, toggled, viewOf } from "../picture/graph_view";
import { layout } from "../picture/layout";
import { KINDS, kindName, nameOf, shortName, tieName } from "../picture/node_names";
import { NodeSearch } from "../picture/node_search";
import { type Pair, pairKey, pairsOf } from "../picture/pairs";
import { palette, save } from "../picture/scene";
import { Preparing } from "../picture/preparing";
import { setQuery } from "../router";
import { useWords } from "../words";

interface Props {
  caseName: string;
  query: URLSearchParams;
}

export function GraphPage({ caseName, query }: Props) {
  const view = viewOf(query);
  if (view.from === null || view.to === null) return <GraphBody caseName={caseName} view={view} path={null} />;
  return <GraphWithWay caseName={caseName} view={view} from={view.from} to={view.to} />;
}

function GraphWithWay({ caseName, view, from, to }: { caseName: string; view: GraphView; from: string; to: string }) {
  const words = useWords();
  const way = useAsk("/api/v1/cases/{case}/graph/path", { case: caseName }, { from, to, kinds: kindsOfWay(view.throughAddresses) });
  if (way.problem !== null) return <><h1>{words.pictures.graph.title}</h1><Preparing problem={way.problem} again={way.again} /></>;
  if (way.data === null) return <><h1>{words.pictures.graph.title}</h1><Waiting /></>;
  return <GraphBody caseName={caseName} view={view} path={way.data} />;
}

function GraphBody({ caseName, view, path }: { caseName: string; view: GraphView; path: PathAnswer | null }) {
  const words = useWords();
  const show = [...new Set([...view.show, ...(view.node !== null && !view.open.includes(view.node) ? [view.node] : []), ...(path?.nodes.map((n) => n.id) ?? [])])];
  const asked = useAsk("/api/v1/cases/{case}/graph", { case: caseName }, { open: nodesText(view.open), show: nodesText(show.filter((n) => !view.open.includes(n))), kinds: view.kinds.join(","), most: most(view) });
  const take = (node: GraphNode) => setQuery({ ...(view.open.includes(node.id) ? {} : toggled(view, node.id)), node: node.id, tie: null });
  const graph = asked.data;
  const empty = view.open.length === 0 && show.length === 0;
  return (
    <div className="picture-page" aria-busy={asked.waiting}>
      <header className="page-head">
        <h1>{words.pictures.graph.title}</h1>
        <p className="subtitle" role="status">{graph === null || empty ? "" : words.pictures.graph.subtitle(graph.nodes.length, graph.ties.length)}</p>
      </header>
      <p className="note">{words.pictures.graph.caution} {words.pictures.masked}</p>
      <div className="picture-bar">
        <NodeSearch caseName={caseName} take={take} {...(empty ? { begin: words.pictures.begin } : {})} />
        {!empty && <KindFilter view={view} />}
      </div>
      <WayNote view={view} path={path} nodes={graph?.nodes ?? []} />
      {asked.problem !== null ? <Preparing problem={asked.problem} again={asked.again} />
        : graph === null ? <Waiting />
        : empty ? <p className="empty">{words.pictures.graph.empty}</p>
        : <Picture caseName={caseName} graph={graph} view={view} path={path} />}
    </div>
  );
}

/** Fewer neighbours each where much is open, so that the picture stays within what the server draws. */
function most(view: GraphView): number {
  return view.open.length <= 12 ? MOST : Math.max(4, Math.floor(220 / view.open.length));
}

function KindFilter({ view }: { view: GraphView }) {
  const words = useWords();
  const set = (kind: (typeof KINDS)[number]) => {
    const now = view.kinds.length === 0 ? [...KINDS] : view.kinds;
    const next = now.includes(kind) ? now.filter((k) => k !== kind) : [...now, kind];
    setQuery({ kinds: next.length === KINDS.length || next.length === 0 ? null : KINDS.filter((k) => next.includes(k)).join(","), at: null });
  };
  return (
    <fieldset className="kind-filter no-print">
      <legend>{words.pictures.graph.legend}</legend>
      {KINDS.map((kind) => (
        <label key={kind} className="check">
          <input type="checkbox" checked={view.kinds.length === 0 || view.kinds.includes(kind)} onChange={() => set(kind)} />
          {words.pictures.kinds[kind]}
        </label>
      ))}
    </fieldset>
  );
}

function WayNote({ view, path, nodes }: { view: GraphView; path: PathAnswer | null; nodes: readonly GraphNode[] }) {
  const words = useWords();
  const w = words.pictures.graph;
  if (view.from === null) return null;
  const name = (id: string) => {
    const node = nodes.find((n) => n.id === id);
    return node === undefined ? id.slice(id.indexOf(":") + 1) : nameOf(node, words);
  };
  const why = { none: w.pathNone, too_wide: w.pathTooWide, unknown: w.pathUnknown } as Record<string, string>;
  return (
    <div className="way-note">
      <p role="status">
        {view.to === null ? w.pathPick(name(view.from))
          : path === null ? ""
          : path.why_not !== null ? why[path.why_not] ?? path.why_not
          : w.path(name(view.from), name(view.to), path.nodes.length - 1)}
      </p>
      <p className="hint">{w.pathNote}</p>
      <div className="acts no-print">
        <label className="check">
          <input type="checkbox" checked={view.throughAddresses} onChange={(event) => setQuery({ via: event.target.checked ? "address" : null, at: null })} />
          {w.pathAddresses}
        </label>
        <button type="button" className="quiet" onClick={() => setQuery({ from: null, to: null, via: null, at: null })}>{w.pathCancel}</button>
      </div>
    </div>
  );
}

interface PictureProps {
  caseName: string;
  graph: GraphAnswer;
  view: GraphView;
  path: PathAnswer | null;
}

function Picture({ caseName, graph, view, path }: PictureProps) {
  const words = useWords();
  const w = words.pictures.graph;
  const drawn = useDrawn(graph, path);
  const [camera, setCamera] = useState<Camera | null>(view.at);
  const inAddress = cameraText(view.at);
  useEffect(() => setCamera(view.at), [inAddress]);
  useLater(camera, 300, (at) => setQuery({ at: cameraText(at) }, true));
  const pick = useCallback((node: string) => setQuery({ node, tie: null, list: null, page: null }, true), []);
  const toggle = useCallback((node: string) => setQuery({ ...toggled(viewOf(new URLSearchParams(location.search)), node), node, tie: null }), []);
  const pickTie = useCallback((pair: Pair) => setQuery({ tie: nodesText([pair.a, pair.b]), node: null }, true), []);
  const tie = view.tie === null ? null : pairKey(...view.tie);
  const selected = graph.nodes.find((n) => n.id === view.node) ?? null;
  const inPicture = useMemo(() => new Set(graph.nodes.map((n) => n.id)), [graph]);
  const caption = w.caption(caseName, graph.run_id);
  const more = useMemo(() => new Map([...drawn.more].map(([id, said]) => [id, said.short])), [drawn]);
  const keep = (format: "svg" | "png") => save(sceneOf({ ...drawn, nodes: graph.nodes, more }, palette(), caption), format, `${caseName}-graph-${graph.run_id.slice(0, 8)}`);
  return (
    <>
      {graph.unknown.length > 0 && <p className="hint" role="status">{w.unknown(graph.unknown.map((id) => id.slice(id.indexOf(":") + 1)).join(", "))}</p>}
      <div className="graph">
        <div className="graph-left">
          <figure>
          <GraphCanvas
            nodes={graph.nodes} points={drawn.points} pairs={drawn.pairs} names={drawn.names} opened={drawn.opened} more={drawn.more}
            way={drawn.way} node={view.node} tie={tie} at={camera} pick={pick} toggle={toggle} pickTie={pickTie} listMore={pick} move={setCamera}
          />
          <figcaption>
            <span className="note">{caption}</span>
            <span className="acts no-print">
              <button type="button" className="quiet" onClick={() => { void keep("svg"); }}>{w.svg}</button>
              <button type="button" className="quiet" onClick={() => { void keep("png"); }}>{w.png}</button>
              <button type="button" className="quiet" onClick={() => setQuery(Object.fromEntries(["open", "show", "kinds", "node", "tie", "from", "to", "via", "list", "page", "at"].map((k) => [k, null])))}>{w.restart}</button>
            </span>
          </figcaption>
        </figure>
        <TieTable graph={graph} />
        </div>
        <aside className="graph-panel card" aria-label={w.selected}>
          {view.tie !== null ? <TiePanel caseName={caseName} ends={view.tie} />
            : selected !== null ? <NodePanel caseName={caseName} node={selected} view={view} inPicture={inPicture} />
            : <p className="note">{w.nothingSelected}</p>}
        </aside>
      </div>
    </>
  );
}

/** Everything that is drawn, from the answer: the places, the pairs, the names, and how many more there are. */
function useDrawn(graph: GraphAnswer, path: PathAnswer | null) {
  const words = useWords();
  return useMemo(() => {
    const pairs = pairsOf(graph.ties);
    const ids = graph.nodes.map((n) => n.id);
    const groups = graph.open.map((o) => ({ id: o.id, shown: o.shown }));
    const kinds = words.pictures.kinds as Record<string, string>;
    const more = new Map(graph.open.filter((o) => o.more.length > 0).map((o) => {
      const n = o.more.reduce((sum, k) => sum + k.neighbours, 0);
      const each = o.more.map((k) => `${kinds[k.kind] ?? k.kind} ${k.neighbours.toLocaleString(words.locale)}`).join(", ");
      return [o.id, { short: words.pictures.graph.more(n), long: words.pictures.graph.moreOf(n, each) }];
    }));
    const steps = path?.nodes ?? [];
    return {
      pairs,
      more,
      points: layout(ids, groups, pairs.map((p) => [p.a, p.b] as const)),
      names: new Map(graph.nodes.map((n) => [n.id, shortName(n, words)])),
      opened: new Set(graph.open.map((o) => o.id)),
      way: new Set(steps.slice(1).map((n, i) => pairKey(steps[i]?.id ?? "", n.id))),
    };
  }, [graph, path, words]);
}

/** The picture as a table: for print, for keys, and for whoever does not see pictures. */
function TieTable({ graph }: { graph: GraphAnswer }) {
  const words = useWords();
  const w = words.pictures.graph;
  const nodes = new Map(graph.nodes.map((n) => [n.id, n]));
  const name = (id: string) => {
    const node = nodes.get(id);
    return node === undefined ? id : `${kindName(node, words)} ${nameOf(node, words)}`;
  };
  return (
    <details className="as-table">
      <summary>{w.table}</summary>
      <div className="table-frame">
        <table>
          <thead><tr><th scope="col">{w.tableHead.from}</th><th scope="col">{w.tableHead.tie}</th><th scope="col">{w.tableHead.to}</th><th scope="col" className="number">{w.tableHead.records}</th></tr></thead>
          <tbody>
            {graph.ties.map((tie) => (
              <tr key={`${tie.from} ${tie.to} ${tie.tie} ${tie.currency}`}>
                <td>{name(tie.from)}</td>
                <td><button type="button" className="tie-link" onClick={() => { setQuery({ tie: nodesText([tie.from, tie.to]), node: null }, true); scrollTo(0, 0); }}>{tieName(tie.tie, words)}</button></td>
                <td>{name(tie.to)}</td>
                <td className="number">{tie.records > 0 ? tie.records.toLocaleString(words.locale) : ""}{tie.amount === null ? "" : ` · ${tie.amount} ${tie.currency ?? ""}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
