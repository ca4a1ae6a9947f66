// What people judged of the lead, and judging it.

import { useState } from "react";
import { useAsk } from "../api/ask";
import { post } from "../api/client";
import type { JudgementRow, LeadPage } from "../api/types";
import { instant } from "../format";
import { ReasonForm } from "../parts/reason_form";
import { Failed } from "../parts/states";
import { useHindrance } from "../rights";
import { useWords } from "../words";
import { judgements } from "./signing";

type Kind = "confirm" | "refute" | "set_aside";

export function Judgements({ caseName, page }: { caseName: string; page: LeadPage }) {
  const words = useWords();
  const asked = useAsk("/api/v1/cases/{case}/judgements", { case: caseName }, { lead: page.lead.lead_ref });
  const mayNot = useHindrance("judge");
  // A judgement is made on what was read when it was begun, whatever others change meanwhile.
  const [begun, setBegun] = useState<{ kind: Kind; digest: string } | null>(null);
  const [done, setDone] = useState(false);
  const found = asked.data?.judgements ?? [];
  const judge = async (kind: Kind, lead_digest: string, reason: string) => {
    asked.put(await post("/api/v1/cases/{case}/judgements", { case: caseName }, { kind, lead_ref: page.lead.lead_ref, lead_digest, reason }));
    setBegun(null);
    setDone(true);
  };
  return (
    <section className="card judgements" aria-labelledby="judgements-title">
      <h2 id="judgements-title">{words.judgement.title}</h2>
      <p className="note">{words.judgement.note}</p>
      {asked.problem !== null && <Failed problem={asked.problem} again={asked.again} />}
      {asked.data !== null && found.length === 0 && <p>{words.judgement.none}</p>}
      <ul>
        {found.map((judgement) => <One key={judgement.judgement_ref} caseName={caseName} judgement={judgement} again={asked.again} mayNot={mayNot} />)}
      </ul>
      <p className="done" role="status">{done ? words.judgement.done : ""}</p>
      {mayNot !== null ? <p className="hint hindered">{mayNot}</p> : begun === null ? (
        <div className="acts no-print">
          {judgements(found, page.lead.outcome === "supported").map((kind) => (
            <button key={kind} type="button" onClick={() => { setDone(false); setBegun({ kind, digest: page.lead_digest }); }}>{words.judgement.verbs[kind]}</button>
          ))}
        </div>
      ) : (
        <ReasonForm
          title={words.judgement.title_of(words.judgement.verbs[begun.kind])}
          means={words.judgement.means[begun.kind]}
          hint={words.sign.reasonHint}
          confirm={words.judgement.verbs[begun.kind]}
          working={words.sign.working}
          act={(reason) => judge(begun.kind, begun.digest, reason)}
          cancel={() => setBegun(null)}
        />
      )}
    </section>
  );
}

interface OneProps {
  caseName: string;
  judgement: JudgementRow;
  again: () => void;
  mayNot: string | null;
}

function One({ caseName, judgement, again, mayNot }: OneProps) {
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
