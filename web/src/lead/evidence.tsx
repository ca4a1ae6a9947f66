// The items of evidence. Those against stand first, because they are to be read first.

import type { Asked } from "../api/ask";
import type { Evidence, Proof } from "../api/types";
import { RatioBar } from "../parts/marks";
import { ProofTree } from "../parts/proof";
import { Sentence } from "../parts/sentence";
import { Failed, Waiting } from "../parts/states";
import { setQuery } from "../router";
import { useWords } from "../words";

interface ListProps {
  side: "against" | "for";
  items: Evidence[];
  /** The item whose proof is open, by the address. */
  open: string | null;
  proof: Asked<Proof>;
  more: () => void;
  name: (personRef: string) => string;
}

export function EvidenceList({ side, items, open, proof, more, name }: ListProps) {
  const words = useWords();
  const id = `${side}-title`;
  return (
    <section className={`evidence evidence-${side}`} aria-labelledby={id}>
      <h2 id={id}>
        {words.lead[side]}
        <span className="number">{items.length}</span>
        {side === "against" && items.length > 0 && <span className="aside-note">{words.lead.againstNote}</span>}
      </h2>
      {items.length === 0 && <p className="empty">{side === "against" ? words.lead.againstNone : words.lead.forNone}</p>}
      <ol>
        {items.map((item) => (
          <Item key={item.evidence_ref} item={item} isOpen={open === item.evidence_ref} proof={proof} more={more} name={name} />
        ))}
      </ol>
    </section>
  );
}

interface ItemProps {
  item: Evidence;
  isOpen: boolean;
  proof: Asked<Proof>;
  more: () => void;
  name: (personRef: string) => string;
}

function Item({ item, isOpen, proof, more, name }: ItemProps) {
  const words = useWords();
  const id = `proof-${item.evidence_ref}`;
  const person = item.person_ref === null ? "" : name(item.person_ref);
  return (
    <li className="item">
      <div className="item-weight"><RatioBar log10={item.log10_lr} words={words.lead.limits} /></div>
      <div className="item-body">
        <p className="statement"><Sentence text={item.statement} /></p>
        <p className="tags">
          <span className={item.from_network ? "tag" : "tag is-strong"}>{item.from_network ? words.lead.network : words.lead.notNetwork}</span>
          {item.words !== null && <span className="tag"><Sentence text={item.words} /></span>}
          <span className="tag">{words.lead.dependence((words.group as Record<string, string>)[item.dependence_group] ?? item.dependence_group)}</span>
          {person !== "" && <span className="tag is-name">{person}</span>}
        </p>
        {item.records === 0 ? (
          <p className="hint">{words.proof.none}</p>
        ) : (
          <button
            type="button"
            className="disclose"
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setQuery({ item: isOpen ? null : item.evidence_ref }, true)}
          >
            {isOpen ? words.proof.close : words.proof.open(item.records)}
          </button>
        )}
        {item.records > 0 && <p className="hint print-only">{words.proof.open(item.records)}</p>}
        <div id={id} hidden={!isOpen}>{isOpen && <ProofOf item={item} proof={proof} more={more} />}</div>
      </div>
    </li>
  );
}

function ProofOf({ item, proof, more }: { item: Evidence; proof: Asked<Proof>; more: () => void }) {
  const words = useWords();
  if (proof.problem !== null) return <Failed problem={proof.problem} again={proof.again} />;
  const found = proof.data?.items.find((i) => i.evidence_ref === item.evidence_ref);
  if (found === undefined) return <Waiting what={words.proof.loading} />;
  return <ProofTree item={found} more={more} />;
}
