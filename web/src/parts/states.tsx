import type { Problem } from "../api/client";
import { useWords } from "../words";

/** Something is on its way. */
export function Waiting({ what }: { what?: string }) {
  const words = useWords();
  return <p className="waiting" role="status">{what ?? words.state.waiting}…</p>;
}

/** Something could not be shown, and why. */
export function Failed({ problem, again }: { problem: Problem; again?: () => void }) {
  const words = useWords();
  return (
    <div className="failed" role="alert">
      <p><strong>{words.state.failed}.</strong></p>
      <p lang="en">{problem.detail}</p>
      {again !== undefined && <button type="button" onClick={again}>{words.state.again}</button>}
    </div>
  );
}
