// Requests to operators: what to ask and what not, the files that go out, the replies that come in, and where they differ.

import { type FormEvent, useId, useState } from "react";
import { problemOf, useAsk } from "../api/ask";
import { type Problem, post, sendFile } from "../api/client";
import type { PlanPage, RequestRow } from "../api/types";
import { count, instant } from "../format";
import { Link } from "../parts/link";
import { Failed, Waiting } from "../parts/states";
import { useHindrance } from "../rights";
import { addressOf, setQuery } from "../router";
import { useWords } from "../words";
import { FileForm } from "../work/file_field";
import { Findings } from "../work/findings";
import { JobList, useJobs } from "../work/jobs";
import { Exporting } from "./requests_export";

interface Props {
  caseName: string;
  query: URLSearchParams;
}

export function Requests({ caseName, query }: Props) {
  const words = useWords();
  const view = query.get("view") === "plan" ? "plan" : "sent";
  const noSources = useHindrance("see_requests");
  const views: ("sent" | "plan")[] = ["sent", "plan"];
  return (
    <>
      <header className="page-head"><h1>{words.requests.title}</h1></header>
      <nav className="views no-print" aria-label={words.requests.views}>
        {views.map((v) => (
          <Link key={v} to={addressOf(caseName, "requests", undefined, { view: v === "plan" ? "plan" : null })} current={v === view}>{words.requests[v]}</Link>
        ))}
      </nav>
      {view === "plan" ? <PlanView caseName={caseName} query={query} /> : noSources === null ? <SentView caseName={caseName} query={query} /> : <p className="hint">{noSources}</p>}
    </>
  );
}

function SentView({ caseName, query }: Props) {
  const words = useWords();
  const { put } = useJobs();
  const noIntake = useHindrance("import_replies");
  const outcome = query.get("outcome") ?? "";
  const search = query.get("search") ?? "";
  const page = Math.max(1, Number(query.get("page") ?? "1") || 1);
  const asked = useAsk("/api/v1/cases/{case}/requests", { case: caseName }, { outcome, search, page, per_page: 100 });
  const found = asked.data;
  const importReply = async (basis_id: string, uploads: string[]) => {
    put(await post("/api/v1/cases/{case}/replies", { case: caseName }, { basis_id, uploads, shared: null }));
  };
  return (
    <>
      <section className="card work no-print" aria-labelledby="reply-title">
        <h2 id="reply-title">{words.requests.reply}</h2>
        {noIntake !== null ? <p className="hint">{noIntake}</p> : (
          <FileForm caseName={caseName} title={words.requests.importReply} note={words.requests.importNote} confirm={words.requests.compare} act={importReply} />
        )}
        <div role="status"><JobList caseName={caseName} kinds={["reply"]} most={2} /></div>
      </section>
      {found !== null && (
        <div className="filters no-print">
          <Choice label={words.requests.columns.outcome} value={outcome} set={(value) => setQuery({ outcome: value, page: null })}
            options={found.outcomes.map((c) => [c.value, `${(words.requests.outcomes as Record<string, string>)[c.value] ?? c.value} (${count(c.count, words.locale)})`])} />
          <Search value={search} />
        </div>
      )}
      {asked.problem !== null && <Failed problem={asked.problem} again={asked.again} />}
      {found === null ? asked.problem === null && <Waiting /> : <RequestTable requests={found.requests} open={query.get("open")} all={found.all} />}
      {found !== null && <Pager page={page} total={found.total} per={found.per_page} />}
    </>
  );
}

function RequestTable({ requests, open, all }: { requests: RequestRow[]; open: string | null; all: number }) {
  const words = useWords();
  const head = words.requests.columns;
  return (
    <div className="table-frame" role="region" aria-label={words.requests.sent} tabIndex={0}>
      <table className="requests-table">
        <thead>
          <tr>
            <th scope="col">{head.request}</th>
            <th scope="col">{head.operator}</th>
            <th scope="col">{head.asked}</th>
            <th scope="col">{head.sent}</th>
            <th scope="col">{head.outcome}</th>
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => <RequestRows key={request.request_ref} request={request} isOpen={open === request.request_ref} />)}
        </tbody>
      </table>
      {requests.length === 0 && <p className="empty">{all === 0 ? words.requests.noneSent : words.state.nothing}</p>}
    </div>
  );
}

