// Beside the graph: what is selected, on what it rests, and the neighbours that are not in the picture.

import { useState } from "react";
import { problemOf, useAsk } from "../api/ask";
import { type Problem, get } from "../api/client";
import type { GraphNode, GraphTie, TiePage } from "../api/types";
import { instant, ratio, sum } from "../format";
import { Link } from "../parts/link";
import { RecordProof } from "../parts/proof";
import { Sentence } from "../parts/sentence";
import { Failed, Waiting } from "../parts/states";
import { addressOf, setQuery } from "../router";
import { useWords, type Words } from "../words";
import { type GraphView, OPEN_MAX, nodesText, toggled, without } from "./graph_view";
import { kindName, nameOf, standing, tieName } from "./node_names";
import { NodeLine, NodeSign } from "./node_search";

interface NodeProps {
  caseName: string;
  node: GraphNode;
  view: GraphView;
  inPicture: ReadonlySet<string>;
}

export function NodePanel({ caseName, node, view, inPicture }: NodeProps) {
  const words = useWords();
  const w = words.pictures;
  const open = view.open.includes(node.id);
  const timed = ["account", "payment", "person", "line", "device"].includes(node.kind);
  return (
    <>
      <h2 className="panel-name"><NodeSign node={node} /> <span>{nameOf(node, words)}</span></h2>
      <p className="under">{[kindName(node, words), ...standing(node, words), w.neighbours(node.neighbours)].join(" · ")}</p>
      <div className="acts no-print">
        <button type="button" className={open ? "" : "primary"} disabled={!open && view.open.length >= OPEN_MAX} onClick={() => setQuery(toggled(view, node.id))}>
          {open ? w.graph.close : w.graph.open}
        </button>
        {view.from !== null && view.from !== node.id
          ? <button type="button" onClick={() => setQuery({ to: node.id, at: null })}>{w.graph.pathTo}</button>
          : <button type="button" onClick={() => setQuery({ from: node.id, to: null })}>{w.graph.pathFrom}</button>}
        {(view.show.includes(node.id) || open) && <button type="button" className="quiet" onClick={() => setQuery(without(view, node.id))}>{w.graph.remove}</button>}
      </div>
      <p className="panel-links">
        {node.lead_ref !== null && node.kind === "account" && <Link to={addressOf(caseName, "lead", node.lead_ref)}>{w.graph.toLead}</Link>}
        {timed && <Link to={addressOf(caseName, "time", undefined, { nodes: nodesText([node.id]) })}>{w.graph.showTime}</Link>}
        {node.kind === "payment" && node.role === "recipient" && <Link to={addressOf(caseName, "money", undefined, { seed: node.id })}>{w.graph.showMoney}</Link>}
      </p>
      <NeighbourList caseName={caseName} node={node} view={view} inPicture={inPicture} />
    </>
  );
}

const PER_PAGE = 20;

function NeighbourList({ caseName, node, view, inPicture }: NodeProps) {
  const words = useWords();
  const w = words.pictures;
  const asked = useAsk("/api/v1/cases/{case}/graph/neighbours", { case: caseName }, { node: node.id, kind: view.list ?? "", page: view.page, per_page: PER_PAGE });
  if (asked.problem !== null) return <Failed problem={asked.problem} again={asked.again} />;
  if (asked.data === null) return <Waiting />;
  const { kinds, total, neighbours } = asked.data;
  const pages = Math.max(1, Math.ceil(total / PER_PAGE));
  const kindsOf = w.kinds as Record<string, string>;
  return (
    <section aria-labelledby="neighbours-title" aria-busy={asked.waiting}>
      <h3 id="neighbours-title">{w.graph.neighboursOf}</h3>
      <ul className="kind-choices">
        {kinds.map((k) => (
          <li key={k.kind}>
            <button type="button" aria-pressed={view.list === k.kind} onClick={() => setQuery({ list: view.list === k.kind ? null : k.kind, page: null }, true)}>
              {kindsOf[k.kind] ?? k.kind} <span className="number">{k.neighbours.toLocaleString(words.locale)}</span>
            </button>
          </li>
        ))}
      </ul>
      <ul className="neighbour-list">
        {neighbours.map((n) => (
          <li key={n.node.id}>
            <NodeLine node={n.node} />
            <span className="neighbour-ties">
              {n.ties.map((tie) => <button key={`${tie.tie} ${tie.currency}`} type="button" className="tie-link" onClick={() => setQuery({ tie: nodesText([tie.from, tie.to]), node: null })}>{tieLine(tie, words)}</button>)}
            </span>
            {inPicture.has(n.node.id)
              ? <span className="muted">{w.graph.inPicture}</span>
              : <button type="button" className="quiet no-print" onClick={() => setQuery({ show: nodesText([...view.show, n.node.id]) })}>{w.graph.put} <span className="visually-hidden">{nameOf(n.node, words)}</span></button>}
          </li>
        ))}
      </ul>
      {pages > 1 && (
        <nav className="pager no-print" aria-label={w.graph.neighboursOf}>
          <button type="button" disabled={view.page <= 1} onClick={() => setQuery({ page: String(view.page - 1) }, true)}>{words.leads.previous}</button>
          <span>{words.leads.page(view.page, pages)}</span>
          <button type="button" disabled={view.page >= pages} onClick={() => setQuery({ page: String(view.page + 1) }, true)}>{words.leads.next}</button>
        </nav>
      )}
    </section>
  );
}

