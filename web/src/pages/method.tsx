// The method: the text of every step as it ran.

import { Fragment, useMemo } from "react";
import { useAsk } from "../api/ask";
import type { StagePage, StepPage } from "../api/types";
import { short } from "../format";
import { Link } from "../parts/link";
import { Failed, Waiting } from "../parts/states";
import { addressOf, setQuery } from "../router";
import { useWords } from "../words";
import { Calibration } from "./calibration";
import { partsOf } from "./sql";

interface Props {
  caseName: string;
  query: URLSearchParams;
}

export function Method({ caseName, query }: Props) {
  const words = useWords();
  const asked = useAsk("/api/v1/cases/{case}/method", { case: caseName }, {});
  const method = asked.data;
  const step = method?.steps.find((s) => s.id === query.get("step")) ?? method?.steps[0];
  return (
    <>
      <header className="page-head">
        <h1>{words.method.title}</h1>
        <p className="subtitle">{words.method.intro}</p>
      </header>
      {asked.problem !== null && <Failed problem={asked.problem} again={asked.again} />}
      {method === null && asked.problem === null && <Waiting />}
      {method !== null && (
        <>
          <p className="facts muted">{words.lead.run} <code>{method.run_id}</code> · {words.method.run(method.inputs, method.version)}</p>
          <div className="method">
            <nav className="step-list" aria-label={words.method.steps}>
              <ol>
                {method.steps.map((s) => (
                  <li key={s.id}><Link to={addressOf(caseName, "method", undefined, { step: s.id })} current={s === step}>{s.id}</Link></li>
                ))}
              </ol>
            </nav>
            {step !== undefined && <Step key={step.id} step={step} open={query.get("stages")?.split(",") ?? []} />}
          </div>
          <Calibration />
        </>
      )}
    </>
  );
}

function Step({ step, open }: { step: StepPage; open: string[] }) {
  const words = useWords();
  return (
    <article className="step">
      <h2><code>{step.id}</code> <span className="tag">{words.method.version(step.version)}</span></h2>
      <dl className="propositions">
        <dt>{words.method.looksFor}</dt><dd lang="en">{step.looks_for}</dd>
        <dt>{words.method.doesNotShow}</dt><dd lang="en">{step.does_not_show}</dd>
        <dt>{words.method.reads}</dt>
        <dd>
          {step.tables.length > 0 && <>{words.method.tables} <code>{step.tables.join(", ")}</code> </>}
          {step.after.length > 0 && <>{words.method.after} <code>{step.after.join(", ")}</code></>}
        </dd>
        {step.sql_sha256 !== null && <><dt>{words.method.textDigest}</dt><dd><code className="digest">{step.sql_sha256}</code></dd></>}
      </dl>
      <h3>{words.method.params}</h3>
      {step.params.length === 0 ? <p className="note">{words.method.noParams}</p> : <Params step={step} />}
      <h3>{words.method.stages}</h3>
      {!step.is_sql && <p className="note">{words.method.code}</p>}
      {step.stages.map((stage) => <Stage key={stage.name} stage={stage} open={open} />)}
    </article>
  );
}

function Params({ step }: { step: StepPage }) {
  const words = useWords();
  const head = words.method.param;
  return (
    <div className="table-frame" role="region" aria-label={words.method.params} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{head.name}</th>
            <th scope="col" className="number">{head.value}</th>
            <th scope="col">{head.range}</th>
            <th scope="col">{head.meaning}</th>
          </tr>
        </thead>
        <tbody>
          {step.params.map((p) => (
            <tr key={p.name}>
              <th scope="row"><code>{p.name}</code></th>
              <td className="number">
                {p.value.toLocaleString(words.locale, { maximumFractionDigits: 6 })}
                {p.value === p.default && <span className="under">{head.default}</span>}
              </td>
              <td className="nowrap">{p.min.toLocaleString(words.locale)} – {p.max.toLocaleString(words.locale)}</td>
              <td lang="en">{p.meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Stage({ stage, open }: { stage: StagePage; open: string[] }) {
  const words = useWords();
  const isOpen = open.includes(stage.name);
  const toggled = (now: boolean) => {
    if (now !== isOpen) setQuery({ stages: [...open.filter((name) => name !== stage.name), ...(now ? [stage.name] : [])].join(",") }, true);
  };
  return (
    <details className="stage" open={isOpen} onToggle={(event) => toggled(event.currentTarget.open)}>
      <summary>
        <code>{stage.name}</code>
        {stage.rows !== null && <span className="under">{words.method.rows(stage.rows)}</span>}
        {stage.native !== null && <span className="tag">{words.method.native(stage.native)}</span>}
      </summary>
      {stage.sql !== null && <Sql text={stage.sql} />}
      {stage.digest !== null && <p className="hint">{words.method.outDigest} <code title={stage.digest}>{short(stage.digest)}…</code></p>}
    </details>
  );
}

function Sql({ text }: { text: string }) {
  const parts = useMemo(() => partsOf(text), [text]);
  return (
    <pre className="sql" tabIndex={0}><code>
      {parts.map((part, number) => part.kind === "text" ? <Fragment key={number}>{part.text}</Fragment> : <span key={number} className={`sql-${part.kind}`}>{part.text}</span>)}
    </code></pre>
  );
}
