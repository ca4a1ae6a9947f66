// The entrance: with a name and a password, by the word of a provider, or with the link that the server printed.

import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { problemOf, useAsk } from "../api/ask";
import { type Problem, post } from "../api/client";
import type { Session } from "../api/types";
import type { Settings } from "../settings";
import { type Language, type Words, useWords } from "../words";

interface Props {
  entered: (session: Session) => void;
  /** Whether a session that was there has ended. */
  ended: boolean;
  settings: Settings;
  change: (changes: Partial<Settings>) => void;
}

export function SignIn({ entered, ended, settings, change }: Props) {
  const words = useWords();
  const ways = useAsk("/api/v1/session/ways", {}, {}).data;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const tried = useRef(false);
  const enter = (asked: Promise<Session>) => {
    setBusy(true);
    setProblem(null);
    asked.then(entered).catch((error: unknown) => {
      setProblem(problemOf(error));
      setBusy(false);
    });
  };
  // A whole link may be pasted as well.
  const enterByToken = (text: string) => enter(post("/api/v1/session", {}, { token: text.trim().split("#").pop() ?? "" }));
  useEffect(() => {
    document.title = `${words.signIn.title} · Tutela`;
    const inAddress = location.hash.slice(1);
    if (inAddress === "" || tried.current) return;
    tried.current = true;
    // It must not stay in the address bar or in the history.
    history.replaceState(null, "", "/sign-in");
    enterByToken(inAddress);
  });
  const failed = new URLSearchParams(location.search).get("failed");
  return (
    <main className="sign-in">
      <div className="entrance">
        <p className="kicker">{words.name}</p>
        <h1>{words.signIn.title}</h1>
        {ended && problem === null && <p className="note" role="status">{words.entrance.ended}</p>}
        {problem !== null && <p className="form-problem" role="alert"><Why problem={problem} words={words} /></p>}
        {failed !== null && problem === null && (
          <p className="form-problem" role="alert">{failed === "not_a_person" ? words.entrance.notAPerson : words.entrance.providerFailed}</p>
        )}
        {ways?.password === true && (
          <ByPassword busy={busy} enter={(name, password) => enter(post("/api/v1/session/password", {}, { name, password }))} />
        )}
        {ways?.provider != null && <a className="provider" href="/api/v1/session/provider">{words.entrance.provider(ways.provider)}</a>}
        {ways?.link !== false && <ByToken alone={ways?.password !== true} busy={busy} enter={enterByToken} />}
        <p className="hint">{words.signIn.bounds}</p>
        <label className="setting">
          <span>{words.nav.languageLabel}</span>
          <select value={settings.language} onChange={(event) => change({ language: event.target.value as Language })}>
            <option value="en">English</option>
            <option value="it">Italiano</option>
          </select>
        </label>
      </div>
    </main>
  );
}

function Why({ problem, words }: { problem: Problem; words: Words }): ReactNode {
  if (problem.code === "sign_in_refused") return words.entrance.refused;
  if (problem.code === "locked_out") return words.entrance.locked;
  return <span lang="en">{problem.detail}</span>;
}

function ByPassword({ busy, enter }: { busy: boolean; enter: (name: string, password: string) => void }) {
  const words = useWords();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter(name, password);
    setPassword("");
  };
  return (
    <form onSubmit={submit}>
      <label htmlFor="name">{words.entrance.name}</label>
      <input id="name" value={name} autoComplete="username" autoFocus required onChange={(e) => setName(e.target.value)} />
      <label htmlFor="password">{words.entrance.password}</label>
      <input id="password" type="password" value={password} autoComplete="current-password" required onChange={(e) => setPassword(e.target.value)} />
      <button type="submit" className="primary" disabled={busy}>{busy ? `${words.signIn.working}…` : words.entrance.enter}</button>
    </form>
  );
}

function ByToken({ alone, busy, enter }: { alone: boolean; busy: boolean; enter: (token: string) => void }) {
  const words = useWords();
  const [token, setToken] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter(token);
  };
  return (
    <form onSubmit={submit}>
      {alone ? <p>{words.signIn.intro}</p> : <><h2>{words.entrance.link}</h2><p className="note">{words.entrance.linkNote}</p></>}
      <label htmlFor="token">{words.signIn.token}</label>
      <input id="token" className="code" value={token} autoComplete="off" spellCheck={false} required onChange={(e) => setToken(e.target.value)} />
      <button type="submit" className={alone ? "primary" : ""} disabled={busy}>{busy ? `${words.signIn.working}…` : words.signIn.submit}</button>
    </form>
  );
}
