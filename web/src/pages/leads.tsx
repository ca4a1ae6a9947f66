// The list of leads: two axes, filters, and rows that keys move through.

import { type FormEvent, type RefObject, useEffect, useRef, useState } from "react";
import { useAsk } from "../api/ask";
import type { LeadRow, LeadsPage } from "../api/types";
import { day } from "../format";
import { Link } from "../parts/link";
import { useListKeys, usePageKeys } from "../parts/list_keys";
import { GateMark, OutcomeMark, RatioBar } from "../parts/marks";
import { Sentence } from "../parts/sentence";
import { Failed, Waiting } from "../parts/states";
import { addressOf, setQuery } from "../router";
import { useWords } from "../words";
import { Axes } from "./axes";
import { type LeadsView, ORDERS, OUTCOMES, SIGNINGS, choiceCount, isFiltered, questionOf, viewOf } from "./leads_view";

interface Props {
  caseName: string;
  query: URLSearchParams;
}

export function Leads({ caseName, query }: Props) {
  const words = useWords();
  const view = viewOf(query);
  const asked = useAsk("/api/v1/cases/{case}/leads", { case: caseName }, questionOf(view));
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLTableSectionElement>(null);
  usePageKeys(search, list);
  if (asked.problem !== null) {
    return <><h1>{words.leads.title}</h1><Failed problem={asked.problem} again={asked.again} /></>;
  }
  if (asked.data === null) return <><h1>{words.leads.title}</h1><Waiting /></>;
  const page = asked.data;
  return (
    <div aria-busy={asked.waiting}>
      <header className="page-head">
        <h1>{words.leads.title}</h1>
        <p className="subtitle" role="status">{words.leads.subtitle(page.total, page.all)}</p>
      </header>
      <div className="leads-top">
        <Axes page={page} view={view} />
        <Filters page={page} view={view} search={search} />
      </div>
      <LeadTable caseName={caseName} leads={page.leads} list={list} />
      {page.leads.length === 0 && <p className="empty">{words.leads.none}</p>}
      <Pager page={page} />
      <p className="hint no-print">{words.leads.keys}</p>
    </div>
  );
}

interface FiltersProps {
  page: LeadsPage;
  view: LeadsView;
  search: RefObject<HTMLInputElement | null>;
}

function Filters({ page, view, search }: FiltersProps) {
  const words = useWords();
  const [text, setText] = useState(view.search);
  useEffect(() => setText(view.search), [view.search]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setQuery({ search: text.trim(), page: null });
  };
  return (
    <section className="filters" aria-label={words.leads.columns.outcome}>
      <ChoiceList
        title={words.leads.outcome}
        name="outcome"
        chosen={view.outcome}
        options={OUTCOMES.map((o) => ({ value: o, text: words.outcome[o], count: choiceCount(page.outcomes, o) }))}
      />
      <ChoiceList
        title={words.leads.signing}
        name="signing"
        chosen={view.signing}
        options={SIGNINGS.map((s) => ({ value: s, text: words.signing[s], count: choiceCount(page.signings, s) }))}
      />
      <form className="search no-print" role="search" onSubmit={submit}>
        <label htmlFor="search" className="visually-hidden">{words.leads.search}</label>
        <input
          id="search"
          ref={search}
          type="search"
          value={text}
          placeholder={words.leads.search}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => { if (text.trim() !== view.search) setQuery({ search: text.trim(), page: null }); }}
        />
        <label className="visually-hidden" htmlFor="order">{words.leads.order}</label>
        <select id="order" value={view.order} onChange={(event) => setQuery({ order: event.target.value, page: null })}>
          {ORDERS.map((order) => <option key={order} value={order}>{words.leads.orders[order]}</option>)}
        </select>
        {isFiltered(view) && (
          <button
            type="button"
            className="quiet"
            onClick={() => setQuery({ outcome: null, signing: null, certainty: null, urgency: null, search: null, page: null })}
          >
            {words.leads.clear}
          </button>
        )}
      </form>
    </section>
  );
}

