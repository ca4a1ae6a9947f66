// Files chosen in the browser, sent to the case one after the other, under the legal basis that is chosen with them.

import { type FormEvent, useId, useState } from "react";
import { problemOf, useAsk } from "../api/ask";
import { type Problem, sendFile } from "../api/client";
import { size } from "../format";
import { useWords } from "../words";

interface Props {
  caseName: string;
  title: string;
  note: string;
  confirm: string;
  /** Does what the files are for, once all of them have been sent. */
  act: (basisId: string, uploads: string[]) => Promise<void>;
}

export function FileForm({ caseName, title, note, confirm, act }: Props) {
  const words = useWords();
  const id = useId();
  const [files, setFiles] = useState<File[]>([]);
  const [basis, setBasis] = useState("");
  const [gone, setGone] = useState<{ name: string; part: number } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  const busy = gone !== null;
  const submit = async () => {
    setProblem(null);
    const uploads: string[] = [];
    try {
      for (const file of files) {
        setGone({ name: file.name, part: 0 });
        const upload = await sendFile(caseName, file, (part) => setGone({ name: file.name, part }));
        uploads.push(upload.upload_id);
      }
      await act(basis, uploads);
      setFiles([]);
      setTurn((t) => t + 1);
    } catch (error: unknown) {
      setProblem(problemOf(error));
    } finally {
      setGone(null);
    }
  };
  return (
    <form className="file-form no-print" aria-labelledby={`${id}-title`} onSubmit={(event: FormEvent) => { event.preventDefault(); void submit(); }}>
      <h3 id={`${id}-title`}>{title}</h3>
      <p className="note">{note}</p>
      <div className="fields">
        <label>
          <span>{words.intake.files}</span>
          <input key={turn} type="file" multiple required disabled={busy} onChange={(event) => setFiles([...(event.target.files ?? [])])} />
        </label>
        <BasisChoice caseName={caseName} value={basis} set={setBasis} />
        <button type="submit" className="primary" disabled={busy || files.length === 0 || basis === ""}>{confirm}</button>
      </div>
      <div role="status">
        {gone !== null && (
          <p className="sending">{words.intake.sending(gone.name)} <progress aria-label={gone.name} value={gone.part} /></p>
        )}
        {!busy && files.length > 0 && <p className="hint">{files.map((f) => `${f.name} (${size(f.size, words.locale)})`).join(", ")}</p>}
      </div>
      {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
    </form>
  );
}

/** The legal bases that hold, to choose one. */
export function BasisChoice({ caseName, value, set }: { caseName: string; value: string; set: (basis: string) => void }) {
  const words = useWords();
  const asked = useAsk("/api/v1/cases/{case}/bases", { case: caseName }, {});
  const bases = (asked.data?.bases ?? []).filter((b) => b.lapsed === null);
  return (
    <label>
      <span>{words.intake.basis}</span>
      <select required value={value} onChange={(event) => set(event.target.value)}>
        <option value="">{words.intake.choose}</option>
        {bases.map((b) => <option key={b.basis_id} value={b.basis_id}>{b.basis_id}: {b.act}</option>)}
      </select>
    </label>
  );
}