function RequestRows({ request, isOpen }: { request: RequestRow; isOpen: boolean }) {
  const words = useWords();
  const id = useId();
  const notes = request.found.length + request.refusals.length;
  const bad = request.outcome === "blocked" || request.outcome === "partly_blocked";
  return (
    <>
      <tr>
        <th scope="row">
          <code>{request.request_ref}</code>
          {notes > 0 && (
            <button type="button" className="disclose no-print" aria-expanded={isOpen} aria-controls={id} onClick={() => setQuery({ open: isOpen ? null : request.request_ref }, true)}>
              {words.requests.mismatches(notes)}<span className="visually-hidden"> {request.request_ref}</span>
            </button>
          )}
        </th>
        <td>{request.operator}<span className="under">{words.intake.basis} {request.basis_id}</span></td>
        <td><code>{request.ip}</code> {request.port === null ? words.requests.noPort : words.requests.port(request.port)}<span className="under">{instant(request.asked_utc, words.locale)}</span></td>
        <td>{instant(request.sent_utc, words.locale)}</td>
        <td>
          <span className={bad ? "is-refused" : ""}>{(words.requests.outcomes as Record<string, string>)[request.outcome] ?? request.outcome}</span>
          {request.answered_utc !== null && <span className="under">{instant(request.answered_utc, words.locale)}</span>}
        </td>
      </tr>
      {isOpen && (
        <tr id={id}>
          <td colSpan={5}>
            <Findings found={request.found} />
            {request.refusals.length > 0 && <><p className="note">{words.requests.refusedWhole}:</p><ul lang="en">{request.refusals.map((r) => <li key={r}>{r}</li>)}</ul></>}
          </td>
        </tr>
      )}
    </>
  );
}

function PlanView({ caseName, query }: Props) {
  const words = useWords();
  const operator = query.get("operator") ?? "";
  const account = query.get("account") ?? "";
  const page = Math.max(1, Number(query.get("page") ?? "1") || 1);
  const asked = useAsk("/api/v1/cases/{case}/requests/plan", { case: caseName }, { operator, account, page, per_page: 100 });
  const plan = asked.data;
  return (
    <>
      <MakePlan caseName={caseName} />
      {asked.problem !== null && <Failed problem={asked.problem} again={asked.again} />}
      {plan === null && asked.problem === null && <Waiting />}
      {plan !== null && plan.none !== null && <p className="empty">{words.requests.noPlan}</p>}
      {plan !== null && plan.none === null && (
        <>
          <p className="plan-sum">{words.requests.planSum(plan.all, plan.connections, plan.accounts, plan.decided)}{plan.as_of_utc !== null && ` ${words.requests.asOf(instant(plan.as_of_utc, words.locale))}`}</p>
          <div className="plan-columns">
            <LeftOut plan={plan} />
            <Exporting caseName={caseName} operators={plan.operators.map((o) => o.value)} />
          </div>
          <div className="filters no-print">
            <Choice label={words.requests.columns.operator} value={operator} set={(value) => setQuery({ operator: value, page: null })}
              options={plan.operators.map((c) => [c.value, `${c.value} (${count(c.count, words.locale)})`])} />
            {account !== "" && <button type="button" onClick={() => setQuery({ account: null, page: null })}>{words.requests.onlyAccount(account)} ✕</button>}
          </div>
          <PlanTable plan={plan} />
          <Pager page={page} total={plan.total} per={plan.per_page} />
        </>
      )}
    </>
  );
}

function MakePlan({ caseName }: { caseName: string }) {
  const words = useWords();
  const mayNot = useHindrance("plan_requests");
  const { put } = useJobs();
  const noIntake = useHindrance("intake");
  const [retention, setRetention] = useState<"internet" | "telephone" | "listed">("internet");
  const [asOf, setAsOf] = useState("");
  const [blocks, setBlocks] = useState<File | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setProblem(null);
    setBusy(true);
    try {
      const upload = blocks === null ? null : await sendFile(caseName, blocks, () => undefined);
      put(await post("/api/v1/cases/{case}/requests/plan", { case: caseName }, { retention, as_of_utc: asOf.trim() === "" ? null : asOf.trim(), address_blocks: upload?.upload_id ?? null }));
    } catch (error: unknown) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card work no-print" aria-labelledby="plan-title">
      <h2 id="plan-title">{words.requests.makePlan}</h2>
      <p className="note">{words.requests.planNote}</p>
      {mayNot !== null ? <p className="hint">{mayNot}</p> : <form className="fields" onSubmit={(event: FormEvent) => { event.preventDefault(); void submit(); }}>
        <label>
          <span>{words.requests.retention}</span>
          <select value={retention} onChange={(event) => setRetention(event.target.value as typeof retention)}>
            {(["internet", "telephone", "listed"] as const).map((kind) => <option key={kind} value={kind}>{words.requests.retentions[kind]}</option>)}
          </select>
        </label>
        <label>
          <span>{words.requests.countedFrom}</span>
          <input value={asOf} placeholder="2026-05-04T10:00:00Z" onChange={(event) => setAsOf(event.target.value)} />
        </label>
        {noIntake === null && (
          <label>
            <span>{words.requests.addressBlocks}</span>
            <input type="file" accept=".csv,text/csv" onChange={(event) => setBlocks(event.target.files?.[0] ?? null)} />
          </label>
        )}
        <button type="submit" className="primary" disabled={busy}>{words.requests.planNow}</button>
      </form>}
      {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
      <div role="status"><JobList caseName={caseName} kinds={["plan"]} most={1} /></div>
    </section>
  );
}

