// The planned requests as files: sealed in the case first, then given out, one set an operator.

import { type FormEvent, useState } from "react";
import { problemOf } from "../api/ask";
import { type Problem, post } from "../api/client";
import type { components } from "../api/schema.gen";
import { saveFile } from "../parts/save_file";
import { useHindrance } from "../rights";
import { useWords } from "../words";
import { BasisChoice } from "../work/file_field";

type Exported = components["schemas"]["ExportedOperator"];

export function Exporting({ caseName, operators }: { caseName: string; operators: string[] }) {
  const words = useWords();
  const mayNot = useHindrance("export_requests");
  const [basis, setBasis] = useState("");
  const [operator, setOperator] = useState("");
  const [written, setWritten] = useState<Exported[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setProblem(null);
    setBusy(true);
    try {
      const wanted = { basis_id: basis, zone: null, operators: operator === "" ? [] : [operator] };
      const answer = await post("/api/v1/cases/{case}/requests/exports", { case: caseName }, wanted);
      setWritten(answer.operators);
    } catch (error: unknown) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card no-print" aria-labelledby="export-title">
      <h2 id="export-title">{words.requests.export}</h2>
      <p className="note">{words.requests.exportNote}</p>
      {mayNot !== null ? <p className="hint">{mayNot}</p> : (
        <form className="fields" onSubmit={(event: FormEvent) => { event.preventDefault(); void submit(); }}>
          <BasisChoice caseName={caseName} value={basis} set={setBasis} />
          <label>
            <span>{words.requests.columns.operator}</span>
            <select value={operator} onChange={(event) => setOperator(event.target.value)}>
              <option value="">{words.leads.every}</option>
              {operators.map((name) => <option key={name}>{name}</option>)}
            </select>
          </label>
          <button type="submit" className="primary" disabled={busy || basis === ""}>{words.requests.exportNow}</button>
        </form>
      )}
      {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
      <div role="status" className="written">
        {written.map((sent) => (
          <div key={sent.operator}>
            <p><strong>{sent.operator}</strong>: {words.requests.written(sent.requests)} <code>{sent.first_ref}</code>{sent.first_ref === sent.last_ref ? "" : <> – <code>{sent.last_ref}</code></>}</p>
            <div className="acts">
              {sent.files.map((file) => <button key={file.file_name} type="button" onClick={() => saveFile(file.file_name, new Blob([file.text], { type: "text/plain;charset=utf-8" }))}>{file.file_name}</button>)}
            </div>
          </div>
        ))}
      </div>
    </section>
  );
}
