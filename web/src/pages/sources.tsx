// The sealed sources, what could not be read of them, the check of the whole case, and its custody log.

import { type FormEvent, useState } from "react";
import { problemOf, useAsk } from "../api/ask";
import { type Problem, post } from "../api/client";
import type { Source } from "../api/types";
import { count, instant, short, size } from "../format";
import { Failed, Waiting } from "../parts/states";
import { useHindrance } from "../rights";
import { setQuery } from "../router";
import { FileForm } from "../work/file_field";
import { JobList, useJobs } from "../work/jobs";
import { useWords } from "../words";
import { CustodyLog } from "./custody_log";

interface Props {
  caseName: string;
  query: URLSearchParams;
}

export function Sources({ caseName, query }: Props) {
  const words = useWords();
  const mayNot = useHindrance("sources");
  return (
    <>
      {mayNot === null ? <Sealed caseName={caseName} query={query} /> : (
        <>
          <header className="page-head"><h1>{words.sources.title}</h1></header>
          <p className="hint hindered">{mayNot}</p>
        </>
      )}
      <CustodyLog caseName={caseName} query={query} />
    </>
  );
}

function Sealed({ caseName, query }: Props) {
  const words = useWords();
  const search = query.get("search") ?? "";
  const only_issues = query.get("only_issues") === "true";
  const page = Math.max(1, Number(query.get("page") ?? "1") || 1);
  const asked = useAsk("/api/v1/cases/{case}/sources", { case: caseName }, { search, only_issues, page, per_page: 100 });
  const found = asked.data;
  const pages = found === null ? 1 : Math.max(1, Math.ceil(found.total / found.per_page));
  return (
    <>
      <header className="page-head">
        <h1>{words.sources.title}</h1>
        {found !== null && <p className="subtitle" role="status">{words.sources.count(found.total, found.all)}</p>}
      </header>
      <Work caseName={caseName} />
      <Verification caseName={caseName} />
      <SourceSearch search={search} onlyIssues={only_issues} />
      {asked.problem !== null && <Failed problem={asked.problem} again={asked.again} />}
      {found === null ? asked.problem === null && <Waiting /> : <SourceTable caseName={caseName} sources={found.sources} open={query.get("open")} />}
      {pages > 1 && (
        <nav className="pager no-print" aria-label={words.leads.page(page, pages)}>
          <button type="button" disabled={page <= 1} onClick={() => setQuery({ page: String(page - 1) })}>{words.leads.previous}</button>
          <span>{words.leads.page(page, pages)}</span>
          <button type="button" disabled={page >= pages} onClick={() => setQuery({ page: String(page + 1) })}>{words.leads.next}</button>
        </nav>
      )}
    </>
  );
}

function SourceSearch({ search, onlyIssues }: { search: string; onlyIssues: boolean }) {
  const words = useWords();
  const [text, setText] = useState(search);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setQuery({ search: text.trim(), page: null });
  };
  return (
    <form className="search no-print" role="search" onSubmit={submit}>
      <label htmlFor="source-search" className="visually-hidden">{words.sources.search}</label>
      <input id="source-search" type="search" value={text} placeholder={words.sources.search} onChange={(e) => setText(e.target.value)} />
      <label className="check">
        <input type="checkbox" checked={onlyIssues} onChange={(e) => setQuery({ only_issues: e.target.checked ? "true" : null, page: null })} />
        {words.sources.onlyIssues}
      </label>
    </form>
  );
}

function Verification({ caseName }: { caseName: string }) {
  const words = useWords();
  const { put } = useJobs();
  const [problem, setProblem] = useState<Problem | null>(null);
  const verify = () => {
    setProblem(null);
    post("/api/v1/cases/{case}/verifications", { case: caseName }, null)
      .then(put)
      .catch((error: unknown) => setProblem(problemOf(error)));
  };
  return (
    <section className="card verification" aria-labelledby="verify-title">
      <div>
        <h2 id="verify-title">{words.sources.verify}</h2>
        <p className="note">{words.sources.verifyNote}</p>
      </div>
      <button type="button" className="primary no-print" onClick={verify}>{words.sources.verifyNow}</button>
      <div role="status" className="verified">
        {problem !== null && <Failed problem={problem} />}
        <JobList caseName={caseName} kinds={["verification"]} most={1} />
      </div>
    </section>
  );
}