interface ChoiceListProps {
  title: string;
  name: string;
  chosen: string | null;
  options: { value: string; text: string; count: number }[];
}

function ChoiceList({ title, name, chosen, options }: ChoiceListProps) {
  const words = useWords();
  return (
    <div className="choices" role="group" aria-label={title}>
      <p className="choices-title">{title}</p>
      <ul>
        {options.map(({ value, text, count }) => (
          <li key={value}>
            <button
              type="button"
              aria-pressed={chosen === value}
              disabled={count === 0 && chosen !== value}
              onClick={() => setQuery({ [name]: chosen === value ? null : value, page: null })}
            >
              <span>{text}</span>
              <span className="number">{count.toLocaleString(words.locale)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface TableProps {
  caseName: string;
  leads: LeadRow[];
  list: RefObject<HTMLTableSectionElement | null>;
}

function LeadTable({ caseName, leads, list }: TableProps) {
  const words = useWords();
  const keys = useListKeys();
  const head = words.leads.columns;
  return (
    <div className="table-frame">
      <table className="leads-table">
        <caption className="visually-hidden">{words.leads.title}</caption>
        <thead>
          <tr>
            <th scope="col">{head.account}</th>
            <th scope="col">{head.urgency}</th>
            <th scope="col">{head.outcome}</th>
            <th scope="col">{head.certainty}</th>
            <th scope="col">{head.gates}</th>
            <th scope="col" className="number">{head.evidence}</th>
            <th scope="col" className="number">{head.episodes}</th>
            <th scope="col" className="why">{head.why}</th>
          </tr>
        </thead>
        <tbody ref={list} onKeyDown={keys}>
          {leads.map((lead) => <LeadLine key={lead.lead_ref} caseName={caseName} lead={lead} />)}
        </tbody>
      </table>
    </div>
  );
}

function LeadLine({ caseName, lead }: { caseName: string; lead: LeadRow }) {
  const words = useWords();
  return (
    <tr>
      <th scope="row">
        <Link to={addressOf(caseName, "lead", lead.lead_ref)} className="row-link" row>
          <span className="account">{lead.account_ref}</span>
          <span className="platform">{lead.platform}</span>
        </Link>
      </th>
      <td>
        <span className={`urgency urgency-${lead.urgency}`}>{lead.urgency_stated ?? words.urgency[lead.urgency]}</span>
        {lead.reported_utc !== null && <span className="under">{words.leads.reported(day(lead.reported_utc, words.locale))}</span>}
      </td>
      <td><OutcomeMark outcome={lead.outcome} /></td>
      <td><RatioBar log10={lead.attribution.log10_lr} words={words.leads.unweighed} /></td>
      <td className="gates">
        <GateMark number={1} passed={lead.resolution.status === "passed"} signing={lead.resolution.signing} />
        <GateMark number={2} passed={lead.attribution.status === "passed"} signing={lead.attribution.signing} />
      </td>
      <td className="number">{lead.against} / {lead.for}</td>
      <td className="number">{lead.episodes.toLocaleString(words.locale)}</td>
      <td className="why"><Sentence text={lead.reason} /></td>
    </tr>
  );
}

function Pager({ page }: { page: LeadsPage }) {
  const words = useWords();
  const pages = Math.max(1, Math.ceil(page.total / page.per_page));
  if (pages === 1) return null;
  const to = (n: number) => { setQuery({ page: n === 1 ? null : String(n) }); scrollTo(0, 0); };
  return (
    <nav className="pager no-print" aria-label={words.leads.page(page.page, pages)}>
      <button type="button" disabled={page.page <= 1} onClick={() => to(page.page - 1)}>{words.leads.previous}</button>
      <span>{words.leads.page(page.page, pages)}</span>
      <button type="button" disabled={page.page >= pages} onClick={() => to(page.page + 1)}>{words.leads.next}</button>
    </nav>
  );
}
