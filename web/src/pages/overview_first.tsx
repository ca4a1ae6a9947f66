// What cannot wait: the most urgent leads, and what operators soon no longer keep.

import { useEffect, useState } from "react";
import { problemOf, useAsk } from "../api/ask";
import { type Problem, get } from "../api/client";
import type { LeadRow, PlanPage } from "../api/types";
import { count, day, instant } from "../format";
import { Link } from "../parts/link";
import { OutcomeMark } from "../parts/marks";
import { Sentence } from "../parts/sentence";
import { Failed } from "../parts/states";
import { addressOf } from "../router";
import { useWords } from "../words";
import { soonest } from "./due";

/** So many are shown; the pages behind them have all. */
const LISTED = 5;

/** The most urgent leads, as the list of leads orders them, and whom payments may have made victims. */
export function Urgent({ caseName, victims }: { caseName: string; victims: number }) {
  const words = useWords();
  const w = words.overview;
  const asked = useAsk("/api/v1/cases/{case}/leads", { case: caseName }, { order: "urgency", per_page: LISTED });
  const leads = asked.data?.leads ?? [];
  return (
    <section className="card wide urgent" aria-labelledby="urgent-title">
      <h2 id="urgent-title">{w.urgent}</h2>
      <p className="note">{w.urgentNote}</p>
      {asked.problem !== null && <Failed problem={asked.problem} again={asked.again} />}
      {leads.length > 0 && (
        <div className="table-frame" role="group" aria-labelledby="urgent-title" tabIndex={0}>
          <table>
            <thead><tr><th scope="col">{words.leads.columns.account}</th><th scope="col">{words.leads.columns.urgency}</th><th scope="col">{words.leads.columns.outcome}</th><th scope="col">{words.leads.columns.why}</th></tr></thead>
            <tbody>{leads.map((lead) => <UrgentLine key={lead.lead_ref} caseName={caseName} lead={lead} />)}</tbody>
          </table>
        </div>
      )}
      <p className="no-print"><Link to={addressOf(caseName, "leads", undefined, { order: "urgency" })}>{words.nav.leads}</Link></p>
      {victims > 0 && <p className="victims">{w.victims(victims)} <Link to={addressOf(caseName, "money")}>{words.nav.money}</Link></p>}
    </section>
  );
}

function UrgentLine({ caseName, lead }: { caseName: string; lead: LeadRow }) {
  const words = useWords();
  return (
    <tr>
      <th scope="row"><Link to={addressOf(caseName, "lead", lead.lead_ref)}>{lead.account_ref}</Link> <span className="platform">{lead.platform}</span></th>
      <td>
        <span className={`urgency urgency-${lead.urgency}`}>{lead.urgency_stated ?? words.urgency[lead.urgency]}</span>
        {lead.reported_utc !== null && <span className="under">{words.leads.reported(day(lead.reported_utc, words.locale))}</span>}
      </td>
      <td><OutcomeMark outcome={lead.outcome} /></td>
      <td><Sentence text={lead.reason} /></td>
    </tr>
  );
}

/** The server gives no more of a plan at once. */
const AT_ONCE = 500;

/** The requests of a plan that its first page leaves out; the plan stands by account, not by what goes soonest. */
function useRest(caseName: string, plan: PlanPage | null): { rest: PlanPage["requests"]; problem: Problem | null } {
  const [rest, setRest] = useState<PlanPage["requests"]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const ask = async () => {
      const found: PlanPage["requests"] = [];
      for (let page = 2; plan !== null && (page - 1) * AT_ONCE < plan.total; page += 1) {
        found.push(...(await get("/api/v1/cases/{case}/requests/plan", { case: caseName }, { page, per_page: AT_ONCE }, stop.signal)).requests);
      }
      if (!stop.signal.aborted) setRest(found);
    };
    ask().catch((error: unknown) => { if (!stop.signal.aborted) setProblem(problemOf(error)); });
    return () => stop.abort();
  }, [caseName, plan]);
  return { rest, problem };
}

/** What the plan says operators keep only for a while yet. */
export function RunningOut({ caseName }: { caseName: string }) {
  const words = useWords();
  const w = words.overview;
  const asked = useAsk("/api/v1/cases/{case}/requests/plan", { case: caseName }, { per_page: AT_ONCE });
  const plan = asked.data;
  const { rest, problem } = useRest(caseName, plan);
  const found = soonest([...(plan?.requests ?? []), ...rest], LISTED);
  return (
    <section className="card" aria-labelledby="running-out-title">
      <h2 id="running-out-title">{w.runningOut}</h2>
      {asked.problem !== null && <Failed problem={asked.problem} again={asked.again} />}
      {problem !== null && <Failed problem={problem} again={asked.again} />}
      {plan !== null && (plan.none !== null
        ? <p className="note">{words.requests.noPlan}</p>
        : <p className="note">{plan.all === 0 ? w.runningOutNone : w.runningOutNote(plan.all)}{plan.as_of_utc !== null && ` ${words.requests.asOf(instant(plan.as_of_utc, words.locale))}`}</p>)}
      <ul className="terms">
        {found.map(({ account, operator, requests, days_left }) => (
          <li key={`${account} ${operator}`}>
            <Link to={addressOf(caseName, "requests", undefined, { view: "plan", account })}>{account}</Link> {operator}, {w.toAsk(requests)}
            <span className={days_left < 7 ? "tag is-broken" : "tag"}>{w.daysLeft(days_left, count(days_left, words.locale))}</span>
          </li>
        ))}
      </ul>
      {plan !== null && <p className="no-print"><Link to={addressOf(caseName, "requests", undefined, { view: "plan" })}>{words.requests.plan}</Link></p>}
    </section>
  );
}
