// One lead: doubted first, then supported; followed to its bytes; signed or refused gate by gate.

import { useEffect, useState } from "react";
import { type Asked, useAsk } from "../api/ask";
import type { JudgementRow, LeadPage, Proof } from "../api/types";
import { day, short } from "../format";
import { DossierCard } from "../lead/dossier";
import { EvidenceList } from "../lead/evidence";
import { Hypotheses, Lines, NextStep } from "../lead/explanations";
import { Gates } from "../lead/gates";
import { Judgements } from "../lead/judgements";
import { People } from "../lead/people";
import { moreThan, mostOf } from "../parts/bytes";
import { Link } from "../parts/link";
import { OutcomeMark } from "../parts/marks";
import { Sentence } from "../parts/sentence";
import { Failed, Waiting } from "../parts/states";
import { addressOf, setQuery } from "../router";
import { useWords } from "../words";

interface Props {
  caseName: string;
  lead: string;
  query: URLSearchParams;
}

export function LeadView({ caseName, lead, query }: Props) {
  const words = useWords();
  const asked = useAsk("/api/v1/cases/{case}/leads/{lead}", { case: caseName, lead }, {});
  const page = asked.data;
  useEffect(() => {
    if (page !== null) document.title = `${page.lead.account.account_ref} · ${caseName} · Tutela`;
  }, [page, caseName]);
  return (
    <>
      <p className="crumbs no-print"><Link to={addressOf(caseName, "leads")}>{words.nav.leads}</Link></p>
      {asked.problem !== null && <><h1>{words.lead.kicker} {lead}</h1><Failed problem={asked.problem} again={asked.again} /></>}
      {page === null ? asked.problem === null && <><h1>{words.lead.kicker}</h1><Waiting /></> : (
        <LeadBody caseName={caseName} page={page} asked={asked} query={query} />
      )}
    </>
  );
}

interface BodyProps {
  caseName: string;
  page: LeadPage;
  asked: Asked<LeadPage>;
  query: URLSearchParams;
}

function LeadBody({ caseName, page, asked, query }: BodyProps) {
  const words = useWords();
  const open = query.get("item");
  const most = mostOf(query.get("most"));
  const [proof, setProof] = useState<Asked<Proof> | null>(null);
  const name = (person: string) => (page.revealed ? `${person} (${page.names[person] ?? words.reveal.unknown})` : person);
  const more = () => setQuery({ most: moreThan(most) }, true);
  const shown = proof ?? NOTHING;
  const judged = useAsk("/api/v1/cases/{case}/judgements", { case: caseName }, { lead: page.lead.lead_ref });
  return (
    <>
      {open !== null && <ProofAsker key={String(page.revealed)} caseName={caseName} lead={page.lead.lead_ref} most={most} set={setProof} />}
      <LeadHead page={page} judged={judged.data?.judgements ?? []} name={name} />
      <div className="lead-columns">
        <div className="lead-main">
          <EvidenceList side="against" items={page.lead.against} open={open} proof={shown} more={more} name={name} />
          <EvidenceList side="for" items={page.lead.for} open={open} proof={shown} more={more} name={name} />
          <NextStep lead={page.lead} alarms={page.alarms} />
          <Hypotheses findings={page.lead.hypotheses} />
          <Lines lines={page.lead.lines} />
        </div>
        <aside className="lead-side" aria-label={words.leads.signing}>
          <Gates caseName={caseName} page={page} put={asked.put} />
          <Judgements caseName={caseName} page={page} asked={judged} />
          <People caseName={caseName} page={page} put={asked.put} again={asked.again} />
          <DossierCard caseName={caseName} lead={page.lead.lead_ref} />
        </aside>
      </div>
    </>
  );
}

const NOTHING: Asked<Proof> = { data: null, problem: null, waiting: true, again: () => undefined, put: () => undefined };

interface AskerProps {
  caseName: string;
  lead: string;
  most: number;
  set: (proof: Asked<Proof>) => void;
}

/** Asks for the proof only once one is opened: it is read back from the sealed files. */
function ProofAsker({ caseName, lead, most, set }: AskerProps) {
  const asked = useAsk("/api/v1/cases/{case}/leads/{lead}/proof", { case: caseName, lead }, { most });
  useEffect(() => set(asked), [asked.data, asked.problem, asked.waiting]);
  return null;
}

interface HeadProps {
  page: LeadPage;
  judged: readonly JudgementRow[];
  name: (person: string) => string;
}

function LeadHead({ page, judged, name }: HeadProps) {
  const words = useWords();
  const { lead } = page;
  const counts = lead.counts;
  return (
    <header className="lead-head">
      <p className="kicker">{words.lead.kicker} <code>{lead.lead_ref}</code></p>
      <h1>{lead.account.account_ref} <span className="platform">{lead.account.platform}</span></h1>
      <div className="verdict">
        <OutcomeMark outcome={lead.outcome} />
        <p><Sentence text={lead.attribution.reason} /></p>
      </div>
      {page.alarms.map((alarm) => (
        <p key={`${alarm.operator} ${alarm.line_ref}`} className="alarm" role="note">
          <strong>{words.lead.alarm}</strong> {alarm.ends_elsewhere
            ? words.lead.endsElsewhere(alarm.line_ref, alarm.operator)
            : words.lead.searchedInVain(alarm.searches, alarm.line_ref, alarm.operator)}
        </p>
      ))}
      {judged.filter((judgement) => judgement.stands).map((judgement) => (
        <p key={judgement.judgement_ref} className={judgement.kind === "refute" || judgement.kind === "split" ? "judged is-against" : "judged"} role="note">
          <strong>{words.judgement.stands(words.judgement.kinds[judgement.kind], judgement.who)}</strong> {words.judgement.beforeUse}
        </p>
      ))}
      {lead.person_ref !== null && <p className="points-to">{words.lead.person} <strong>{name(lead.person_ref)}</strong></p>}
      <p className="facts">{words.lead.counts(counts.connections, counts.usable, counts.assigned, counts.episodes)}</p>
      <p className="facts">
        {page.referrals.length === 0 ? words.lead.noReferral : `${words.lead.referrals}: `}
        {page.referrals.slice(0, 5).map((r) => {
          const at = r.reported_utc === null ? words.lead.noDate : day(r.reported_utc, words.locale);
          return `${words.lead.referral(r.referral_ref, at)} (${r.urgency ?? words.lead.urgencyNotStated})`;
        }).join("; ")}
      </p>
      <p className="facts muted">{words.lead.run} <code>{page.run_id}</code> · {words.proof.sha} <code>{short(page.lead_digest)}…</code></p>
    </header>
  );
}
