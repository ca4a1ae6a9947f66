// Splitting an account into the people behind it: who they are, and whose each item of evidence is.

import { useId, useState } from "react";
import type { Evidence, LeadPage } from "../api/types";
import { ReasonForm } from "../parts/reason_form";
import { Sentence } from "../parts/sentence";
import { useWords } from "../words";
import { type Judge, personName } from "./judging";
import { PARTS_MOST, type SplitDraft, TWO_PARTS, given, partsOf, splitLacks, withChange, withPart, withoutPart } from "./splitting";

interface Props {
  page: LeadPage;
  judge: Judge;
  cancel: () => void;
}

interface DraftProps {
  page: LeadPage;
  draft: SplitDraft;
  set: (draft: SplitDraft) => void;
}

export function SplitForm({ page, judge, cancel }: Props) {
  const words = useWords();
  const w = words.judgement;
  const [draft, setDraft] = useState<SplitDraft>(TWO_PARTS);
  const lacks = splitLacks(draft);
  return (
    <ReasonForm
      title={w.titles.split}
      means={w.means.split}
      hint={words.sign.reasonHint}
      confirm={w.verbs.split}
      working={words.sign.working}
      act={(reason) => judge({ reason, parts: partsOf(draft, [...page.lead.against, ...page.lead.for]) })}
      cancel={cancel}
      ready={lacks === null}
    >
      <People page={page} draft={draft} set={setDraft} />
      <p className="hint" role="status">{lacks === null ? "" : w.lacks[lacks]}</p>
      <Items title={words.lead.against} items={page.lead.against} draft={draft} set={setDraft} />
      <Items title={words.lead.for} items={page.lead.for} draft={draft} set={setDraft} />
    </ReasonForm>
  );
}

function People({ page, draft, set }: DraftProps) {
  const w = useWords().judgement;
  const id = useId();
  return (
    <fieldset className="split-people">
      <legend>{w.people}</legend>
      {draft.parts.map((part, at) => (
        <div key={part.id} role="group" aria-label={w.part(at + 1)}>
          <label htmlFor={`${id}-name-${part.id}`}>{w.name}</label>
          <input id={`${id}-name-${part.id}`} value={part.name} maxLength={200} required autoComplete="off" onChange={(event) => set(withChange(draft, part.id, { name: event.target.value }))} />
          <label htmlFor={`${id}-person-${part.id}`}>{w.person}</label>
          <select id={`${id}-person-${part.id}`} value={part.person} onChange={(event) => set(withChange(draft, part.id, { person: event.target.value }))}>
            <option value="">{w.unknown}</option>
            {page.lead.people.map((person) => <option key={person.person_ref} value={person.person_ref}>{personName(page, person.person_ref)}</option>)}
          </select>
          {draft.parts.length > 2 && <button type="button" className="quiet" onClick={() => set(withoutPart(draft, part.id))}>{w.removePart}<span className="visually-hidden"> {part.name}</span></button>}
        </div>
      ))}
      {draft.parts.length < PARTS_MOST && <button type="button" onClick={() => set(withPart(draft))}>{w.addPart}</button>}
    </fieldset>
  );
}

interface ItemsProps {
  title: string;
  items: readonly Evidence[];
  draft: SplitDraft;
  set: (draft: SplitDraft) => void;
}

function Items({ title, items, draft, set }: ItemsProps) {
  const w = useWords().judgement;
  const id = useId();
  if (items.length === 0) return null;
  return (
    <fieldset className="split-items">
      <legend>{w.whose(title)}</legend>
      {items.map((item) => (
        <div key={item.evidence_ref}>
          <label htmlFor={`${id}-${item.evidence_ref}`}><Sentence text={item.statement} /></label>
          <select
            id={`${id}-${item.evidence_ref}`}
            value={String(draft.whose[item.evidence_ref] ?? "")}
            onChange={(event) => set(given(draft, item.evidence_ref, event.target.value === "" ? null : Number(event.target.value)))}
          >
            <option value="">{w.nobody}</option>
            {draft.parts.map((part) => <option key={part.id} value={part.id}>{part.name}</option>)}
          </select>
        </div>
      ))}
    </fieldset>
  );
}
