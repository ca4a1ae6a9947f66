// The people with any link to the account, by reference. A name is shown only after a reason is in the log.

import { useState } from "react";
import { post, remove } from "../api/client";
import type { LeadPage } from "../api/types";
import { ratio } from "../format";
import { useHindrance } from "../rights";
import { ReasonForm } from "../parts/reason_form";
import { useWords } from "../words";

/** So many people are listed; the others are weaker. */
const LISTED = 12;

interface Props {
  caseName: string;
  page: LeadPage;
  put: (page: LeadPage) => void;
  again: () => void;
}

export function People({ caseName, page, put, again }: Props) {
  const words = useWords();
  const [asking, setAsking] = useState(false);
  const mayNot = useHindrance("reveal_personal");
  const parts = { case: caseName, lead: page.lead.lead_ref };
  const people = page.lead.people;
  const act = async (reason: string) => {
    put(await post("/api/v1/cases/{case}/leads/{lead}/reveal", parts, { reason }));
    setAsking(false);
  };
  return (
    <section className="card people" aria-labelledby="people-title">
      <h2 id="people-title">{words.lead.people} <span className="number">{people.length}</span></h2>
      <p className="note">{people.length === 0 ? words.lead.peopleNone : words.lead.peopleNote}</p>
      <ul>
        {people.slice(0, LISTED).map((person) => (
          <li key={person.person_ref}>
            <p>
              <code>{person.person_ref}</code>
              {page.revealed && <strong className="revealed-name">{page.names[person.person_ref] ?? words.reveal.unknown}</strong>}
            </p>
            <p className="under">
              {person.links.map((link) => (words.link as Record<string, string>)[link] ?? link).join(", ")}
              {"; "}
              {person.log10_lr === null ? words.lead.unweighed : `${words.lead.log10} ${ratio(person.log10_lr, words.locale)}${person.log10_lr < 0 ? `, ${words.lead.speaksAgainst}` : ""}`}
            </p>
          </li>
        ))}
      </ul>
      {people.length > LISTED && <p className="hint">+ {people.length - LISTED}</p>}
      {page.revealed ? (
        <div className="revealed" role="status">
          <p>{words.reveal.shown}</p>
          <button type="button" onClick={() => { remove("/api/v1/cases/{case}/leads/{lead}/reveal", parts).finally(again); }}>
            {words.reveal.mask}
          </button>
        </div>
      ) : mayNot !== null ? <p className="hint hindered">{mayNot}</p> : asking ? (
        <ReasonForm
          title={words.reveal.title}
          means=""
          hint={words.reveal.hint}
          confirm={words.reveal.confirm}
          working={words.sign.working}
          act={act}
          cancel={() => setAsking(false)}
        />
      ) : people.length > 0 && (
        <div className="acts no-print"><button type="button" onClick={() => setAsking(true)}>{words.reveal.button}</button></div>
      )}
    </section>
  );
}
