import { type FormEvent, useEffect, useRef, useState } from "react";
import { problemOf } from "../api/ask";
import { type Problem, post } from "../api/client";
import type { Session } from "../api/types";
import { useWords } from "../words";

/** Turns a token into a session: the one in the address by itself, another by hand. */
export function SignIn({ entered }: { entered: (session: Session) => void }) {
  const words = useWords();
  const [token, setToken] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const tried = useRef(false);
  const enter = (value: string) => {
    // A whole link may be pasted as well.
    const token = value.trim().split("#").pop() ?? "";
    setBusy(true);
    setProblem(null);
    post("/api/v1/session", {}, { token })
      .then(entered)
      .catch((error: unknown) => {
        setProblem(problemOf(error));
        setBusy(false);
      });
  };
  useEffect(() => {
    document.title = `${words.signIn.title} · Tutela`;
    const inAddress = location.hash.slice(1);
    if (inAddress === "" || tried.current) return;
    tried.current = true;
    // It must not stay in the address bar or in the history.
    history.replaceState(null, "", "/sign-in");
    enter(inAddress);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter(token);
  };
  return (
    <main className="sign-in">
      <form onSubmit={submit}>
        <p className="kicker">{words.name}</p>
        <h1>{words.signIn.title}</h1>
        <p>{words.signIn.intro}</p>
        <label htmlFor="token">{words.signIn.token}</label>
        <input id="token" value={token} autoComplete="off" spellCheck={false} required onChange={(e) => setToken(e.target.value)} />
        {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
        <button type="submit" className="primary" disabled={busy}>
          {busy ? `${words.signIn.working}…` : words.signIn.submit}
        </button>
        <p className="hint">{words.signIn.bounds}</p>
      </form>
    </main>
  );
}
