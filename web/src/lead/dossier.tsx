// What leaves the case from a lead: the dossier, the defence bundle, and exports for other tools.

import { type FormEvent, useId, useState } from "react";
import { problemOf, useAsk } from "../api/ask";
import { type Problem, makeFile } from "../api/client";
import { instant } from "../format";
import { saveFile } from "../parts/save_file";
import { useHindrance } from "../rights";
import { useWords } from "../words";
import { FORMS, type Form, isDossier, isForm } from "./departure";

interface Props {
  caseName: string;
  lead: string;
}

export function DossierCard({ caseName, lead }: Props) {
  const words = useWords();
  const id = useId();
  const mayName = useHindrance("reveal_personal") === null;
  const [form, setForm] = useState<Form>("pdf");
  const [lang, setLang] = useState<"en" | "it">(words.language === "it" ? "it" : "en");
  const [unmask, setUnmask] = useState(false);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const earlier = useAsk("/api/v1/cases/{case}/leads/{lead}/dossier", { case: caseName, lead }, {});
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    setMade(null);
    make(caseName, lead, form, lang, unmask ? reason : null)
      .then((name) => { setMade(name); earlier.again(); })
      .catch((error: unknown) => setProblem(problemOf(error)))
      .finally(() => setBusy(false));
  };
  const rows = earlier.data?.dossiers ?? [];
  return (
    <section className="card dossier no-print" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{words.dossier.title}</h2>
      <p className="note">{words.dossier.note}</p>
      <form className="reason-form" onSubmit={submit}>
        <label htmlFor={`${id}-form`}>{words.dossier.what}</label>
        <select id={`${id}-form`} value={form} onChange={(e) => { if (isForm(e.target.value)) setForm(e.target.value); }}>
          {FORMS.map((f) => <option key={f} value={f}>{words.dossier.forms[f]}</option>)}
        </select>
        {form === "pdf" && (
          <>
            <label htmlFor={`${id}-lang`}>{words.dossier.language}</label>
            <select id={`${id}-lang`} value={lang} onChange={(e) => setLang(e.target.value === "it" ? "it" : "en")}>
              <option value="en">{words.dossier.languages.en}</option>
              <option value="it">{words.dossier.languages.it}</option>
            </select>
          </>
        )}
        {mayName && (
          <label className="check">
            <input type="checkbox" checked={unmask} onChange={(e) => setUnmask(e.target.checked)} /> {words.dossier.unmask}
          </label>
        )}
        {unmask && (
          <>
            <label htmlFor={`${id}-reason`}>{words.sign.reason}</label>
            <textarea id={`${id}-reason`} rows={2} maxLength={2000} required value={reason} onChange={(e) => setReason(e.target.value)} />
          </>
        )}
        {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
        <div className="acts">
          <button type="submit" disabled={busy || (unmask && reason.trim() === "")}>
            {busy ? `${words.dossier.working}…` : words.dossier.make}
          </button>
        </div>
        {made !== null && <p role="status">{words.dossier.made(made)}</p>}
      </form>
      {rows.length > 0 && (
        <>
          <h3>{words.dossier.earlier}</h3>
          <ul>
            {rows.slice(-5).reverse().map((row) => (
              <li key={row.entry} className="under">
                {words.dossier.earlierRow(row.form === "bundle" ? words.dossier.forms.bundle : words.dossier.forms.pdf, instant(row.utc, words.locale), row.who)}
                {row.unmasked && `; ${words.dossier.named}`}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** Has it made, and hands it to the browser to save. Gives its name. */
async function make(caseName: string, lead: string, form: Form, lang: "en" | "it", unmask_reason: string | null): Promise<string> {
  const { name, file } = isDossier(form)
    ? await makeFile("/api/v1/cases/{case}/leads/{lead}/dossier", { case: caseName, lead }, { form, lang, unmask_reason })
    : await makeFile("/api/v1/cases/{case}/exports", { case: caseName }, { format: form, leads: [lead], unmask_reason });
  saveFile(name, file);
  return name;
}
