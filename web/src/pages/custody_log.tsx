// The custody log: what is kept of it outside the case, what it says, and how either is checked.

import { type FormEvent, type ReactNode, useState } from "react";
import { problemOf, useAsk } from "../api/ask";
import { type Problem, addressFor, makeFile } from "../api/client";
import type { ActRow, ActsPage } from "../api/types";
import { instant } from "../format";
import { Hindered } from "../parts/hindered";
import { saveFile } from "../parts/save_file";
import { Failed, Waiting } from "../parts/states";
import { useHindrance } from "../rights";
import { setQuery } from "../router";
import { useWords } from "../words";
import { PER_PAGE, actsViewOf, keptText, shortened } from "./custody_view";

interface Props {
  caseName: string;
  query: URLSearchParams;
}

/** Only who may read the log asks for it: a refusal would be an entry itself. */
export function CustodyLog({ caseName, query }: Props) {
  const mayRead = useHindrance("log") === null;
  if (mayRead) return <ReadLog caseName={caseName} query={query} />;
  return <Parts caseName={caseName} log={null}><Hindered act="log" /></Parts>;
}

function ReadLog({ caseName, query }: Props) {
  const { search, page } = actsViewOf(query);
  const asked = useAsk("/api/v1/cases/{case}/custody", { case: caseName }, { search, page, per_page: PER_PAGE });
  return (
    <Parts caseName={caseName} log={asked.data}>
      <ActSearch search={search} />
      {asked.problem !== null && <Failed problem={asked.problem} again={asked.again} />}
      {asked.data === null ? asked.problem === null && <Waiting /> : <Acts caseName={caseName} log={asked.data} />}
    </Parts>
  );
}

function Parts({ caseName, log, children }: { caseName: string; log: ActsPage | null; children: ReactNode }) {
  const words = useWords();
  const w = words.custody;
  return (
    <section className="card custody" aria-labelledby="custody-title">
      <div>
        <h2 id="custody-title">{w.title}</h2>
        <p className="note">{w.note}</p>
      </div>
      <Kept caseName={caseName} log={log} />
      <Growth caseName={caseName} />
      <div>
        <h3>{w.acts}</h3>
        {log !== null && <p className="note" role="status">{w.count(log.total, log.all)}</p>}
        {children}
      </div>
      <Without />
    </section>
  );
}

/** What others keep, so that nobody can rewrite the log unseen. */
function Kept({ caseName, log }: { caseName: string; log: ActsPage | null }) {
  const words = useWords();
  const w = words.custody;
  const mayCheck = useHindrance("check") === null;
  return (
    <div>
      <h3>{w.keep}</h3>
      <p className="note">{w.keepNote}</p>
      {log !== null && (
        <dl className="facts">
          <div><dt>{w.origin}</dt><dd><code>{log.origin}</code></dd></div>
          <div><dt>{w.key}</dt><dd><code className="log-key">{log.log_key}</code></dd></div>
        </dl>
      )}
      {mayCheck ? (
        <p className="acts no-print">
          <a className="button" href={addressFor("/api/v1/cases/{case}/custody/key", { case: caseName }, {})} download>{w.saveKey}</a>
          <a className="button" href={addressFor("/api/v1/cases/{case}/custody/checkpoint", { case: caseName }, {})} download>{w.saveCheckpoint}</a>
        </p>
      ) : <Hindered act="check" />}
    </div>
  );
}

/** More than a checkpoint can be. A file chosen by mistake is not read to its end. */
const CHECKPOINT_MAX = 20_000;

function Growth({ caseName }: { caseName: string }) {
  const words = useWords();
  const w = words.custody;
  const mayProve = useHindrance("prove") === null;
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [proven, setProven] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const change = (kept: string) => {
    setText(kept);
    setProven(null);
    setProblem(null);
  };
  const read = (file: File | undefined) => {
    file?.slice(0, CHECKPOINT_MAX).text().then(change).catch((error: unknown) => setProblem(problemOf(error)));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    change(text);
    makeFile("/api/v1/cases/{case}/custody/growth", { case: caseName }, { checkpoint: keptText(text) })
      .then(({ name, file }) => { saveFile(name, file); setProven(name); })
      .catch((error: unknown) => setProblem(problemOf(error)))
      .finally(() => setBusy(false));
  };
  return (
    <div className="no-print">
      <h3 id="growth-title">{w.growth}</h3>
      <p className="note">{w.growthNote}</p>
      {mayProve ? (
        <form className="growth-form" aria-labelledby="growth-title" onSubmit={submit}>
          <label><span>{w.file}</span><input type="file" onChange={(event) => read(event.target.files?.[0])} /></label>
          <label><span>{w.text}</span><textarea rows={5} spellCheck={false} value={text} onChange={(event) => change(event.target.value)} /></label>
          {problem !== null && <p className="form-problem" role="alert">{problem.code === "not_proven" && `${w.notProven} `}<span lang="en">{problem.detail}</span></p>}
          <div className="acts"><button type="submit" disabled={busy || text.trim() === ""}>{w.prove}</button></div>
          <p className="done" role="status">{proven === null ? "" : w.proven(proven)}</p>
        </form>
      ) : <Hindered act="prove" />}
    </div>
  );
}

