// The money: flows from a seed outward, each pattern with who else shows it innocently.

import { useMemo } from "react";
import { useAsk } from "../api/ask";
import type { FlowAnswer, FlowRow, MoneyAnswer } from "../api/types";
import { sum } from "../format";
import { Link } from "../parts/link";
import { Failed, Waiting } from "../parts/states";
import { BOX, type FlowBox, type FlowPicture, dayOf, flowPicture, rest } from "../picture/flow_view";
import { nodesText } from "../picture/graph_view";
import { clip, nameOf } from "../picture/node_names";
import { NodeLine } from "../picture/node_search";
import { Preparing } from "../picture/preparing";
import { addressOf, setQuery } from "../router";
import { type Words, useWords } from "../words";
import { Patterns } from "./money_patterns";

interface Props {
  caseName: string;
  query: URLSearchParams;
}

const MOST = 14;
const MORE = 60;

export function MoneyPage({ caseName, query }: Props) {
  const words = useWords();
  const w = words.pictures.money;
  const asked = useAsk("/api/v1/cases/{case}/money", { case: caseName }, {});
  if (asked.problem !== null) return <><h1>{w.title}</h1><Preparing problem={asked.problem} again={asked.again} /></>;
  if (asked.data === null) return <><h1>{w.title}</h1><Waiting /></>;
  const money = asked.data;
  const chosen = query.get("seed") ?? money.seeds.find((seed) => !seed.is_service)?.node.id ?? money.seeds[0]?.node.id ?? null;
  return (
    <div className="picture-page">
      <header className="page-head">
        <h1>{w.title}</h1>
        <p className="subtitle">{w.subtitle(money.seeds.length)}</p>
      </header>
      <p className="note">{w.intro} {words.pictures.masked}</p>
      {money.seeds.length === 0 ? <p className="empty">{w.none}</p> : (
        <>
          <div className="money-top">
            <Seeds money={money} chosen={chosen} />
            <LeadCounts money={money} />
          </div>
          {chosen !== null && <FlowOf key={chosen} caseName={caseName} seed={chosen} query={query} />}
        </>
      )}
    </div>
  );
}

