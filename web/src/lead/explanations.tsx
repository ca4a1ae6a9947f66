// What else could be: the standing hypotheses, the lines, what is missing and which step would decide.

import type { Hypothesis, Lead, LeadPage, Line } from "../api/types";
import { RatioBar } from "../parts/marks";
import { Sentence } from "../parts/sentence";
import { useWords } from "../words";

export function Hypotheses({ findings }: { findings: Hypothesis[] }) {
  const words = useWords();
  return (
    <section className="hypotheses" aria-labelledby="hypotheses-title">
      <h2 id="hypotheses-title">{words.lead.hypotheses}</h2>
      <HypothesisTable findings={findings} />
    </section>
  );
}

function HypothesisTable({ findings }: { findings: Hypothesis[] }) {
  const words = useWords();
  return (
    <table className="hypothesis-table">
      <tbody>
        {findings.map((finding) => (
          <tr key={finding.hypothesis} className={`hypothesis-${finding.status}`}>
            <th scope="row">{words.hypothesis[finding.hypothesis]}</th>
            <td><span className="status">{words.hypothesisStatus[finding.status]}</span></td>
            <td><Sentence text={finding.reason} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Lines({ lines }: { lines: Line[] }) {
  const words = useWords();
  if (lines.length === 0) return null;
  return (
    <section className="lines" aria-labelledby="lines-title">
      <h2 id="lines-title">{words.lead.lines} <span className="number">{lines.length}</span></h2>
      <ul>
        {lines.map((line) => (
          <li key={`${line.operator}/${line.line_ref}`}>
            <details>
              <summary>
                <span className="line-name"><code>{line.line_ref}</code> {line.operator}</span>
                <span className={`tag line-${line.status}`}>
                  {line.status === "set" ? words.lead.setOf(line.set_size) : words.lineStatus[line.status]}
                </span>
                <span className="under">{words.lead.line(line.episodes, line.connections)}</span>
                <RatioBar log10={line.log10_lr} words="" />
              </summary>
              <HypothesisTable findings={line.hypotheses} />
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Where an alarm stands, what it asks for comes before any step that reaches people. */
export function NextStep({ lead, alarms }: { lead: Lead; alarms: LeadPage["alarms"] }) {
  const words = useWords();
  return (
    <section className="next" aria-labelledby="next-title">
      <div>
        <h2 id="next-title">{words.lead.next}</h2>
        {alarms.some((a) => a.ends_elsewhere) && <p className="next-first">{words.lead.elsewhereFirst}</p>}
        {alarms.some((a) => !a.ends_elsewhere) && <p className="next-first">{words.lead.wireFirst}</p>}
        <p className="next-step"><Sentence text={lead.next_step} /></p>
      </div>
      <div>
        <h3>{words.lead.missing}</h3>
        {lead.missing.length === 0 ? <p>{words.lead.missingNone}</p> : (
          <ul>{lead.missing.map((what) => <li key={what}><Sentence text={what} /></li>)}</ul>
        )}
      </div>
    </section>
  );
}
