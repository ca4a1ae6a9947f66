// What people judged of the lead, and judging it.

import { useState } from "react";
import type { Asked } from "../api/ask";
import { post } from "../api/client";
import type { JudgementName, JudgementRow, JudgementsPage, LeadPage } from "../api/types";
import { instant } from "../format";
import { Link } from "../parts/link";
import { ReasonForm } from "../parts/reason_form";
import { Sentence } from "../parts/sentence";
import { Failed } from "../parts/states";
import { useHindrance } from "../rights";
import { addressOf } from "../router";
import { useWords } from "../words";
import { type Judge, personName } from "./judging";
import { MergeForm } from "./merge_form";
import { judgements } from "./signing";
import { SplitForm } from "./split_form";

interface Props {
  caseName: string;
  page: LeadPage;
  asked: Asked<JudgementsPage>;
}

export function Judgements({ caseName, page, asked }: Props) {
  const words = useWords();
  const mayNot = useHindrance("judge");
  // A judgement is made on what was read when it was begun, whatever others change meanwhile.
  const [begun, setBegun] = useState<{ kind: JudgementName; page: LeadPage } | null>(null);
  const [done, setDone] = useState(false);
  const found = asked.data?.judgements ?? [];
  const judge: Judge = async (said) => {
    if (begun === null) return;
    const { lead, lead_digest } = begun.page;
    asked.put(await post("/api/v1/cases/{case}/judgements", { case: caseName }, { kind: begun.kind, lead_ref: lead.lead_ref, lead_digest, ...said }));
    setBegun(null);
    setDone(true);
  };
  const cancel = () => setBegun(null);
  return (
    <section className="card judgements" aria-labelledby="judgements-title">
      <h2 id="judgements-title">{words.judgement.title}</h2>
      <p className="note">{words.judgement.note}</p>
      {asked.problem !== null && <Failed problem={asked.problem} again={asked.again} />}
      {asked.data !== null && found.length === 0 && <p>{words.judgement.none}</p>}
      <ul>
        {found.map((judgement) => <One key={judgement.judgement_ref} caseName={caseName} page={page} judgement={judgement} again={asked.again} mayNot={mayNot} />)}
      </ul>
      <p className="done" role="status">{done ? words.judgement.done : ""}</p>
      {mayNot !== null ? <p className="hint hindered">{mayNot}</p>
        : begun?.kind === "split" ? <SplitForm page={begun.page} judge={judge} cancel={cancel} />
        : begun?.kind === "merge" ? <MergeForm caseName={caseName} page={begun.page} judge={judge} cancel={cancel} />
        : begun !== null ? (
          <ReasonForm
            title={words.judgement.titles[begun.kind]}
            means={words.judgement.means[begun.kind]}
            hint={words.sign.reasonHint}
            confirm={words.judgement.verbs[begun.kind]}
            working={words.sign.working}
            act={(reason) => judge({ reason })}
            cancel={cancel}
          />
        ) : (
          <div className="acts no-print">
            {asked.data !== null && judgements(found, page.lead.outcome === "supported").map((kind) => (
              <button key={kind} type="button" onClick={() => { setDone(false); setBegun({ kind, page }); }}>{words.judgement.verbs[kind]}</button>
            ))}
          </div>
        )}
    </section>
  );
}

interface OneProps {
  caseName: string;
  page: LeadPage;
  judgement: JudgementRow;
  again: () => void;
  mayNot: string | null;
}

function One({ caseName, page, judgement, again, mayNot }: OneProps) {
  const words = useWords();
  const [takingBack, setTakingBack] = useState(false);
  const take = async (reason: string) => {
    await post("/api/v1/cases/{case}/judgements/{judgement}/withdrawals", { case: caseName, judgement: judgement.judgement_ref }, { reason });
    setTakingBack(false);
    again();
  };
  return (
    <li className={judgement.stands ? "" : "is-withdrawn"}>
      <blockquote className="decision">
        <p className="decision-word">{words.judgement.kinds[judgement.kind]} <code>{judgement.judgement_ref}</code></p>
        <p>{judgement.reason}</p>
        <footer>{words.lead.decisionBy(judgement.who, instant(judgement.utc, words.locale))}</footer>
      </blockquote>
      {judgement.parts.length > 0 && <Parts page={page} judgement={judgement} />}
      {judgement.leads.length > 1 && (
        <p className="merged">
          {words.judgement.mergedWith}{" "}
          {judgement.leads.filter((lead) => lead !== page.lead.lead_ref).map((lead, at) => (
            <span key={lead}>{at > 0 && ", "}<Link to={addressOf(caseName, "lead", lead)}><code>{lead}</code></Link></span>
          ))}
        </p>
      )}
      {judgement.withdrawn_by !== null && <p className="note">{words.judgement.withdrawn(judgement.withdrawn_by, judgement.withdrawn_reason ?? "")}</p>}
      {judgement.contradicted.length > 0 && (
        <div className="contradicted">
          <p><strong>{words.judgement.contradicted}:</strong></p>
          <ul lang="en">{judgement.contradicted.map((why) => <li key={why}>{why}</li>)}</ul>
        </div>
      )}
      {judgement.stands && mayNot === null && (takingBack ? (
        <ReasonForm title={words.judgement.takeBackTitle} means="" hint={words.sign.reasonHint} confirm={words.judgement.takeBack} working={words.sign.working} act={take} cancel={() => setTakingBack(false)} />
      ) : <button type="button" className="quiet no-print" onClick={() => setTakingBack(true)}>{words.judgement.takeBack}<span className="visually-hidden"> {judgement.judgement_ref}</span></button>)}
    </li>
  );
}

/** The people that a split splits the account into, each with the items that are theirs. */
function Parts({ page, judgement }: { page: LeadPage; judgement: JudgementRow }) {
  const words = useWords();
  const w = words.judgement;
  // The newest run may no longer have an item that was given then.
  const said = new Map([...page.lead.against, ...page.lead.for].map((item) => [item.evidence_ref, item.statement]));
  const who = (person: string | null) => (person === null ? w.unknown : personName(page, person));
  return (
    <dl className="split-parts">
      {judgement.parts.map((part) => (
        <div key={part.name}>
          <dt><strong>{part.name}</strong> <span className="under">{who(part.person_ref)}</span></dt>
          <dd>
            {part.evidence_refs.length === 0 ? <span className="muted">{w.noItems}</span> : (
              <ul>{part.evidence_refs.map((item) => <li key={item}>{said.has(item) ? <Sentence text={said.get(item) ?? item} /> : <code>{item}</code>}</li>)}</ul>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
