// Urgency and certainty as a table of counts: it reads aloud, prints, and holds a hundred thousand leads as well as ten.

import type { LeadsPage } from "../api/types";
import { setQuery } from "../router";
import { useWords } from "../words";
import { CERTAINTIES, type LeadsView, cellCount, shade, shownUrgencies } from "./leads_view";

interface Props {
  page: LeadsPage;
  view: LeadsView;
}

export function Axes({ page, view }: Props) {
  const words = useWords();
  const most = Math.max(0, ...page.axes.map((cell) => cell.count));
  return (
    <section className="axes" aria-labelledby="axes-title">
      <h2 id="axes-title">{words.leads.axes}</h2>
      <p className="note">{words.leads.axesNote}</p>
      <table className="axes-table">
        <caption className="axes-caption">{words.leads.axisCertainty}</caption>
        <thead>
          <tr>
            <td className="corner">{words.leads.axisUrgency}</td>
            {CERTAINTIES.map((certainty) => <th key={certainty} scope="col">{words.certainty[certainty]}</th>)}
          </tr>
        </thead>
        <tbody>
          {shownUrgencies(page.axes, view.urgency).map((urgency) => (
            <tr key={urgency}>
              <th scope="row">{words.urgency[urgency]}</th>
              {CERTAINTIES.map((certainty) => {
                const count = cellCount(page.axes, urgency, certainty);
                const chosen = view.urgency === urgency && view.certainty === certainty;
                const style = { "--shade": shade(count, most).toFixed(2) } as React.CSSProperties;
                return (
                  <td key={certainty}>
                    <button
                      type="button"
                      className="cell"
                      style={style}
                      aria-pressed={chosen}
                      aria-label={words.leads.axesCell(count, words.urgency[urgency], words.certainty[certainty])}
                      disabled={count === 0 && !chosen}
                      onClick={() => setQuery(chosen ? { urgency: null, certainty: null, page: null } : { urgency, certainty, page: null })}
                    >
                      {count === 0 ? "·" : count.toLocaleString(words.locale)}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="hint">{words.leads.ageNote}</p>
    </section>
  );
}
