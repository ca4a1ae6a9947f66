// What the comparison of a reply with its requests found, field by field.

import type { ReplyFinding } from "../api/types";
import { useWords } from "../words";

export function Findings({ found, withRequest = false }: { found: ReplyFinding[]; withRequest?: boolean }) {
  const words = useWords();
  if (found.length === 0) return null;
  const head = words.requests.findings;
  return (
    <div className="table-frame" role="group" aria-label={head.title} tabIndex={0}>
      <table className="findings">
        <thead>
          <tr>
            {withRequest && <th scope="col">{words.requests.columns.request}</th>}
            <th scope="col" className="number">{head.row}</th>
            <th scope="col">{head.outcome}</th>
            <th scope="col">{head.field}</th>
            <th scope="col">{head.found}</th>
            <th scope="col">{head.expected}</th>
            <th scope="col">{head.check}</th>
          </tr>
        </thead>
        <tbody>
          {found.map((finding, number) => (
            <tr key={number} className={`finding-${finding.outcome}`}>
              {withRequest && <th scope="row"><code>{finding.request_ref}</code></th>}
              <td className="number">{finding.row.toLocaleString(words.locale)}</td>
              <td><span className={finding.outcome === "blocked" ? "is-refused" : ""}>{(words.requests.rowOutcomes as Record<string, string>)[finding.outcome] ?? finding.outcome}</span></td>
              <td><code>{finding.table}.{finding.field ?? "–"}</code></td>
              <td><code>{finding.found ?? "–"}</code></td>
              <td lang="en">{finding.expected ?? "–"}</td>
              <td><code>{finding.check}</code></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
