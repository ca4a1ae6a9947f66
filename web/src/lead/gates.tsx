// The two gates, each with what was weighed and what a person decided.

import { useState } from "react";
import { post } from "../api/client";
import type { Decision, Gate, GateName, LeadPage } from "../api/types";
import { instant, ratio } from "../format";
import { GateMark } from "../parts/marks";
import { ReasonForm } from "../parts/reason_form";
import { Sentence } from "../parts/sentence";
import { useWords } from "../words";
import { useHindrance } from "../rights";
import { type GateState, decisions, hindrance } from "./signing";

interface Props {
  caseName: string;
  page: LeadPage;
  put: (page: LeadPage) => void;
}

export function Gates({ caseName, page, put }: Props) {
  return (
    <>
      <GateCard gate="resolution" finding={page.lead.resolution} caseName={caseName} page={page} put={put} />
      <GateCard gate="attribution" finding={page.lead.attribution} caseName={caseName} page={page} put={put} />
    </>
  );
}

interface CardProps extends Props {
  gate: GateName;
  finding: Gate;
}

function GateCard({ gate, finding, caseName, page, put }: CardProps) {
  const words = useWords();
  // The page may show what others change meanwhile; a decision is made on what was read when it was begun.
  const [begun, setBegun] = useState<{ decision: Decision; digest: string } | null>(null);
  const deciding = begun?.decision ?? null;
  const [done, setDone] = useState<Decision | null>(null);
  const standing = page[gate];
  const state: GateState = { gate, passed: finding.status === "passed", signing: standing.signing, first: page.resolution.signing };
  const why = hindrance(state);
  const mayNot = useHindrance(gate === "resolution" ? "sign_resolution" : "sign_attribution");
  const act = async (decision: Decision, reason: string) => {
    const parts = { case: caseName, lead: page.lead.lead_ref };
    put(await post("/api/v1/cases/{case}/leads/{lead}/sign-offs", parts, { gate, decision, reason, lead_digest: begun?.digest ?? page.lead_digest }));
    setBegun(null);
    setDone(decision);
  };
  const id = `gate-${gate}`;
  const labels = { signed: words.sign.sign, refused: words.sign.refuse, withdrawn: words.sign.withdraw };
  return (
    <section className={`card gate gate-is-${standing.signing}`} aria-labelledby={id}>
      <header>
        <GateMark number={gate === "resolution" ? 1 : 2} passed={state.passed} signing={standing.signing} />
        <div>
          <h2 id={id}>{words.gate[gate]}</h2>
          <p className="note">{words.gateMeans[gate]}</p>
        </div>
      </header>
      <p className="gate-weight">
        {finding.log10_lr === null ? words.leads.unweighed : (
          <><span className="big-number">{ratio(finding.log10_lr, words.locale)}</span> <span>{words.lead.log10}</span></>
        )}
        {finding.words !== null && <span><Sentence text={finding.words} /></span>}
      </p>
      <dl className="propositions">
        <dt>{words.lead.proposition}</dt><dd><Sentence text={finding.proposition} /></dd>
        <dt>{words.lead.alternative}</dt><dd><Sentence text={finding.alternative} /></dd>
        <dt>{words.lead.because}</dt><dd><Sentence text={finding.reason} /></dd>
      </dl>
      {standing.decision !== null && standing.signing !== "open" && (
        <blockquote className="decision">
          <p className="decision-word">{words.gateSigning[standing.signing]}</p>
          <p>{standing.decision.reason}</p>
          <footer>{words.lead.decisionBy(standing.decision.who, instant(standing.decision.utc, words.locale))}</footer>
        </blockquote>
      )}
      {standing.signing === "changed" && <p className="hint">{words.sign.againOnChange}</p>}
      {why !== null && mayNot === null && standing.signing !== "signed" && <p className="hint">{words.sign[why]}</p>}
      <p className="done" role="status">{done === null ? "" : words.sign.done[done]}</p>
      {mayNot !== null ? <p className="hint hindered">{mayNot}</p> : deciding === null ? (
        <div className="acts no-print">
          {decisions(state).map((decision) => (
            <button
              key={decision}
              type="button"
              className={decision === "signed" ? "primary" : decision === "withdrawn" ? "quiet" : ""}
              onClick={() => { setDone(null); setBegun({ decision, digest: page.lead_digest }); }}
            >
              {labels[decision]} <span className="visually-hidden">{words.gateShort[gate]}</span>
            </button>
          ))}
        </div>
      ) : (
        <ReasonForm
          title={words.sign.titles[deciding](words.gateShort[gate])}
          means={words.sign.means[deciding]}
          hint={words.sign.reasonHint}
          confirm={words.sign.confirm[deciding]}
          working={words.sign.working}
          act={(reason) => act(deciding, reason)}
          cancel={() => setBegun(null)}
        />
      )}
    </section>
  );
}
