// A form for a reason. Nothing is signed, refused or shown without one.

import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { problemOf } from "../api/ask";
import type { Problem } from "../api/client";
import { useWords } from "../words";

interface Props {
  title: string;
  means: string;
  hint: string;
  confirm: string;
  working: string;
  act: (reason: string) => Promise<void>;
  cancel: () => void;
  /** Whatever else is to be said before the reason. */
  children?: ReactNode;
  /** Whether that is complete. */
  ready?: boolean;
}

export function ReasonForm({ title, means, hint, confirm, working, act, cancel, children, ready = true }: Props) {
  const words = useWords();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const id = useId();
  useEffect(() => form.current?.querySelector<HTMLElement>("input, select, textarea")?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    act(reason).catch((error: unknown) => {
      setProblem(problemOf(error));
      setBusy(false);
    });
  };
  return (
    <form ref={form} className="reason-form" onSubmit={submit} aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{title}</h3>
      {means !== "" && <p>{means}</p>}
      {children}
      <label htmlFor={`${id}-reason`}>{words.sign.reason}</label>
      <textarea
        id={`${id}-reason`}
        rows={3}
        maxLength={2000}
        required
        value={reason}
        aria-describedby={`${id}-hint`}
        onChange={(event) => setReason(event.target.value)}
        onKeyDown={(event) => { if (event.key === "Escape") cancel(); }}
      />
      <p className="hint" id={`${id}-hint`}>{hint}</p>
      {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
      <div className="acts">
        <button type="submit" className="primary" disabled={busy || !ready || reason.trim() === ""}>
          {busy ? `${working}…` : confirm}
        </button>
        <button type="button" onClick={cancel} disabled={busy}>{words.sign.cancel}</button>
      </div>
    </form>
  );
}