/** New files into the case, and the analysis over them. */
function Work({ caseName }: { caseName: string }) {
  const words = useWords();
  const { put } = useJobs();
  const [problem, setProblem] = useState<Problem | null>(null);
  const noIntake = useHindrance("intake");
  const noRun = useHindrance("run");
  const run = () => {
    setProblem(null);
    post("/api/v1/cases/{case}/runs", { case: caseName }, null)
      .then(put)
      .catch((error: unknown) => setProblem(problemOf(error)));
  };
  const take = async (basis_id: string, uploads: string[]) => {
    const new_intake = { basis_id, uploads, format: null, table: null, mapping: null };
    put(await post("/api/v1/cases/{case}/intakes", { case: caseName }, new_intake));
  };
  return (
    <section className="card work" aria-labelledby="work-title">
      <h2 id="work-title">{words.intake.title}</h2>
      {noIntake !== null ? <p className="hint">{noIntake}</p> : (
        <FileForm caseName={caseName} title={words.intake.take} note={words.intake.note} confirm={words.intake.confirm} act={take} />
      )}
      <div className="run-form no-print">
        <h3>{words.intake.run}</h3>
        <p className="note">{words.intake.runNote}</p>
        {noRun !== null ? <p className="hint">{noRun}</p> : (
          <div className="acts"><button type="button" onClick={run}>{words.intake.runNow}</button></div>
        )}
        {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
      </div>
      <div role="status"><JobList caseName={caseName} kinds={["intake", "run"]} /></div>
    </section>
  );
}

interface TableProps {
  caseName: string;
  sources: Source[];
  open: string | null;
}

function SourceTable({ caseName, sources, open }: TableProps) {
  const words = useWords();
  const head = words.sources.columns;
  return (
    <div className="table-frame" role="region" aria-label={words.sources.title} tabIndex={0}>
      <table className="sources-table">
        <thead>
          <tr>
            <th scope="col">{head.file}</th>
            <th scope="col">{head.format}</th>
            <th scope="col">{head.basis}</th>
            <th scope="col" className="number">{head.size}</th>
            <th scope="col" className="number">{head.rows}</th>
            <th scope="col" className="number">{head.refused}</th>
            <th scope="col" className="number">{head.notes}</th>
            <th scope="col">{head.taken}</th>
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <SourceRows key={source.source_id} caseName={caseName} source={source} isOpen={open === source.source_id} />
          ))}
        </tbody>
      </table>
      {sources.length === 0 && <p className="empty">{words.state.nothing}</p>}
    </div>
  );
}

function SourceRows({ caseName, source, isOpen }: { caseName: string; source: Source; isOpen: boolean }) {
  const words = useWords();
  const issues = source.rows_refused + source.notes;
  const id = `issues-${short(source.source_id)}`;
  return (
    <>
      <tr>
        <th scope="row">
          {source.file_name}
          <code className="under" title={`${words.proof.sha} ${source.source_id}`}>{words.proof.sha} {short(source.source_id)}…</code>
          {issues > 0 && (
            <button
              type="button"
              className="disclose no-print"
              aria-expanded={isOpen}
              aria-controls={id}
              onClick={() => setQuery({ open: isOpen ? null : source.source_id }, true)}
            >
              {words.sources.issues} ({count(issues, words.locale)})<span className="visually-hidden"> {source.file_name}</span>
            </button>
          )}
        </th>
        <td>{source.format}</td>
        <td>{source.basis_id}</td>
        <td className="number">{size(source.size_bytes, words.locale)}</td>
        <td className="number">{count(source.rows, words.locale)}</td>
        <td className={source.rows_refused > 0 ? "number is-refused" : "number"}>{count(source.rows_refused, words.locale)}</td>
        <td className="number">{count(source.notes, words.locale)}</td>
        <td>{instant(source.taken_utc, words.locale)}<span className="under">{words.sources.by(source.taken_by)}</span></td>
      </tr>
      {isOpen && <tr id={id}><td colSpan={8}><IssueList caseName={caseName} source={source} /></td></tr>}
    </>
  );
}

function IssueList({ caseName, source }: { caseName: string; source: Source }) {
  const words = useWords();
  const parts = { case: caseName, source: source.source_id };
  const asked = useAsk("/api/v1/cases/{case}/sources/{source}/issues", parts, { per_page: 100 });
  if (asked.problem !== null) return <Failed problem={asked.problem} again={asked.again} />;
  if (asked.data === null) return <Waiting />;
  const head = words.sources.issueColumns;
  return (
    <div className="issues">
      <p className="note">{words.sources.shapeNote}</p>
      <table>
        <caption className="visually-hidden">{words.sources.issuesOf(source.file_name)}</caption>
        <thead>
          <tr>
            <th scope="col" className="number">{head.row}</th>
            <th scope="col" className="number">{head.byte}</th>
            <th scope="col">{head.column}</th>
            <th scope="col">{head.what}</th>
            <th scope="col">{head.found}</th>
            <th scope="col">{head.expected}</th>
          </tr>
        </thead>
        <tbody>
          {asked.data.issues.map((issue, number) => (
            <tr key={number}>
              <td className="number">{issue.row?.toLocaleString(words.locale) ?? ""}</td>
              <td className="number">{issue.byte_offset?.toLocaleString(words.locale) ?? ""}</td>
              <td>{issue.column}</td>
              <td>{issue.refused ? words.sources.refused : words.sources.note}</td>
              <td><code>{issue.found_shape}</code></td>
              <td lang="en">{issue.expected}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {asked.data.total > asked.data.issues.length && <p className="hint">{words.sources.more}</p>}
    </div>
  );
}