/** A tie in a few words. */
function tieLine(tie: GraphTie, words: Words): string {
  const paid = tie.amount === null ? "" : ` · ${sum(tie.amount, tie.currency, words.locale)}`;
  const weight = tie.log10_lr === null ? "" : ` · ${words.pictures.graph.ratio} ${ratio(tie.log10_lr, words.locale)}${tie.log10_lr < 0 ? `, ${words.lead.speaksAgainst}` : ""}`;
  const records = tie.records > 0 ? ` · ${words.pictures.records(tie.records)}` : "";
  return `${tieName(tie.tie, words)}${records}${paid}${weight}`;
}

export function TiePanel({ caseName, ends }: { caseName: string; ends: [string, string] }) {
  const words = useWords();
  const asked = useAsk("/api/v1/cases/{case}/graph/tie", { case: caseName }, { from: ends[0], to: ends[1] });
  if (asked.problem !== null) return <Failed problem={asked.problem} again={asked.again} />;
  if (asked.data === null) return <Waiting />;
  const page = asked.data;
  const name = (id: string) => nameOf(id === page.from.id ? page.from : page.to, words);
  return (
    <div aria-busy={asked.waiting}>
      <h2 className="panel-name panel-pair"><span>{nameOf(page.from, words)}</span> <span aria-hidden="true">–</span> <span>{nameOf(page.to, words)}</span></h2>
      <ul className="tie-list">
        {page.ties.map((tie) => <TieCard key={`${tie.tie} ${tie.from} ${tie.currency}`} caseName={caseName} tie={tie} name={name} />)}
      </ul>
      <TieEvidence caseName={caseName} page={page} />
    </div>
  );
}

function TieCard({ caseName, tie, name }: { caseName: string; tie: GraphTie; name: (id: string) => string }) {
  const words = useWords();
  const w = words.pictures.graph;
  const status = tie.status === null ? null : tie.status === "reversed" ? w.reversed : ((words.lineStatus as Record<string, string>)[tie.status] ?? tie.status);
  const tables = tie.tables.join(", ");
  const rests = [tie.step === null ? null : w.restsStep(tie.step), tie.records > 0 ? w.restsRecords(tie.records, tables) : w.restsTables(tables)].filter((s) => s !== null).join("; ");
  return (
    <li>
      <p className="tie-said"><span>{name(tie.from)}</span> <strong>{tieName(tie.tie, words)}</strong> <span>{name(tie.to)}</span></p>
      <dl className="facts">
        <dt>{w.rests}</dt><dd>{rests}</dd>
        {tie.first_utc !== null && <><dt>{w.times}</dt><dd>{w.from(instant(tie.first_utc, words.locale), instant(tie.last_utc ?? tie.first_utc, words.locale))}</dd></>}
        {tie.amount !== null && <><dt>{w.sum}</dt><dd>{sum(tie.amount, tie.currency, words.locale)}</dd></>}
        {tie.log10_lr !== null && <><dt>{w.ratio}</dt><dd>{ratio(tie.log10_lr, words.locale)}{tie.log10_lr < 0 && `, ${words.lead.speaksAgainst}`}</dd></>}
        {status !== null && <><dt>{w.status}</dt><dd>{status}</dd></>}
      </dl>
      {tie.records > 0 && <TieProof caseName={caseName} tie={tie} />}
    </li>
  );
}

function TieEvidence({ caseName, page }: { caseName: string; page: TiePage }) {
  const words = useWords();
  if (page.evidence.length === 0) return null;
  return (
    <section aria-labelledby="tie-evidence">
      <h3 id="tie-evidence">{words.pictures.graph.evidence}</h3>
      <ul className="tie-evidence">
        {page.evidence.map((item) => (
          <li key={item.evidence_ref} className={item.against ? "is-against" : ""}>
            <span className="tag">{item.against ? words.pictures.graph.against : words.pictures.graph.inFavour}</span>{" "}
            <Sentence text={item.statement} />{" "}
            <Link to={addressOf(caseName, "lead", item.lead_ref, { item: item.evidence_ref })}>{words.proof.open(item.records)}</Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The records behind a tie, read back on request: that goes through sealed files. */
function TieProof({ caseName, tie }: { caseName: string; tie: GraphTie }) {
  const words = useWords();
  const w = words.pictures.graph;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [found, setFound] = useState<Awaited<ReturnType<typeof ask>> | null>(null);
  const ask = () => get("/api/v1/cases/{case}/graph/records", { case: caseName }, { from: tie.from, to: tie.to, tie: tie.tie, most: 3 });
  const read = () => {
    setBusy(true);
    setProblem(null);
    ask().then(setFound).catch((error: unknown) => setProblem(problemOf(error))).finally(() => setBusy(false));
  };
  if (problem !== null) return <Failed problem={problem} again={read} />;
  if (found === null) return <button type="button" className="disclose no-print" disabled={busy} onClick={read}>{busy ? `${words.proof.loading}…` : w.readBack}</button>;
  if (found.total === null || found.records.length === 0) return <p className="hint">{w.readBackNone}</p>;
  const total = found.total >= 200 ? w.atLeast(200) : found.total.toLocaleString(words.locale);
  return (
    <div className="proof-tree">
      <p className="hint">{w.readBackOf(found.records.length, total)}</p>
      {found.records.map((record) => (
        <div key={`${record.source_id} ${record.row}`}>
          <p className="proof-file-name"><span>{record.file_name}</span></p>
          <RecordProof record={record} />
        </div>
      ))}
    </div>
  );
}
