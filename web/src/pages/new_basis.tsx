// A legal basis to be added.

import { type FormEvent, useState } from "react";
import { problemOf } from "../api/ask";
import { type Problem, post } from "../api/client";
import type { BasisPage } from "../api/types";
import { useWords } from "../words";

const EMPTY = { basis_id: "", act: "", authority: "", scope: "", from_date: "", until_date: "", keep_until: "", urgent_since_utc: "", tables: "" };

export function NewBasis({ caseName, added }: { caseName: string; added: (page: { bases: BasisPage[] }) => void }) {
  const words = useWords();
  const [basis, setBasis] = useState(EMPTY);
  const [problem, setProblem] = useState<Problem | null>(null);
  const field = (key: keyof typeof EMPTY, type = "text", required = true, placeholder = "") => (
    <label>
      <span>{words.admin.basisFields[key]}</span>
      <input type={type} value={basis[key]} required={required} placeholder={placeholder} onChange={(e) => setBasis({ ...basis, [key]: e.target.value })} />
    </label>
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    const given = (text: string) => (text.trim() === "" ? null : text.trim());
    const tables = basis.tables.split(/[\s,;]+/).filter((t) => t !== "");
    const body = { ...basis, keep_until: given(basis.keep_until), urgent_since_utc: given(basis.urgent_since_utc), tables };
    post("/api/v1/cases/{case}/bases", { case: caseName }, body)
      .then((page) => {
        added(page);
        setBasis(EMPTY);
      })
      .catch((error: unknown) => setProblem(problemOf(error)));
  };
  return (
    <details className="sub-form no-print">
      <summary>{words.admin.addBasis}</summary>
      <form onSubmit={submit}>
        <div className="fields">
          {field("basis_id")}
          {field("act")}
          {field("authority")}
          {field("scope")}
          {field("from_date", "date")}
          {field("until_date", "date")}
          {field("keep_until", "date", false)}
          {field("urgent_since_utc", "text", false, "2026-05-04T10:00:00Z")}
          {field("tables", "text", false, "session assignment")}
        </div>
        {problem !== null && <p className="form-problem" role="alert" lang="en">{problem.detail}</p>}
        <div className="acts"><button type="submit" className="primary">{words.admin.addBasisNow}</button></div>
      </form>
    </details>
  );
}