function LeftOut({ plan }: { plan: PlanPage }) {
  const words = useWords();
  const known = words.requests.reasons as Record<string, string>;
  return (
    <section className="card" aria-labelledby="left-title">
      <h2 id="left-title">{words.requests.leftOut}</h2>
      <table>
        <thead><tr><th scope="col">{words.requests.reason}</th><th scope="col" className="number">{words.requests.connections}</th><th scope="col" className="number">{words.requests.accounts}</th></tr></thead>
        <tbody>
          {plan.left_out.map((row) => (
            <tr key={row.reason}>
              <th scope="row">{known[row.reason] ?? <span lang="en">{row.meaning}</span>}</th>
              <td className="number">{count(row.connections, words.locale)}</td>
              <td className="number">{count(row.accounts, words.locale)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function PlanTable({ plan }: { plan: PlanPage }) {
  const words = useWords();
  const head = words.requests.columns;
  return (
    <div className="table-frame" role="region" aria-label={words.requests.plan} tabIndex={0}>
      <table className="plan-table">
        <thead>
          <tr>
            <th scope="col">{head.account}</th>
            <th scope="col">{head.operator}</th>
            <th scope="col">{head.asked}</th>
            <th scope="col" className="number">{head.days}</th>
            <th scope="col" className="number">{head.lines}</th>
            <th scope="col">{head.why}</th>
          </tr>
        </thead>
        <tbody>
          {plan.requests.map((r) => (
            <tr key={`${r.account} ${r.ip} ${r.asked_utc} ${r.port ?? ""}`}>
              <th scope="row"><button type="button" className="quiet" onClick={() => setQuery({ account: r.account, page: null })}>{r.account}</button></th>
              <td>{r.operator}<span className="under">{(words.requests.origins as Record<string, string>)[r.operator_origin] ?? r.operator_origin}</span></td>
              <td><code>{r.ip}</code> {r.port === null ? words.requests.noPort : words.requests.port(r.port)}<span className="under">{instant(r.asked_utc, words.locale)} ± {r.error_seconds.toLocaleString(words.locale)} s</span></td>
              <td className="number">{count(r.days_left, words.locale)}</td>
              <td className="number">{count(r.expected_lines, words.locale)}</td>
              <td lang="en">{r.why}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {plan.requests.length === 0 && <p className="empty">{words.state.nothing}</p>}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: [string, string][];
  set: (value: string | null) => void;
}

function Choice({ label, value, options, set }: ChoiceProps) {
  const words = useWords();
  return (
    <label className="filter">
      <span>{label}</span>
      <select value={value} onChange={(event) => set(event.target.value === "" ? null : event.target.value)}>
        <option value="">{words.leads.every}</option>
        {options.map(([key, text]) => <option key={key} value={key}>{text}</option>)}
      </select>
    </label>
  );
}

function Search({ value }: { value: string }) {
  const words = useWords();
  const [text, setText] = useState(value);
  return (
    <form className="search" role="search" onSubmit={(event: FormEvent) => { event.preventDefault(); setQuery({ search: text.trim(), page: null }); }}>
      <label htmlFor="request-search" className="visually-hidden">{words.requests.search}</label>
      <input id="request-search" type="search" value={text} placeholder={words.requests.search} onChange={(event) => setText(event.target.value)} />
    </form>
  );
}

function Pager({ page, total, per }: { page: number; total: number; per: number }) {
  const words = useWords();
  const pages = Math.max(1, Math.ceil(total / per));
  if (pages === 1) return null;
  return (
    <nav className="pager no-print" aria-label={words.leads.page(page, pages)}>
      <button type="button" disabled={page <= 1} onClick={() => setQuery({ page: String(page - 1) })}>{words.leads.previous}</button>
      <span>{words.leads.page(page, pages)}</span>
      <button type="button" disabled={page >= pages} onClick={() => setQuery({ page: String(page + 1) })}>{words.leads.next}</button>
    </nav>
  );
}

