// How far the stated ratios are borne out: the plots of the trial that is shipped with this version.

import { gate1, gate2, supported_right, supported_wrong, worlds } from "../../../docs/src/calibration/trial.json";
import { useWords } from "../words";
import { ACROSS, type GateTrial, PLOT, UP, curve, nothingSaid, xOf, yOf } from "./calibration_view";

export function Calibration() {
  const words = useWords();
  const w = words.method.calibration;
  return (
    <section className="card calibration" aria-labelledby="calibration-title">
      <h2 id="calibration-title">{w.title}</h2>
      <p className="note">{w.intro(worlds, supported_right, supported_wrong)}</p>
      <GatePlots name={words.gate.resolution} trial={gate1} />
      <GatePlots name={words.gate.attribution} trial={gate2} />
      <p className="hint">{w.bounds}</p>
    </section>
  );
}

function GatePlots({ name, trial }: { name: string; trial: GateTrial }) {
  const words = useWords();
  const w = words.method.calibration;
  const number = (n: number, digits: number) => n.toLocaleString(words.locale, { maximumFractionDigits: digits });
  const priors = Array.from({ length: 61 }, (_, at) => at / 10 - 3).map((odds) => [odds, nothingSaid(odds)]);
  return (
    <div>
      <h3>{name}</h3>
      <p className="facts">{w.figures(number(trial.same, 0), number(trial.different, 0), number(trial.cllr, 3), number(100 * trial.misleading_same, 1), number(100 * trial.misleading_different, 1))}</p>
      <div className="plots">
        <Plot title={w.tippett} across={w.ratio} up={w.share} lines={[{ d: curve(trial.tippett, 1), look: "is-first", says: w.first }, { d: curve(trial.tippett, 2), look: "is-second", says: w.second }]} />
        <Plot title={w.entropy} across={w.prior} up={w.bits} lines={[{ d: curve(trial.ece, 1), look: "is-first", says: w.stated }, { d: curve(priors, 1), look: "is-nothing", says: w.nothing }]} />
      </div>
      <PlotTable name={name} trial={trial} number={number} />
    </div>
  );
}

interface PlotProps {
  title: string;
  across: string;
  up: string;
  lines: { d: string; look: string; says: string }[];
}

function Plot({ title, across, up, lines }: PlotProps) {
  const words = useWords();
  const [right, floor] = [PLOT.left + PLOT.width, PLOT.top + PLOT.height];
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg role="img" aria-label={`${title}: ${lines.map((line) => line.says).join("; ")}`} viewBox={`0 0 ${right + 12} ${floor + PLOT.bottom}`}>
        {UP.map((share) => <g key={share}><path className="plot-grid" d={`M${PLOT.left} ${yOf(share)}H${right}`} /><text x={PLOT.left - 6} y={yOf(share) + 3.5} textAnchor="end">{share.toLocaleString(words.locale)}</text></g>)}
        {ACROSS.map((log10) => <g key={log10}><path className="plot-grid" d={`M${xOf(log10)} ${PLOT.top}V${floor}`} /><text x={xOf(log10)} y={floor + 14} textAnchor="middle">{log10.toLocaleString(words.locale)}</text></g>)}
        {lines.map((line) => <path key={line.look} className={`plot-line ${line.look}`} d={line.d} />)}
        <text x={PLOT.left + PLOT.width / 2} y={floor + 30} textAnchor="middle">{across}</text>
        <text transform={`translate(10 ${PLOT.top + PLOT.height / 2}) rotate(-90)`} textAnchor="middle">{up}</text>
      </svg>
      <ul className="plot-key">
        {lines.map((line) => <li key={line.look}><svg width="26" height="8" viewBox="0 0 26 8" aria-hidden="true"><path className={`plot-line ${line.look}`} d="M1 4H25" /></svg> {line.says}</li>)}
      </ul>
    </figure>
  );
}

/** The same as a table: for whoever does not see pictures. */
function PlotTable({ name, trial, number }: { name: string; trial: GateTrial; number: (n: number, digits: number) => string }) {
  const w = useWords().method.calibration;
  const entropy = new Map(trial.ece.map(([odds, bits]) => [odds, bits]));
  return (
    <details className="as-table">
      <summary>{w.table}<span className="visually-hidden"> {name}</span></summary>
      <table>
        <thead><tr><th scope="col" className="number">log10</th><th scope="col" className="number">{w.first}</th><th scope="col" className="number">{w.second}</th><th scope="col" className="number">{w.entropyHere}</th></tr></thead>
        <tbody>
          {trial.tippett.map(([log10 = 0, same = 0, different = 0]) => (
            <tr key={log10}><th scope="row" className="number">{number(log10, 0)}</th><td className="number">{number(100 * same, 1)} %</td><td className="number">{number(100 * different, 1)} %</td><td className="number">{number(entropy.get(log10) ?? 0, 3)}</td></tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
