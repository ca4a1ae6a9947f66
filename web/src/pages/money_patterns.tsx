// The patterns of the accounts of a flow: each with who else shows it innocently, and the records that it rests on.

import type { ReactNode } from "react";
import { useAsk } from "../api/ask";
import type { AccountPatterns, FlowAnswer, PaymentProofItem } from "../api/types";
import { ratio, sum } from "../format";
import { moreThan, mostOf } from "../parts/bytes";
import { Hindered } from "../parts/hindered";
import { Link } from "../parts/link";
import { ProofTree } from "../parts/proof";
import { Sentence } from "../parts/sentence";
import { Failed, Waiting } from "../parts/states";
import { nodesText } from "../picture/graph_view";
import { nameOf } from "../picture/node_names";
import { useHindrance } from "../rights";
import { addressOf, setQuery } from "../router";
import { useWords } from "../words";

interface Props {
  caseName: string;
  flow: FlowAnswer;
  query: URLSearchParams;
}

export function Patterns({ caseName, flow, query }: Props) {
  const words = useWords();
  const w = words.pictures.money;
  const mayNot = useHindrance("explain");
  const nodes = new Map([flow.seed.node, ...flow.direct.map((r) => r.from), ...flow.through.map((r) => r.from), ...flow.common.map((r) => r.node)].filter((n) => n !== null).map((n) => [n.id, n]));
  const told = flow.patterns;
  const open = mayNot === null ? query.get("records") : null;
  return (
    <section aria-labelledby="patterns-title">
      <h2 id="patterns-title">{w.patterns}</h2>
      {told.length === 0 ? <p className="note">{w.noPatterns}</p> : <Hindered act="explain" />}
      {told.map((of) => {
        const node = nodes.get(of.node);
        if (node === undefined) return null;
        return (
          <PatternCard key={of.node} caseName={caseName} name={nameOf(node, words)} of={of}>
            {mayNot === null && <Records caseName={caseName} lead={of.lead_ref} name={nameOf(node, words)} isOpen={open === of.lead_ref} most={mostOf(query.get("most"))} />}
          </PatternCard>
        );
      })}
    </section>
  );
}

interface CardProps {
  caseName: string;
  name: string;
  of: AccountPatterns;
  children: ReactNode;
}

function PatternCard({ caseName, name, of, children }: CardProps) {
  const words = useWords();
  const w = words.pictures.money;
  const role = (words.pictures.role as Record<string, string>)[of.role] ?? of.role;
  const address = addressOf(caseName, "graph", undefined, { open: nodesText([of.node]), node: of.node });
  return (
    <article className="card pattern-card">
      <h3><Link to={address}>{name}</Link> <span className="under">{of.lead_ref} · {role}{of.log10_lr === null ? "" : ` · ${w.pattern.weight} ${ratio(of.log10_lr, words.locale)}`}</span></h3>
      <p><Sentence text={of.reason} /></p>
      {of.items.length > 0 && (
        <table className="pattern-table">
          <thead><tr><th scope="col">{w.pattern.finding}</th><th scope="col">{w.pattern.innocent}</th><th scope="col" className="number">{w.pattern.weight}</th><th scope="col" className="number">{w.pattern.sums}</th></tr></thead>
          <tbody>
            {of.items.map((item) => (
              <tr key={item.kind} className={item.against ? "is-against" : ""}>
                <td><Sentence text={item.finding} /></td>
                <td className="innocent"><Sentence text={item.innocent} /></td>
                <td className="number">{ratio(item.log10_lr, words.locale)}</td>
                <td className="number">{Object.entries(item.sums).map(([currency, amount]) => <span key={currency} className="sum">{sum(amount, currency, words.locale)}</span>)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="hint">{w.wouldDecide}: <Sentence text={of.would_decide} /></p>
      {children}
    </article>
  );
}

interface RecordsProps {
  caseName: string;
  lead: string;
  name: string;
  isOpen: boolean;
  most: number;
}

/** Opens what is said of an account down to its records. */
function Records({ caseName, lead, name, isOpen, most }: RecordsProps) {
  const w = useWords().pictures.money;
  const id = `records-${lead}`;
  return (
    <>
      <button
        type="button"
        className="disclose no-print"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setQuery({ records: isOpen ? null : lead, most: null }, true)}
      >
        {isOpen ? w.closeRecords : w.records}<span className="visually-hidden"> {name}</span>
      </button>
      <div id={id} hidden={!isOpen}>{isOpen && <Proofs caseName={caseName} lead={lead} most={most} />}</div>
    </>
  );
}

/** Asked for only once opened: it is read back from the sealed files. */
function Proofs({ caseName, lead, most }: { caseName: string; lead: string; most: number }) {
  const words = useWords();
  const asked = useAsk("/api/v1/cases/{case}/money/leads/{lead}/proof", { case: caseName, lead }, { most });
  if (asked.problem !== null) return <Failed problem={asked.problem} again={asked.again} />;
  if (asked.data === null) return <Waiting what={words.proof.loading} />;
  const { items } = asked.data;
  return (
    <div className="payment-proof" aria-busy={asked.waiting}>
      {items.length === 0 && <p className="hint">{words.proof.none}</p>}
      {items.map((item) => <ItemProof key={`${item.kind} ${item.finding ?? ""}`} item={item} more={() => setQuery({ most: moreThan(most) }, true)} />)}
    </div>
  );
}

function ItemProof({ item, more }: { item: PaymentProofItem; more: () => void }) {
  const words = useWords();
  return (
    <section className={item.against ? "is-against" : ""}>
      <h4>
        {item.finding === null ? words.pictures.money.establishes : <Sentence text={item.finding} />}
        {item.against && <span className="tag">{words.pictures.graph.against}</span>}
      </h4>
      {item.records === 0 ? <p className="hint">{words.proof.none}</p> : <ProofTree item={item} more={more} />}
    </section>
  );
}
