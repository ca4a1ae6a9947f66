// Who works on the case, and the acts that it rests on.

import { type FormEvent, useState } from "react";
import { problemOf, useAsk } from "../api/ask";
import { type Problem, post, remove } from "../api/client";
import type { BasisPage, RoleName } from "../api/types";
import { count, day, instant } from "../format";
import { ReasonForm } from "../parts/reason_form";
import { Failed, Waiting } from "../parts/states";
import { useHindrance } from "../rights";
import { useWords } from "../words";
import { lapseSaid } from "./lapse";
import { useJobs } from "../work/jobs";
import { FourEyes, Pending } from "./pending";
import { NewBasis } from "./new_basis";

const ROLES: RoleName[] = ["investigator", "examiner", "financial-analyst", "prosecutor", "auditor", "defence"];

export function Administration({ caseName }: { caseName: string }) {
  const words = useWords();
  return (
    <>
      <header className="page-head"><h1>{words.admin.title}</h1></header>
      <div className="administration">
        <Bases caseName={caseName} />
        <PeopleCard caseName={caseName} />
        <div className="stack">
          <Pending caseName={caseName} />
          <FourEyes caseName={caseName} />
        </div>
      </div>
    </>
  );
}

function PeopleCard({ caseName }: { caseName: string }) {
  const words = useWords();
  const mayNot = useHindrance("see_people");
  return (
    <section className="card" aria-labelledby="people-title">
      <h2 id="people-title">{words.admin.people}</h2>
      {mayNot !== null ? <p className="hint">{mayNot}</p> : <PeopleList caseName={caseName} />}
    </section>
  );
}

