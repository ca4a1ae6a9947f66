// The proof tree of whatever rests on records: file, row, bytes.

import type { ProofRecord, ProofValue } from "../api/types";
import { short } from "../format";
import { useWords } from "../words";
import { MOST, type Piece, byFile, origin, strip } from "./bytes";

interface Props {
  /** How many records it rests on; not all of them need be shown. */
  item: { records: number; shown: readonly ProofRecord[] };
  more: () => void;
}

export function ProofTree({ item, more }: Props) {
  const words = useWords();
  const rest = item.records > item.shown.length;
  return (
    <div className="proof-tree">
      <ul>
        {byFile(item.shown).map((file) => (
          <li key={file.sourceId} className="proof-file">
            <p className="proof-file-name">
              <span>{file.fileName}</span>
              <code title={`${words.proof.sha} ${file.sourceId}`}>{words.proof.sha} {short(file.sourceId)}…</code>
            </p>
            <ul>
              {file.records.map((record) => (
                <li key={`${record.table}-${record.row}`}><RecordProof record={record} /></li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {rest && item.shown.length < MOST && (
        <button type="button" className="quiet no-print" onClick={more}>{words.proof.more(item.records)}</button>
      )}
      {rest && item.shown.length >= MOST && <p className="hint">{words.proof.all(item.records)}</p>}
    </div>
  );
}

export function RecordProof({ record }: { record: ProofRecord }) {
  const words = useWords();
  return (
    <article className="record">
      <p className="record-head">
        <strong>{record.table}</strong>
        <span>{words.proof.row(record.row)}</span>
        <span>{words.proof.bytes(record.span.start, record.span.end)}</span>
      </p>
      <p className="strip" role="group" aria-label={words.proof.strip}>
        {strip(record).map((piece) => <PieceMark key={piece.start} piece={piece} />)}
      </p>
      <table className="values">
        <thead className="visually-hidden">
          <tr>
            <th scope="col">{words.proof.column}</th>
            <th scope="col">{words.proof.value}</th>
            <th scope="col">{words.proof.place}</th>
          </tr>
        </thead>
        <tbody>
          {record.values.map((value) => <ValueRow key={value.column} value={value} />)}
        </tbody>
      </table>
    </article>
  );
}

function PieceMark({ piece }: { piece: Piece }) {
  const words = useWords();
  if (piece.kind === "shown") return <mark title={piece.columns.join(", ")}>{piece.text}</mark>;
  const n = piece.end - piece.start;
  return (
    <span className="masked-bytes" title={words.proof.maskedBytes(n)}>
      <span aria-hidden="true">{"░".repeat(Math.min(n, 12))}</span>
      <span className="masked-count">{n > 12 ? n.toLocaleString(words.locale) : ""}</span>
      <span className="visually-hidden">{words.proof.maskedBytes(n)}</span>
    </span>
  );
}

function ValueRow({ value }: { value: ProofValue }) {
  const words = useWords();
  const kind = origin(value);
  return (
    <tr className={`value-${kind}`}>
      <th scope="row">{value.column}</th>
      <td>{kind === "masked" ? <span className="masked-word">{words.proof.masked}</span> : value.value}</td>
      <td className="place">
        {value.span !== null && <span>{value.span.start.toLocaleString(words.locale)}–{value.span.end.toLocaleString(words.locale)}</span>}
        {value.rule !== null && <span lang={words.proof.rule(value.rule) === value.rule ? "en" : undefined}>{words.proof.rule(value.rule)}</span>}
        {kind === "rule" && value.rule === null && <span>{words.proof.notInFile}</span>}
      </td>
    </tr>
  );
}
