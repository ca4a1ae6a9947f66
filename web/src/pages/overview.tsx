// How the case stands: from connections to leads, what waits, what changed, what it rests on.

import { useAsk } from "../api/ask";
import type { Overview } from "../api/types";
import { day } from "../format";
import { Link } from "../parts/link";
import { OutcomeMark } from "../parts/marks";
import { Failed, Waiting } from "../parts/states";
import { addressOf } from "../router";
import { useHindrance } from "../rights";
import { useWords } from "../words";
import { due } from "./due";
import { lapseSaid } from "./lapse";
import { RunningOut, Urgent } from "./overview_first";
import { Pending } from "./pending";
import { Tasks } from "./tasks";
import { SIGNINGS, choiceCount } from "./leads_view";

export function OverviewView({ caseName }: { caseName: string }) {
  const words = useWords();
  const asked = useAsk("/api/v1/cases/{case}/overview", { case: caseName }, {});
  return (
    <>
      <header className="page-head">
        <h1>{words.overview.title}</h1>
        {asked.data !== null && <p className="subtitle">{words.overview.run} <code>{asked.data.run_id}</code></p>}
      </header>
      {asked.problem !== null && <Failed problem={asked.problem} again={asked.again} />}
      {asked.data === null ? asked.problem === null && <Waiting /> : <Body caseName={caseName} overview={asked.data} />}
    </>
  );
}

interface Props {
  caseName: string;
  overview: Overview;
}

function Body({ caseName, overview }: Props) {
  const maySeeRequests = useHindrance("see_requests") === null;
  return (
    <div className="overview">
      <Urgent caseName={caseName} victims={overview.may_be_victims} />
      <Funnel overview={overview} />
      <div className="stack">
        <Waits caseName={caseName} overview={overview} />
        <Terms caseName={caseName} />
      </div>
      <div className="stack">
        {maySeeRequests && <RunningOut caseName={caseName} />}
        <Pending caseName={caseName} />
        <Tasks caseName={caseName} />
      </div>
      <Changed caseName={caseName} overview={overview} />
      <Bases overview={overview} />
    </div>
  );
}

function Funnel({ overview }: { overview: Overview }) {
  const words = useWords();
  const funnel = overview.funnel;
  const steps: ("connections" | "usable" | "assigned" | "episodes")[] = ["connections", "usable", "assigned", "episodes"];
  const accounts: ("accounts" | "resolved" | "supported")[] = ["accounts", "resolved", "supported"];
  return (
    <section className="card funnel" aria-labelledby="funnel-title">
      <h2 id="funnel-title">{words.overview.funnel}</h2>
      <dl>{steps.map((step) => <Bar key={step} n={funnel[step]} of={funnel.connections} text={words.overview.funnelSteps[step]} />)}</dl>
      <dl>{accounts.map((step) => <Bar key={step} n={funnel[step]} of={funnel.accounts} text={words.overview.funnelAccounts[step]} />)}</dl>
    </section>
  );
}

function Bar({ n, of, text }: { n: number; of: number; text: string }) {
  const words = useWords();
  return (
    <div className="funnel-row">
      <dt>{text}</dt>
      <dd>
        <span className="funnel-number">{n.toLocaleString(words.locale)}</span>
        <span className="funnel-track" aria-hidden="true">{n > 0 && <span style={{ width: `${(100 * n) / of}%` }} />}</span>
      </dd>
    </div>
  );
}

function Waits({ caseName, overview }: Props) {
  const words = useWords();
  return (
    <section className="card waits" aria-labelledby="waits-title">
      <h2 id="waits-title">{words.overview.waits}</h2>
      <ul>
        {SIGNINGS.map((signing) => (
          <li key={signing}>
            <Link to={addressOf(caseName, "leads", undefined, { signing })}>
              <span className="big-number">{choiceCount(overview.signings, signing).toLocaleString(words.locale)}</span>
              <span>{words.signing[signing]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the law sets a term for. */
function Terms({ caseName }: { caseName: string }) {
  const words = useWords();
  const asked = useAsk("/api/v1/cases/{case}/bases", { case: caseName }, {});
  const found = asked.data === null ? [] : due(asked.data.bases, new Date().toISOString().slice(0, 10));
  return (
    <section className="card" aria-labelledby="terms-title">
      <h2 id="terms-title">{words.due.title}</h2>
      {asked.data !== null && found.length === 0 && <p className="note">{words.due.none}</p>}
      <ul className="terms">
        {found.map((term) => (
          <li key={`${term.basis} ${term.kind}`}>
            <strong>{term.basis}</strong> {words.due.kinds[term.kind]}
            {term.left !== null && <span className={term.left < 7 ? "tag is-broken" : "tag"}>{words.due.left(term.left)}</span>}
            {term.left === null && <span className="tag is-broken">{words.due.hours}</span>}
          </li>
        ))}
      </ul>
      {found.length > 0 && <p className="no-print"><Link to={addressOf(caseName, "administration")}>{words.nav.administration}</Link></p>}
    </section>
  );
}

function Changed({ caseName, overview }: Props) {
  const words = useWords();
  const changes = overview.changes;
  return (
    <section className="card wide" aria-labelledby="changes-title">
      <h2 id="changes-title">{words.overview.changes}</h2>
      {changes === null && <p className="note">{words.overview.changesNone}</p>}
      {changes?.total === 0 && <p className="note">{words.overview.changesZero}</p>}
      {changes !== null && changes.total > 0 && (
        <div className="table-frame" role="group" aria-labelledby="changes-title" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.leads.columns.account}</th>
                <th scope="col">{words.overview.before}</th>
                <th scope="col">{words.overview.after}</th>
              </tr>
            </thead>
            <tbody>
              {changes.leads.map((change) => (
                <tr key={change.lead_ref}>
                  <th scope="row">
                    {change.after === null ? change.account : <Link to={addressOf(caseName, "lead", change.lead_ref)}>{change.account}</Link>}
                  </th>
                  <td>{change.before === null ? words.overview.gone : <OutcomeMark outcome={change.before.outcome} />}</td>
                  <td>{change.after === null ? words.overview.gone : <OutcomeMark outcome={change.after.outcome} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Bases({ overview }: { overview: Overview }) {
  const words = useWords();
  const [head, totals] = [words.overview.basisColumns, overview.sources];
  return (
    <section className="card" aria-labelledby="bases-title">
      <h2 id="bases-title">{words.overview.bases}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{head.basis}</th>
            <th scope="col">{head.act}</th>
            <th scope="col">{head.authority}</th>
            <th scope="col">{head.holds}</th>
            <th scope="col" className="number">{head.sources}</th>
          </tr>
        </thead>
        <tbody>
          {overview.bases.map((basis) => (
            <tr key={basis.basis_id}>
              <th scope="row">{basis.basis_id}</th>
              <td>{basis.act}</td>
              <td>{basis.authority}</td>
              <td>
                {words.overview.from(day(basis.from_date, words.locale), day(basis.until_date, words.locale))}
                {basis.lapsed !== null && <span className="tag is-broken">{words.overview.lapsed}: {lapseSaid(basis.lapsed, words)}</span>}
              </td>
              <td className="number">{basis.sources?.toLocaleString(words.locale) ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {totals !== null && <p className="note">{words.overview.sourceTotals(totals.sources, totals.rows, totals.rows_refused)}</p>}
    </section>
  );
}
