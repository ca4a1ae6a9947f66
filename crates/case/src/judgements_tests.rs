//! What goes against a judgement and what does not, kind by kind.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use serde_json::json;
use tutela_model::lead::{Lead, Outcome};

use super::{Judged, Judgement, JudgementKind, Part, by_ref, contradiction};

fn lead(name: &str, person: Option<&str>, items: &[&str]) -> Lead {
    let gate = json!({ "proposition": "p", "alternative": "a", "log10_lr": null, "words": null, "status": "open", "reason": "why" });
    let items: Vec<_> = items
        .iter()
        .map(|item| {
            json!({ "evidence_ref": item, "kind": "k", "statement": "s", "log10_lr": null, "words": null, "dependence_group": "g",
                "from_network": true, "person_ref": null, "line": null, "records": 1 })
        })
        .collect();
    serde_json::from_value(json!({
        "lead_ref": name, "account": { "platform": "example", "account_ref": name },
        "outcome": if person.is_some() { "supported" } else { "insufficient" }, "person_ref": person,
        "counts": { "connections": 1, "usable": 1, "assigned": 1, "episodes": 1 },
        "resolution": gate, "lines": [], "attribution": gate, "people": [], "against": [], "for": items, "hypotheses": [],
        "missing": [], "next_step": "n"
    }))
    .unwrap()
}

fn judgement(kind: JudgementKind, leads: &[(&str, Option<&str>)], parts: &[&str]) -> Judgement {
    let judged = |(name, person): &(&str, Option<&str>)| Judged {
        lead_ref: (*name).to_owned(),
        lead_digest: "d".to_owned(),
        outcome: if person.is_some() { Outcome::Supported } else { Outcome::Insufficient },
        person_ref: person.map(str::to_owned),
    };
    let part = |item: &&str| Part { name: "A".to_owned(), person_ref: None, evidence_refs: vec![(*item).to_owned()] };
    Judgement {
        judgement_ref: "J1".to_owned(),
        kind,
        leads: leads.iter().map(judged).collect(),
        parts: parts.iter().map(part).collect(),
        reason: "r".to_owned(),
        who: "w".to_owned(),
        utc: "u".to_owned(),
        run_id: "first".to_owned(),
        withdrawn: None,
        contradicted: None,
        not_compared: None,
    }
}

#[test]
fn a_run_goes_against_what_it_contradicts_and_nothing_else() {
    use JudgementKind::{Confirm, Merge, Refute, SetAside, Split};
    let (p, q, none) = (Some("P"), Some("Q"), None);
    // Kind, what it was, what it is, in the same run or a later one, and what is said.
    let cases = [
        (Confirm, p, p, "later", ""),
        (Confirm, p, q, "later", "another person, Q"),
        (Confirm, p, none, "later", "now insufficient"),
        (Refute, p, p, "first", ""),
        (Refute, p, p, "later", "supported again, for P"),
        (Refute, p, q, "later", ""),
        (Refute, none, p, "later", "supported again, for P"),
        (Refute, p, none, "later", ""),
        (SetAside, none, none, "later", ""),
        (SetAside, none, p, "later", "now supported, for P"),
        (SetAside, p, p, "later", ""),
        (SetAside, p, q, "later", "another person, Q"),
        (Split, none, none, "later", ""),
        (Split, none, p, "later", "supported for one, P"),
        (Split, p, p, "first", ""),
    ];
    for (kind, was, is, run, said) in cases {
        let leads = [lead("L", is, &["item"])];
        let document = document(&leads);
        let found = contradiction(&judgement(kind, &[("L", was)], &["item"]), run, &by_ref(&document));
        let why = found.map(|c| c.why.join("; ")).unwrap_or_default();
        assert!(
            if said.is_empty() { why.is_empty() } else { why.contains(said) },
            "{kind:?} {was:?} {is:?} {run}: {why}"
        );
        let gone = contradiction(&judgement(kind, &[("M", was)], &[]), run, &by_ref(&document)).unwrap();
        assert!(gone.why[0].contains("is not in this run"));
    }
    let merged = |a, b| {
        let document = document(&[lead("L", a, &[]), lead("M", b, &[])]);
        contradiction(&judgement(Merge, &[("L", none), ("M", none)], &[]), "later", &by_ref(&document))
    };
    assert!(merged(p, p).is_none() && merged(p, none).is_none() && merged(none, none).is_none());
    assert!(merged(p, q).unwrap().why[0].contains("name different people: lead L P, lead M Q"));
    let document = document(&[lead("L", none, &["other"])]);
    let split = contradiction(&judgement(Split, &[("L", none)], &["item"]), "later", &by_ref(&document)).unwrap();
    assert!(split.why[0].contains("part A rests on item, which it no longer has"), "{split:?}");
}

fn document(leads: &[Lead]) -> tutela_model::lead::LeadsDocument {
    tutela_model::lead::LeadsDocument {
        format: tutela_model::lead::LEADS_FORMAT.to_owned(),
        funnel: tutela_model::lead::Funnel::default(),
        leads: leads.to_vec(),
    }
}
