// What waits for a second person, and what takes one.

import { type FormEvent, useState } from "react";
import { problemOf, useAsk } from "../api/ask";
import { type Problem, post } from "../api/client";
import type { ProposalRow, ProposalsPage } from "../api/types";
import { instant } from "../format";
import { Link } from "../parts/link";
import { ReasonForm } from "../parts/reason_form";
import { useHindrance } from "../rights";
import { addressOf } from "../router";
import { useWords } from "../words";
import { useJobs } from "../work/jobs";

export function Pending({ caseName }: { caseName: string }) {
  const words = useWords();
  const mayNot = useHindrance("pending");
  return (
    <section className="card pending" aria-labelledby="pending-title">
      <h2 id="pending-title">{words.pending.title}</h2>
      {mayNot !== null ? <p className="hint">{mayNot}</p> : <List caseName={caseName} />}
    </section>
  );
}

function List({ caseName }: { caseName: string }) {
  const words = useWords();
  const asked = useAsk("/api/v1/cases/{case}/proposals", { case: caseName }, {});
  const waiting = (asked.data?.proposals ?? []).filter((p) => p.waits);
  if (asked.problem !== null) return <p className="form-problem" lang="en">{asked.problem.detail}</p>;
  if (waiting.length === 0) return <p className="note">{asked.data === null ? "" : words.pending.none}</p>;
  return (
    <>
      <p className="note">{words.pending.note}</p>
      <ul className="proposals">{waiting.map((p) => <One key={p.proposal_ref} caseName={caseName} proposal={p} put={asked.put} />)}</ul>
    </>
  );
}

interface OneProps {
  caseName: string;
  proposal: ProposalRow;
  put: (page: ProposalsPage) => void;
}

function One({ caseName, proposal, put }: OneProps) {
  const words = useWords();
  const { who } = useJobs();
  const [saying, setSaying] = useState<"reject" | "withdraw" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const own = proposal.who === who;
  const decide = async (decision: "confirm" | "reject" | "withdraw", reason: string | null) => {
    put(await post("/api/v1/cases/{case}/proposals/{proposal}/decisions", { case: caseName, proposal: proposal.proposal_ref }, { decision, reason }));
    setSaying(null);
  };
  const confirm = () => {
    setProblem(null);
    decide("confirm", null).catch((error: unknown) => setProblem(problemOf(error)));
  };
  return (
    <li>
      <p>
        <code>{proposal.proposal_ref}</code> <span lang="en">{proposal.words}</span>
        {proposal.lead_ref !== null && <>{" "}<Link to={addressOf(caseName, "lead", proposal.lead_ref)}>{proposal.lead_ref}</Link></>}
      </p>
      <p className="note">{proposal.reason} · {words.pending.by(proposal.who, instant(proposal.utc, words.locale))}</p>
      {proposal.stale !== null && <p className="form-problem"><span>{words.pending.stale}: </span><span lang="en">{proposal.stale}</span></p>}
      {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
      {saying === null ? (
        <div className="acts no-print">
          {!own && <button type="button" className="primary" onClick={confirm}>{words.pending.confirm}<span className="visually-hidden"> {proposal.proposal_ref}</span></button>}
          <button type="button" onClick={() => setSaying(own ? "withdraw" : "reject")}>{own ? words.pending.withdraw : words.pending.reject}<span className="visually-hidden"> {proposal.proposal_ref}</span></button>
        </div>
      ) : (
        <ReasonForm
          title={saying === "reject" ? words.pending.rejectTitle(proposal.proposal_ref) : words.pending.withdrawTitle(proposal.proposal_ref)}
          means=""
          hint={words.sign.reasonHint}
          confirm={words.pending[saying]}
          working={words.sign.working}
          act={(reason) => decide(saying, reason)}
          cancel={() => setSaying(null)}
        />
      )}
    </li>
  );
}

type FourEyesAct = ProposalsPage["four_eyes"][number];

const ACTS: FourEyesAct[] = ["reveal", "sign_off", "deletion"];

/** What takes a second person, for those who may set it. */
export function FourEyes({ caseName }: { caseName: string }) {
  const words = useWords();
  const mayNot = useHindrance("people");
  const maySee = useHindrance("pending") === null;
  return (
    <section className="card" aria-labelledby="four-eyes-title">
      <h2 id="four-eyes-title">{words.pending.fourEyes}</h2>
      <p className="note">{words.pending.fourEyesNote}</p>
      {mayNot !== null ? <p className="hint">{mayNot}</p> : maySee && <Setting caseName={caseName} />}
    </section>
  );
}

function Setting({ caseName }: { caseName: string }) {
  const words = useWords();
  const asked = useAsk("/api/v1/cases/{case}/proposals", { case: caseName }, {});
  const [chosen, setChosen] = useState<FourEyesAct[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [done, setDone] = useState(false);
  const acts = chosen ?? asked.data?.four_eyes ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    setDone(false);
    post("/api/v1/cases/{case}/four-eyes", { case: caseName }, { acts })
      .then((page) => {
        asked.put(page);
        setChosen(null);
        setDone(true);
      })
      .catch((error: unknown) => setProblem(problemOf(error)));
  };
  return (
    <form className="four-eyes" onSubmit={submit}>
      {ACTS.map((act) => (
        <label key={act} className="check">
          <input type="checkbox" checked={acts.includes(act)} onChange={(e) => setChosen(e.target.checked ? [...acts, act] : acts.filter((a) => a !== act))} />
          {words.pending.acts[act]}
        </label>
      ))}
      {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
      <div className="acts"><button type="submit" disabled={chosen === null}>{words.pending.set}<span className="visually-hidden"> {words.pending.fourEyes}</span></button></div>
      <p className="done" role="status">{done ? words.pending.saved : ""}</p>
    </form>
  );
}
