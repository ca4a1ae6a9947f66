// Declaring several accounts one person's: each other lead is looked up and read before it is merged.

import { useId, useState } from "react";
import { problemOf } from "../api/ask";
import { type Problem, get } from "../api/client";
import type { LeadPage, LeadRow } from "../api/types";
import { Link } from "../parts/link";
import { OutcomeMark } from "../parts/marks";
import { ReasonForm } from "../parts/reason_form";
import { Sentence } from "../parts/sentence";
import { addressOf } from "../router";
import { useWords } from "../words";
import { type Judge, personName } from "./judging";
import { addable } from "./splitting";

/** So many are listed; a longer reference finds the others. */
const LISTED = 8;

interface Props {
  caseName: string;
  page: LeadPage;
  judge: Judge;
  cancel: () => void;
}

export function MergeForm({ caseName, page, judge, cancel }: Props) {
  const words = useWords();
  const w = words.judgement;
  const [others, setOthers] = useState<readonly LeadPage[]>([]);
  const refs = others.map((other) => other.lead.lead_ref);
  const add = (other: LeadPage) => setOthers((before) => [...before.filter((o) => o.lead.lead_ref !== other.lead.lead_ref), other]);
  return (
    <ReasonForm
      title={w.titles.merge}
      means={w.means.merge}
      hint={words.sign.reasonHint}
      confirm={w.verbs.merge}
      working={words.sign.working}
      act={(reason) => judge({ reason, others: others.map(({ lead, lead_digest }) => ({ lead_ref: lead.lead_ref, lead_digest })) })}
      cancel={cancel}
      ready={others.length > 0}
    >
      <LookUp caseName={caseName} offered={(found) => addable(found, page.lead.lead_ref, refs)} added={(found) => found.some((row) => refs.includes(row.lead_ref))} add={add} />
      <fieldset className="merge-others">
        <legend>{w.others}</legend>
        {others.length === 0 && <p className="hint">{w.noOthers}</p>}
        <ul>
          {others.map((other) => (
            <li key={other.lead.lead_ref}>
              <Other caseName={caseName} page={other} />
              <button type="button" className="quiet" onClick={() => setOthers(others.filter((o) => o !== other))}>{w.removeLead}<span className="visually-hidden"> {other.lead.account.account_ref}</span></button>
            </li>
          ))}
        </ul>
      </fieldset>
    </ReasonForm>
  );
}

/** What the other lead says, as it was read when it was added. */
function Other({ caseName, page }: { caseName: string; page: LeadPage }) {
  const words = useWords();
  const { lead } = page;
  return (
    <>
      <p><Link to={addressOf(caseName, "lead", lead.lead_ref)}>{lead.account.account_ref}</Link> <span className="platform">{lead.account.platform}</span> <code>{lead.lead_ref}</code></p>
      <p><OutcomeMark outcome={lead.outcome} />{lead.person_ref !== null && <> {words.lead.person} <strong>{personName(page, lead.person_ref)}</strong></>}</p>
      <p><Sentence text={lead.attribution.reason} /></p>
    </>
  );
}

interface LookUpProps {
  caseName: string;
  offered: (found: readonly LeadRow[]) => LeadRow[];
  /** Whether some of what was found is among the other leads already: then nothing is missing. */
  added: (found: readonly LeadRow[]) => boolean;
  add: (page: LeadPage) => void;
}

function LookUp({ caseName, offered, added, add }: LookUpProps) {
  const words = useWords();
  const w = words.judgement;
  const [text, setText] = useState("");
  const [found, setFound] = useState<readonly LeadRow[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const id = useId();
  const failed = (error: unknown) => setProblem(problemOf(error));
  const look = () => {
    if (text.trim() === "") return;
    setProblem(null);
    get("/api/v1/cases/{case}/leads", { case: caseName }, { search: text.trim(), order: "account", per_page: LISTED }).then((page) => setFound(page.leads)).catch(failed);
  };
  const read = (lead: string) => {
    setProblem(null);
    get("/api/v1/cases/{case}/leads/{lead}", { case: caseName, lead }, {}).then(add).catch(failed);
  };
  const rows = found === null ? [] : offered(found);
  return (
    <div className="merge-search" role="search">
      <label htmlFor={id}>{w.find}</label>
      <input
        id={id}
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        // It stands within the form of the reason, which Enter would send.
        onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); look(); } }}
      />
      <button type="button" onClick={look}>{w.lookUp}</button>
      <p className="hint" role="status">{found === null || (rows.length === 0 && added(found)) ? "" : w.found(rows.length)}</p>
      {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
      <ul>
        {rows.map((row) => (
          <li key={row.lead_ref}>
            <span>{row.account_ref} <span className="platform">{row.platform}</span> <OutcomeMark outcome={row.outcome} /></span>
            <button type="button" onClick={() => read(row.lead_ref)}>{w.add}<span className="visually-hidden"> {row.account_ref}</span></button>
          </li>
        ))}
      </ul>
    </div>
  );
}