function Seeds({ money, chosen }: { money: MoneyAnswer; chosen: string | null }) {
  const words = useWords();
  const w = words.pictures.money;
  return (
    <section className="card" aria-labelledby="seeds-title">
      <h2 id="seeds-title">{w.seeds}</h2>
      <ul className="node-list seed-list">
        {money.seeds.map((seed) => (
          <li key={seed.node.id}>
            <button type="button" aria-pressed={seed.node.id === chosen} onClick={() => setQuery({ seed: seed.node.id, payers: null, records: null, most: null })}>
              <NodeLine node={seed.node} /> <span className="number">{w.payers(seed.payers)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function LeadCounts({ money }: { money: MoneyAnswer }) {
  const words = useWords();
  const w = words.pictures.money;
  const [roles, outcomes] = [words.pictures.role as Record<string, string>, w.outcome as Record<string, string>];
  return (
    <section className="card" aria-labelledby="money-leads">
      <h2 id="money-leads">{w.leads}</h2>
      <dl className="facts">
        {money.leads.map((lead) => (
          <div key={`${lead.role} ${lead.outcome}`}><dt>{[...new Set([roles[lead.role] ?? lead.role, outcomes[lead.outcome] ?? lead.outcome])].join("; ")}</dt><dd className="number">{lead.count.toLocaleString(words.locale)}</dd></div>
        ))}
      </dl>
    </section>
  );
}

function FlowOf({ caseName, seed, query }: { caseName: string; seed: string; query: URLSearchParams }) {
  const words = useWords();
  const w = words.pictures.money;
  const most = query.get("payers") === "more" ? MORE : MOST;
  const asked = useAsk("/api/v1/cases/{case}/money/flow", { case: caseName }, { seed, most });
  const flow = asked.data;
  const picture = useMemo(() => (flow === null ? null : flowPicture(flow)), [flow]);
  if (asked.problem !== null) return <Failed problem={asked.problem} again={asked.again} />;
  if (flow === null || picture === null) return <Waiting />;
  const hidden = rest(flow.totals, flow.direct, flow.seed.node.id).payments > 0;
  return (
    <div aria-busy={asked.waiting}>
      <section className="card flow" aria-labelledby="flow-title">
        <h2 id="flow-title">{w.flow}: {nameOf(flow.seed.node, words)}</h2>
        {flow.seed.is_service ? <p className="note">{w.service}</p> : (
          <>
            <FlowSvg caseName={caseName} flow={flow} picture={picture} />
            <p className="hint">{w.width}</p>
            <p className="panel-links no-print">
              <Link to={addressOf(caseName, "graph", undefined, { open: nodesText([flow.seed.node.id]), node: flow.seed.node.id })}>{w.inGraph}</Link>
              <Link to={addressOf(caseName, "time", undefined, { nodes: nodesText([flow.seed.node.id]) })}>{w.inTime}</Link>
              {hidden && most < MORE && <button type="button" className="quiet" onClick={() => setQuery({ payers: "more" }, true)}>{w.more}</button>}
            </p>
          </>
        )}
      </section>
      <FlowTable caseName={caseName} flow={flow} />
      <Patterns caseName={caseName} flow={flow} query={query} />
    </div>
  );
}

function FlowSvg({ caseName, flow, picture }: { caseName: string; flow: FlowAnswer; picture: FlowPicture }) {
  const words = useWords();
  const w = words.pictures.money;
  const titles = [w.through, w.direct, w.seed, w.common];
  const used = new Set(picture.boxes.map((box) => box.layer));
  const left = picture.boxes.some((box) => box.layer === 0) ? 0 : 250;
  return (
    <div className="flow-frame">
      <svg role="group" aria-label={w.flowLabel(nameOf(flow.seed.node, words))} viewBox={`${left - 2} 0 ${picture.width - left + 4} ${picture.height + 8}`}>
        {picture.bands.map((band) => (
          <g key={band.key} className={band.from === "payers" ? "flow-band is-common" : "flow-band"}>
            <path d={band.d} strokeWidth={band.width} />
            <title>{[w.payments(band.payments), ...band.sums.map((said) => moneyOf(said, words.locale))].join(", ")}</title>
          </g>
        ))}
        {picture.boxes.map((box) => <BoxMark key={box.id} box={box} caseName={caseName} />)}
        {[0, 1, 2, 3].filter((layer) => used.has(layer as FlowBox["layer"])).map((layer) => {
          const first = picture.boxes.find((box) => box.layer === layer);
          return <TitleText key={layer} text={titles[layer] ?? ""} x={first?.x ?? 0} />;
        })}
      </svg>
    </div>
  );
}

/** A sum as a flow has it, its amount before its currency, as people read it. */
function moneyOf(said: string, locale: string): string {
  const [amount = "", currency = null] = said.split(" ");
  return sum(amount, currency, locale);
}

/** The head of a column in two lines: SVG does not break text. */
function TitleText({ text, x }: { text: string; x: number }) {
  const at = text.indexOf(":");
  const [first, second] = at < 0 ? [text, ""] : [text.slice(0, at + 1), text.slice(at + 1).trim()];
  return <text className="flow-title" x={x} y="12"><tspan>{first}</tspan>{second !== "" && <tspan x={x} dy="14">{second}</tspan>}</text>;
}

function BoxMark({ box, caseName }: { box: FlowBox; caseName: string }) {
  const words = useWords();
  const role = words.pictures.role as Record<string, string>;
  const name = box.node === null ? words.pictures.money.others(box.payers) : nameOf(box.node, words);
  const under = box.node?.role != null && box.layer !== 2 ? (role[box.node.role] ?? box.node.role) : "";
  const mark = (
    <g className={`flow-box layer-${box.layer} ${box.node === null ? "is-others" : ""}`} transform={`translate(${box.x} ${box.y})`}>
      <rect width={BOX} height={box.height} rx="5" />
      <text x="10" y={under === "" ? box.height / 2 + 4 : box.height / 2 - 2}>{clip(name, 25)}</text>
      {under !== "" && <text className="flow-under" x="10" y={box.height / 2 + 11}>{clip(under, 32)}</text>}
      <title>{[name, under].filter((t) => t !== "").join(", ")}</title>
    </g>
  );
  if (box.node === null) return mark;
  const address = addressOf(caseName, "graph", undefined, { open: nodesText([box.node.id]), node: box.node.id });
  return <a href={address} tabIndex={-1} aria-hidden="true">{mark}</a>;
}

function FlowTable({ caseName, flow }: { caseName: string; flow: FlowAnswer }) {
  const words = useWords();
  const w = words.pictures.money;
  const head = w.columns;
  const rows: FlowRow[] = [...flow.totals, ...flow.direct, ...flow.through_totals, ...flow.through];
  return (
    <section aria-labelledby="flow-table">
      <h2 id="flow-table">{w.table}</h2>
      <div className="table-frame event-table" tabIndex={0} role="group" aria-labelledby="flow-table">
        <table>
          <thead><tr>
            <th scope="col">{head.from}</th><th scope="col">{head.to}</th><th scope="col" className="number">{head.payments}</th>
            <th scope="col" className="number">{head.sum}</th><th scope="col">{head.days}</th><th scope="col" className="number">{head.back}</th>
          </tr></thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.from?.id ?? "all"} ${row.to.id} ${row.currency}`} className={row.from === null ? "is-total" : ""}>
                <td>{row.from === null ? `${w.all} (${w.payers(row.payers)})` : <NodeLink caseName={caseName} node={row.from} words={words} />}</td>
                <td><NodeLink caseName={caseName} node={row.to} words={words} /></td>
                <td className="number">{row.payments.toLocaleString(words.locale)}</td>
                <td className="number">{sum(row.amount, row.currency, words.locale)}</td>
                <td>{dayOf(row.first_day, words.locale)} – {dayOf(row.last_day, words.locale)}</td>
                <td className="number">{row.reversed > 0 ? row.reversed.toLocaleString(words.locale) : ""}</td>
              </tr>
            ))}
            {flow.common.map((row) => (
              <tr key={`common ${row.node.id} ${row.currency}`}>
                <td>{w.payers(row.payers)}</td>
                <td><NodeLink caseName={caseName} node={row.node} words={words} /> <span className="under">{words.pictures.role.recipient}</span></td>
                <td className="number">{row.payments.toLocaleString(words.locale)}</td>
                <td className="number">{sum(row.amount, row.currency, words.locale)}</td>
                <td /><td />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function NodeLink({ caseName, node, words }: { caseName: string; node: FlowRow["to"]; words: Words }) {
  return <Link to={addressOf(caseName, "graph", undefined, { open: nodesText([node.id]), node: node.id })}>{nameOf(node, words)}</Link>;
}