function PeopleList({ caseName }: { caseName: string }) {
  const words = useWords();
  const { who } = useJobs();
  const mayNot = useHindrance("people");
  const asked = useAsk("/api/v1/cases/{case}/people", { case: caseName }, {});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  if (asked.problem !== null) return <Failed problem={asked.problem} again={asked.again} />;
  if (asked.data === null) return <Waiting />;
  const people = asked.data.people;
  const take = (person: string) => {
    setProblem(null);
    setRemoving(null);
    remove("/api/v1/cases/{case}/people/{person}", { case: caseName, person }).then(asked.again).catch((error: unknown) => setProblem(problemOf(error)));
  };
  return (
    <>
      <p className="note">{people.length === 0 ? words.admin.noPeople : words.admin.peopleNote}</p>
      {people.length > 0 && (
        <table className="people-table">
          <thead><tr><th scope="col">{words.entrance.name}</th><th scope="col">{words.admin.role}</th><th scope="col"><span className="visually-hidden">{words.admin.acts}</span></th></tr></thead>
          <tbody>
            {people.map((person) => (
              <tr key={person.name}>
                <th scope="row">{person.name}{person.name === who && <span className="tag">{words.admin.you}</span>}</th>
                <td>{words.roles[person.role]}</td>
                <td className="acts no-print">
                  {mayNot !== null ? null : removing === person.name ? (
                    <>
                      <button type="button" className="primary" onClick={() => take(person.name)}>{words.admin.removeNow}</button>
                      <button type="button" onClick={() => setRemoving(null)}>{words.sign.cancel}</button>
                    </>
                  ) : <button type="button" className="quiet" onClick={() => setRemoving(person.name)}>{words.admin.remove}<span className="visually-hidden"> {person.name}</span></button>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
      {mayNot !== null ? <p className="hint">{mayNot}</p> : <NewPerson caseName={caseName} first={people.length === 0} added={asked.put} />}
    </>
  );
}

interface NewPersonProps {
  caseName: string;
  first: boolean;
  added: (page: { people: { name: string; role: RoleName }[] }) => void;
}

function NewPerson({ caseName, first, added }: NewPersonProps) {
  const words = useWords();
  const [name, setName] = useState("");
  const [role, setRole] = useState<RoleName>(first ? "prosecutor" : "investigator");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [done, setDone] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    setDone("");
    post("/api/v1/cases/{case}/people", { case: caseName }, { name, role, password })
      .then((page) => {
        added(page);
        setDone(words.admin.added(name));
        setName("");
        setPassword("");
      })
      .catch((error: unknown) => setProblem(problemOf(error)));
  };
  return (
    <form className="sub-form no-print" onSubmit={submit} aria-labelledby="new-person">
      <h3 id="new-person">{words.admin.add}</h3>
      <p className="note">{first ? words.admin.firstNote : words.admin.addNote}</p>
      <div className="fields">
        <label><span>{words.entrance.name}</span><input value={name} required autoComplete="off" onChange={(e) => setName(e.target.value)} /></label>
        <label>
          <span>{words.admin.role}</span>
          <select value={role} onChange={(e) => setRole(e.target.value as RoleName)}>{ROLES.map((r) => <option key={r} value={r}>{words.roles[r]}</option>)}</select>
        </label>
        <label><span>{words.admin.newPassword}</span><input type="password" value={password} required minLength={12} autoComplete="new-password" onChange={(e) => setPassword(e.target.value)} /></label>
        <button type="submit" className="primary">{words.admin.addNow}</button>
      </div>
      {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
      <p className="done" role="status">{done}</p>
    </form>
  );
}

function Bases({ caseName }: { caseName: string }) {
  const words = useWords();
  const asked = useAsk("/api/v1/cases/{case}/bases", { case: caseName }, {});
  const mayNot = useHindrance("bases");
  return (
    <section className="card bases" aria-labelledby="bases-title">
      <h2 id="bases-title">{words.overview.bases}</h2>
      {asked.problem !== null && <Failed problem={asked.problem} again={asked.again} />}
      {asked.data === null ? asked.problem === null && <Waiting /> : (
        <ul className="basis-list">
          {asked.data.bases.map((basis) => <BasisCard key={basis.basis_id} caseName={caseName} basis={basis} put={asked.put} mayNot={mayNot} />)}
        </ul>
      )}
      {mayNot !== null ? <p className="hint">{mayNot}</p> : <NewBasis caseName={caseName} added={asked.put} />}
    </section>
  );
}

interface BasisProps {
  caseName: string;
  basis: BasisPage;
  put: (page: { bases: BasisPage[] }) => void;
  mayNot: string | null;
}

type LapseKind = "not_validated" | "annulled" | "withdrawn";

function BasisCard({ caseName, basis, put, mayNot }: BasisProps) {
  const words = useWords();
  const [acting, setActing] = useState<"lapse" | "validate" | null>(null);
  const [kind, setKind] = useState<LapseKind>("annulled");
  const parts = { case: caseName, basis: basis.basis_id };
  const lapse = async (reason: string) => {
    put(await post("/api/v1/cases/{case}/bases/{basis}/lapses", parts, { kind, reason }));
    setActing(null);
  };
  return (
    <li className={basis.lapsed === null ? "" : "is-lapsed"}>
      <p className="basis-head">
        <strong>{basis.basis_id}</strong> {basis.act}
        {basis.lapsed !== null && <span className="tag is-broken">{words.overview.lapsed}: {lapseSaid(basis.lapsed, words)}</span>}
        {basis.validation_due && <span className="tag is-broken">{words.admin.validationDue}</span>}
        {basis.deletion_due && <span className="tag is-broken">{words.admin.deletionDue}</span>}
      </p>
      <p className="note">
        {basis.authority} · {basis.scope} · {words.overview.from(day(basis.from_date, words.locale), day(basis.until_date, words.locale))}
        {basis.tables.length > 0 && <>; {words.admin.onlyTables} <code>{basis.tables.join(", ")}</code></>}
        {basis.keep_until !== null && <>; {words.admin.keepUntil(day(basis.keep_until, words.locale))}</>}
        {basis.urgent_since_utc !== null && <>; {words.admin.urgentSince(instant(basis.urgent_since_utc, words.locale))}</>}
        {basis.sources !== null && <>; {words.admin.sources(basis.sources, count(basis.sources, words.locale))}</>}
      </p>
      {mayNot === null && basis.lapsed === null && acting === null && (
        <div className="acts no-print">
          {basis.validation_due && <button type="button" onClick={() => setActing("validate")}>{words.admin.validate}<span className="visually-hidden"> {basis.basis_id}</span></button>}
          <button type="button" onClick={() => setActing("lapse")}>{words.admin.lapse}<span className="visually-hidden"> {basis.basis_id}</span></button>
        </div>
      )}
      {acting === "lapse" && (
        <>
          <label className="filter">
            <span>{words.admin.lapseKind}</span>
            <select value={kind} onChange={(e) => setKind(e.target.value as LapseKind)}>
              {(["annulled", "not_validated", "withdrawn"] as const).map((k) => <option key={k} value={k}>{words.admin.lapses[k]}</option>)}
            </select>
          </label>
          <ReasonForm title={words.admin.lapseTitle(basis.basis_id)} means={words.admin.lapseMeans} hint={words.sign.reasonHint} confirm={words.admin.lapseNow} working={words.sign.working} act={lapse} cancel={() => setActing(null)} />
        </>
      )}
      {acting === "validate" && <Validate parts={parts} put={(page) => { put(page); setActing(null); }} cancel={() => setActing(null)} />}
    </li>
  );
}

function Validate({ parts, put, cancel }: { parts: { case: string; basis: string }; put: (page: { bases: BasisPage[] }) => void; cancel: () => void }) {
  const words = useWords();
  const [decree, setDecree] = useState("");
  const [at, setAt] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    post("/api/v1/cases/{case}/bases/{basis}/validations", parts, { decree, at_utc: at }).then(put).catch((error: unknown) => setProblem(problemOf(error)));
  };
  return (
    <form className="reason-form" onSubmit={submit}>
      <div className="fields">
        <label><span>{words.admin.decree}</span><input value={decree} required onChange={(e) => setDecree(e.target.value)} /></label>
        <label><span>{words.admin.decreeAt}</span><input value={at} required placeholder="2026-05-04T10:00:00Z" onChange={(e) => setAt(e.target.value)} /></label>
      </div>
      {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
      <div className="acts">
        <button type="submit" className="primary">{words.admin.validateNow}</button>
        <button type="button" onClick={cancel}>{words.sign.cancel}</button>
      </div>
    </form>
  );
}