function ActSearch({ search }: { search: string }) {
  const words = useWords();
  const [text, setText] = useState(search);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setQuery({ acts_search: text.trim(), acts_page: null });
  };
  return (
    <form className="search no-print" role="search" aria-label={words.custody.search} onSubmit={submit}>
      <input type="search" aria-label={words.custody.search} value={text} placeholder={words.custody.search} onChange={(e) => setText(e.target.value)} />
    </form>
  );
}

function Acts({ caseName, log }: { caseName: string; log: ActsPage }) {
  const words = useWords();
  const head = words.custody.columns;
  const mayProve = useHindrance("prove") === null;
  return (
    <>
      {!mayProve && <Hindered act="prove" />}
      <div className="table-frame" role="group" aria-label={words.custody.acts} tabIndex={0}>
        <table className="acts-table">
          <thead>
            <tr>
              <th scope="col" className="number">{head.entry}</th>
              <th scope="col">{head.when}</th>
              <th scope="col">{head.who}</th>
              <th scope="col">{head.act}</th>
              <th scope="col">{head.subject}</th>
              {mayProve && <th scope="col" className="no-print">{head.proof}</th>}
            </tr>
          </thead>
          <tbody>{log.acts.map((row) => <ActLine key={row.entry} caseName={caseName} row={row} mayProve={mayProve} />)}</tbody>
        </table>
        {log.acts.length === 0 && <p className="empty">{words.state.nothing}</p>}
      </div>
      <ActPages log={log} />
    </>
  );
}

function ActLine({ caseName, row, mayProve }: { caseName: string; row: ActRow; mayProve: boolean }) {
  const words = useWords();
  const w = words.custody;
  const said = (w.act as Record<string, string>)[row.act];
  const subject = shortened(row.subject);
  const parts = { case: caseName, entry: String(row.entry) };
  return (
    <tr>
      <td className="number">{row.entry}</td>
      <td className="nowrap">{instant(row.utc, words.locale)}</td>
      <td>{row.who}</td>
      <th scope="row">{said}<code className="under">{row.act}</code></th>
      <td className="subject">{subject === row.subject ? subject : <code title={row.subject}>{subject}</code>}</td>
      {mayProve && (
        <td className="no-print">
          <a href={addressFor("/api/v1/cases/{case}/custody/acts/{entry}/proof", parts, {})} download>{w.proof}<span className="visually-hidden"> {w.ofEntry(parts.entry)}</span></a>
        </td>
      )}
    </tr>
  );
}

function ActPages({ log }: { log: ActsPage }) {
  const words = useWords();
  const pages = Math.max(1, Math.ceil(log.total / log.per_page));
  if (pages === 1 && log.page === 1) return null;
  const turn = (page: number) => setQuery({ acts_page: page <= 1 ? null : String(page) });
  return (
    <nav className="pager no-print" aria-label={`${words.custody.acts}: ${words.leads.page(log.page, pages)}`}>
      <button type="button" disabled={log.page <= 1} onClick={() => turn(Math.min(log.page - 1, pages))}>{words.leads.previous}</button>
      <span>{words.leads.page(log.page, pages)}</span>
      <button type="button" disabled={log.page >= pages} onClick={() => turn(log.page + 1)}>{words.leads.next}</button>
    </nav>
  );
}

/** The commands of the program that checks without the rest of Tutela. */
function Without() {
  const words = useWords();
  const w = words.custody;
  const ways = [
    ["tutela-verify item FILE --key KEY", w.withoutItem],
    ["tutela-verify growth KEPT FILE --key KEY", w.withoutGrowth],
    ["tutela-verify case FOLDER --checkpoint KEPT --key KEY", w.withoutCase],
  ];
  return (
    <div>
      <h3>{w.without}</h3>
      <p className="note">{w.withoutNote}</p>
      <dl className="commands">{ways.map(([command, means]) => <div key={command}><dt><code>{command}</code></dt><dd>{means}</dd></div>)}</dl>
    </div>
  );
}
