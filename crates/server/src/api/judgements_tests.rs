//! Splits and merges over the API: made on what was read, listed with their parts, and taken back.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop")]

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutela_case::Role;

use super::PREFIX;
use super::rights_tests::{Answer, Office, office};

const REASON: &str = "two hands wrote on different devices";

async fn judge(office: &Office, cookie: &str, body: &Value) -> Answer {
    office.ask("post", &format!("{PREFIX}/cases/c/judgements"), cookie, &body.to_string()).await
}

async fn page(office: &Office, cookie: &str, lead: &str) -> Value {
    office.get(&format!("/cases/c/leads/{lead}"), cookie).await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_split_into_the_people_behind_it() {
    let office = office();
    let cookie = office.cookie(Role::Prosecutor).await;
    let (lead, digest) = office.a_lead(&cookie).await;
    let said = page(&office, &cookie, &lead).await;
    let item = said["lead"]["for"][0]["evidence_ref"].clone();
    let person = said["lead"]["person_ref"].clone();
    let split = |parts: Value| json!({ "kind": "split", "lead_ref": lead, "lead_digest": digest, "reason": REASON, "parts": parts });
    let part = |name: &str| json!({ "name": name });
    for (wrong, why) in [
        (json!([]), "found 0 parts"),
        (json!([part("A")]), "found 1 parts"),
        (json!([part("A"), part("A")]), "two parts are called A"),
        (json!([{ "name": "A", "evidence_refs": ["nothing"] }, part("B")]), "no item of evidence nothing"),
        (json!([{ "name": "A", "person_ref": "Somebody Someone" }, part("B")]), "expected a person_ref"),
        (
            json!([{ "name": "A", "evidence_refs": [item] }, { "name": "B", "evidence_refs": [item] }]),
            "expected one of",
        ),
    ] {
        let answer = judge(&office, &cookie, &split(wrong)).await;
        assert!(answer.status.is_client_error() && answer.text.contains(why), "{why}: {}", answer.text);
        assert!(!answer.text.contains("Somebody"), "{}", answer.text);
    }
    let wanted = json!([
        { "name": "A", "person_ref": person, "evidence_refs": [item] },
        { "name": "B", "person_ref": null, "evidence_refs": [] },
    ]);
    let made = judge(&office, &cookie, &split(wanted.clone())).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let made = made.json()["judgements"][0].clone();
    assert_eq!((&made["kind"], &made["parts"], &made["stands"]), (&"split".into(), &wanted, &true.into()));
    let path = format!("{PREFIX}/cases/c/judgements/{}/withdrawals", made["judgement_ref"].as_str().unwrap());
    let taken = office.ask("post", &path, &cookie, &json!({ "reason": "one hand after all" }).to_string()).await;
    assert_eq!(taken.json()["judgements"][0]["stands"], false, "{}", taken.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_of_one_person_are_merged_as_each_was_read() {
    let office = office();
    let cookie = office.cookie(Role::Prosecutor).await;
    let (lead, digest) = office.a_lead(&cookie).await;
    let all = office.get("/cases/c/leads", &cookie).await.json();
    let others: Vec<&str> = all["leads"].as_array().unwrap().iter().filter_map(|l| l["lead_ref"].as_str()).collect();
    let other = *others.iter().find(|l| **l != lead).unwrap();
    let digest_of_other = page(&office, &cookie, other).await["lead_digest"].clone();
    let merge = |others: Value| json!({ "kind": "merge", "lead_ref": lead, "lead_digest": digest, "reason": REASON, "others": others });
    let alone = judge(&office, &cookie, &merge(json!([]))).await;
    assert!(alone.status.is_client_error() && alone.text.contains("found 1 leads"), "{}", alone.text);
    let stale = judge(&office, &cookie, &merge(json!([{ "lead_ref": other, "lead_digest": "00" }]))).await;
    assert_eq!((stale.status, &stale.json()["code"]), (StatusCode::CONFLICT, &"changed".into()), "{}", stale.text);
    let nobody = judge(&office, &cookie, &merge(json!([{ "lead_ref": "L-none", "lead_digest": "00" }]))).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND, "{}", nobody.text);
    assert!(office.log("judgement").is_empty(), "nothing was kept of what was refused");
    let body = merge(json!([{ "lead_ref": other, "lead_digest": digest_of_other }]));
    let made = judge(&office, &cookie, &body).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    for of in [lead.as_str(), other] {
        let listed = office.get(&format!("/cases/c/judgements?lead={of}"), &cookie).await.json();
        let merged: Vec<&str> =
            listed["judgements"][0]["leads"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(merged.len() == 2 && merged.contains(&lead.as_str()) && merged.contains(&other), "{listed}");
    }
}
