//! Who sees what, over all routes: to a visitor without the right every route of a case answers 403 and nothing of the case,
//! and no answer names anybody before a reveal.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use tutela_case::{Act, Basis, Case, IntakeOptions, ROLES, Role, RunOptions, SharedCase};

use super::{PREFIX, Route, router, routes};
use crate::guard::Reach;
use crate::held::HeldCase;
use crate::sign_in::SignIn;
use crate::{App, Desk, guard};

pub(super) const PASSWORD: &str = "correct horse battery";
/// A value that no reader takes, in a file of the case: whatever stands in a broken row may be somebody's.
const PLANTED: &str = "Zaffira Vattelapesca 347 5550199";

fn district() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli/tests/district")
}

/// Every name that the registers of the district hold.
fn names() -> Vec<String> {
    let text = std::fs::read_to_string(district().join("person.csv")).unwrap();
    let mut names: Vec<String> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .map(|cells| format!("{} {}", cells[1], cells[2]))
        .collect();
    names.push(PLANTED.to_owned());
    names.extend(["Vattelapesca".to_owned(), "Esempio".to_owned()]);
    assert!(names.len() > 5);
    names
}

fn make_case(root: &Path) {
    let text = |t: &str| t.to_owned();
    let basis = Basis {
        basis_id: text("B1"),
        act: text("order 12/2026"),
        authority: text("public prosecutor"),
        scope: text("log-ins and assignments"),
        from_date: text("2020-01-01"),
        until_date: text("2099-12-31"),
    };
    let mut case = Case::init(root, "maker").unwrap();
    case.add_basis(&basis).unwrap();
    let broken = root.parent().unwrap().join("session.csv");
    let rows = format!(
        "platform,account_ref,at_utc,ip\nchat,x,{PLANTED},203.0.113.1\nchat,x,2026-03-01T05:00:00Z,203.0.113.1\n"
    );
    std::fs::write(&broken, rows).unwrap();
    let tables = ["session", "assignment", "account", "person", "line"].map(|t| district().join(format!("{t}.csv")));
    for path in tables.iter().chain([&broken]) {
        case.intake(path, "B1", &IntakeOptions::default()).unwrap();
    }
    let run = RunOptions { steps: Vec::new(), set: Vec::new(), memory_bytes: 256 << 20, partitions: 2, verify: false };
    case.run(&run, &|_| {}).unwrap();
    case.set_person("prosecutor", Role::Prosecutor, PASSWORD).unwrap();
    for role in ROLES.into_iter().filter(|r| *r != Role::Prosecutor) {
        case.set_person(role.name(), role, PASSWORD).unwrap();
    }
}

pub(super) struct Office {
    _folder: tempfile::TempDir,
    pub(super) root: PathBuf,
    pub(super) app: App,
}

pub(super) fn office() -> Office {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("case");
    // A run has threads of its own, and waits for them.
    std::thread::scope(|scope| scope.spawn(|| make_case(&root)).join().unwrap());
    let held = HeldCase::new(SharedCase::open(&root, "server").unwrap(), 1 << 20).unwrap();
    let address = "127.0.0.1:8420".parse().unwrap();
    let (sign_in, _) = SignIn::new("server", 8420, false).unwrap();
    let cases = BTreeMap::from([("c".to_owned(), Arc::new(held))]);
    let app = Arc::new(Desk {
        cases,
        sign_in,
        reach: Reach::new(address, false, &[]),
        provider: None,
        told: Box::new(|_| {}),
    });
    Office { _folder: folder, root, app }
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

impl Office {
    pub(super) async fn ask(&self, method: &str, path: &str, cookie: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(method.to_uppercase().as_str())
            .uri(path)
            .header(header::HOST, "127.0.0.1:8420")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, cookie)
            .body(Body::from(body.to_owned()))
            .unwrap();
        let answer = guard::wrap(&self.app, router(&self.app)).oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        // A stream of events has no end; what it begins with is enough.
        let bytes = if parts.headers.get(header::CONTENT_TYPE).is_some_and(|t| t == "text/event-stream") {
            Vec::new()
        } else {
            to_bytes(body, 16 << 20).await.unwrap().to_vec()
        };
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub(super) async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.ask("get", &format!("{PREFIX}{path}"), cookie, "").await
    }

    pub(super) async fn enter(&self, name: &str, password: &str) -> Answer {
        let body = json!({ "name": name, "password": password }).to_string();
        self.ask("post", &format!("{PREFIX}/session/password"), "", &body).await
    }

    pub(super) async fn cookie(&self, role: Role) -> String {
        let answer = self.enter(role.name(), PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
    }

    pub(super) async fn a_lead(&self, cookie: &str) -> (String, String) {
        let list = self.get("/cases/c/leads?outcome=supported", cookie).await.json();
        let lead = list["leads"][0]["lead_ref"].as_str().unwrap().to_owned();
        let page = self.get(&format!("/cases/c/leads/{lead}"), cookie).await.json();
        (lead, page["lead_digest"].as_str().unwrap().to_owned())
    }

    pub(super) fn log(&self, act: &str) -> Vec<(String, String)> {
        let entries = tutela_case::custody::read(&self.root.join("custody")).unwrap();
        entries.into_iter().filter(|e| e.act == act).map(|e| (e.who, e.subject)).collect()
    }
}

fn filled(route: &Route, lead: &str, source: &str) -> String {
    let path = route.path.replace("{case}", "c").replace("{lead}", lead).replace("{source}", source);
    let parts = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
    let query = match route.id {
        "getGraph" => "?open=account:chat:x",
        "findNodes" => "?search=",
        "listNeighbours" => "?node=account:chat:x",
        "findPath" => "?from=account:chat:x&to=person:P1",
        "getTie" => "?from=account:chat:x&to=address:203.0.113.1",
        "listTieRecords" => "?from=account:chat:x&to=address:203.0.113.1&tie=connected_from&most=20",
        "getTime" => "?nodes=account:chat:x",
        "getFlow" => "?seed=payment:1",
        "uploadFile" => "?file_name=a.csv",
        _ => "",
    };
    format!("{PREFIX}{}{query}", parts.collect::<Vec<_>>().join("/"))
}

/// What changes something is asked for with a body that the route takes, so that it is done and not refused as malformed.
fn body(route: &Route, lead: &str, digest: &str) -> String {
    let reason = "because of the order";
    let body = match route.id {
        "signOff" => json!({ "gate": "resolution", "decision": "signed", "reason": reason, "lead_digest": digest }),
        "revealLead" => json!({ "reason": reason }),
        "makeDossier" => json!({ "form": "pdf", "lang": "en" }),
        "makeExport" => json!({ "format": "csv", "leads": [lead] }),
        "judge" => json!({ "kind": "refute", "lead_ref": lead, "lead_digest": digest, "reason": reason }),
        "withdrawJudgement" => json!({ "reason": reason }),
        "decideProposal" => json!({ "decision": "reject", "reason": reason }),
        "setFourEyes" => json!({ "acts": [] }),
        "makePlan" => json!({ "retention": "listed" }),
        "proveGrowth" => json!({ "checkpoint": "nothing" }),
        "exportRequests" => json!({ "basis_id": "B1" }),
        _ => json!({}),
    };
    body.to_string()
}

#[test]
fn every_route_of_a_case_names_its_right() {
    for route in routes() {
        assert_eq!(route.is_of_a_case(), route.right.is_some(), "{}: .needs(Act::...) is missing", route.id);
        assert!(!(route.open && route.is_of_a_case()), "{}: no route of a case is open", route.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_every_route_answers_403_and_nothing_of_the_case() {
    let office = office();
    let names = names();
    let prosecutor = office.cookie(Role::Prosecutor).await;
    let (lead, digest) = office.a_lead(&prosecutor).await;
    let source = office.get("/cases/c/sources", &prosecutor).await.json()["sources"][0]["source_id"].clone();
    let source = source.as_str().unwrap();
    let (mut refused, mut answered) = (0, 0);
    for role in ROLES {
        let cookie = office.cookie(role).await;
        for route in routes().into_iter().filter(Route::is_of_a_case) {
            let act = route.right.unwrap();
            // What changes the case is tried by those who may not; whether the others can is tested elsewhere.
            if role.may(act) && route.method != "get" {
                continue;
            }
            let before = office.log("refused").len();
            let answer =
                office.ask(route.method, &filled(&route, &lead, source), &cookie, &body(&route, &lead, &digest)).await;
            let what = format!("{} as {}: {}", route.id, role.name(), answer.text);
            assert!(names.iter().all(|name| !answer.text.contains(name.as_str())), "{what}");
            if role.may(act) {
                assert_ne!(answer.status, StatusCode::FORBIDDEN, "{what}");
                assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{what}");
                // What the case has nothing of is answered with "not found", and nothing is refused as malformed.
                assert!(answer.status.is_success() || answer.status == StatusCode::NOT_FOUND, "{what}");
                answered += 1;
                continue;
            }
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
            assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{what}");
            assert_eq!(answer.json()["code"], "not_allowed", "{what}");
            assert!(!answer.text.contains(&lead) && !answer.text.contains(source), "{what}");
            let log = office.log("refused");
            assert_eq!((log.len(), log.last().unwrap().0.as_str()), (before + 1, role.name()), "{what}");
            refused += 1;
        }
    }
    assert!(refused >= 5 && answered >= 20, "{refused} refused, {answered} answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_act_of_those_who_may_answers_with_a_name_but_the_reveal() {
    let office = office();
    let cookie = office.cookie(Role::Prosecutor).await;
    let (lead, digest) = office.a_lead(&cookie).await;
    let (mut done, mut named) = (Vec::new(), Vec::new());
    for route in routes().into_iter().filter(|r| r.is_of_a_case() && r.method != "get") {
        // The reveal comes last of all, elsewhere: from there on this visitor is shown names.
        if !Role::Prosecutor.may(route.right.unwrap()) || route.id == "revealLead" {
            continue;
        }
        let answer =
            office.ask(route.method, &filled(&route, &lead, "00"), &cookie, &body(&route, &lead, &digest)).await;
        let what = format!("{}: {} {:.300}", route.id, answer.status, answer.text);
        assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{what}");
        if answer.status.is_success() {
            done.push(route.id);
        }
        if names().iter().any(|name| answer.text.contains(name.as_str())) {
            named.push(what);
        }
    }
    assert_eq!(named, Vec::<String>::new());
    for id in ["signOff", "maskLead", "judge", "setFourEyes", "makePlan", "makeDossier", "makeExport"] {
        assert!(done.contains(&id), "{id} was not done; done were {done:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_and_refusal_is_logged_under_the_visitors_own_name() {
    let office = office();
    let (prosecutor, examiner) = (office.cookie(Role::Prosecutor).await, office.cookie(Role::Examiner).await);
    let investigator = office.cookie(Role::Investigator).await;
    let (lead, digest) = office.a_lead(&prosecutor).await;
    let path = format!("{PREFIX}/cases/c/leads/{lead}/sign-offs");
    let sign =
        |gate: &str| json!({ "gate": gate, "decision": "signed", "reason": "read all of it", "lead_digest": digest });
    let answer = office.ask("post", &path, &examiner, &sign("resolution").to_string()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
    assert_eq!(office.ask("post", &path, &investigator, &sign("resolution").to_string()).await.status, StatusCode::OK);
    assert_eq!(office.ask("post", &path, &prosecutor, &sign("attribution").to_string()).await.status, StatusCode::OK);
    let who: Vec<String> = office.log("sign_off").into_iter().map(|(who, _)| who).collect();
    assert_eq!(who, ["investigator", "prosecutor"]);
    assert_eq!(office.log("refused").last().unwrap().0, "examiner");

    // What one was shown with a reason nobody else sees.
    let reveal = format!("{PREFIX}/cases/c/leads/{lead}/reveal");
    let body = json!({ "reason": "to draft the request" }).to_string();
    let shown = office.ask("post", &reveal, &investigator, &body).await;
    assert!(names().iter().any(|name| shown.text.contains(name.as_str())), "{}", shown.text);
    for path in [format!("/cases/c/leads/{lead}"), format!("/cases/c/leads/{lead}/proof")] {
        let seen = office.get(&path, &prosecutor).await;
        assert!(names().iter().all(|name| !seen.text.contains(name.as_str())), "{}", seen.text);
    }
    assert_eq!(office.log("reveal").last().unwrap().0, "investigator");
    // Each look at the records unmasked is an act of its own; one that is masked is none.
    let proof = format!("/cases/c/leads/{lead}/proof");
    for looks in 1..=2 {
        let seen = office.get(&proof, &investigator).await;
        assert_eq!((seen.status, &seen.json()["unmasked"]), (StatusCode::OK, &true.into()), "{}", seen.text);
        office.get(&proof, &prosecutor).await;
        assert_eq!(office.log("read"), vec![("investigator".to_owned(), lead.clone()); looks]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_lets_nobody_in_and_too_many_lock() {
    let office = office();
    for (name, password) in [("auditor", "wrong password"), ("nobody", PASSWORD), ("", ""), ("auditor", "")] {
        let answer = office.enter(name, password).await;
        assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::UNAUTHORIZED, &"sign_in_refused".into()));
        assert!(!answer.headers.contains_key(header::SET_COOKIE));
    }
    assert_eq!(office.log("sign_in_failed").len(), 2);
    for _ in 1..tutela_case::ATTEMPTS {
        office.enter("auditor", "wrong password").await;
    }
    let locked = office.enter("auditor", PASSWORD).await;
    assert_eq!((locked.status, &locked.json()["code"]), (StatusCode::UNAUTHORIZED, &"locked_out".into()));
    assert!(office.cookie(Role::Prosecutor).await.starts_with("tutela-8420="));
    let ways = office.get("/session/ways", "").await.json();
    assert_eq!((&ways["link"], &ways["password"]), (&false.into(), &true.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_removed_or_changed_is_out_at_once() {
    let office = office();
    let (auditor, defence) = (office.cookie(Role::Auditor).await, office.cookie(Role::Defence).await);
    let session = office.get("/session", &defence).await.json();
    assert_eq!(session["cases"][0]["role"], "defence");
    assert_eq!(
        session["cases"][0]["may"],
        json!([
            "see_bases",
            "leads",
            "explain",
            "payments",
            "see_exhibits",
            "dossier",
            "check",
            "prove",
            "own_password"
        ])
    );
    let held = Arc::clone(&office.app.cases["c"]);
    let prosecutor = held.shared.vouched("prosecutor").unwrap().unwrap();
    assert!(prosecutor.may(Act::People));
    held.act_as(&prosecutor, |case| {
        case.remove_person("defence")?;
        case.set_person("auditor", Role::Auditor, "another password")
    })
    .unwrap();
    for cookie in [auditor, defence] {
        assert_eq!(office.get("/cases/c/leads", &cookie).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(office.get("/session", &cookie).await.status, StatusCode::UNAUTHORIZED);
    }
    assert!(held.shared.alone("server").is_err(), "a case with people is nobody's alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_request_is_a_problem_that_says_what_is_wrong() {
    let office = office();
    let cookie = office.cookie(Role::Prosecutor).await;
    let leads = format!("{PREFIX}/cases/c/leads");
    let long = format!("{{\"reason\":\"{}\"}}", "a".repeat(70_000));
    let reveal = format!("{leads}/L-1/reveal");
    for (method, path, body, status) in [
        ("get", format!("{leads}?outcome=guilty"), "", 400),
        ("get", format!("{leads}?page=0"), "", 400),
        ("get", format!("{leads}?per_page=501"), "", 400),
        ("get", format!("{leads}?page=-1"), "", 400),
        ("get", format!("{leads}?unheard_of=1"), "", 400),
        ("get", format!("{leads}/L-1/proof?most=201"), "", 400),
        ("post", reveal.clone(), "{", 400),
        ("post", reveal.clone(), "{}", 422),
        ("post", reveal.clone(), r#"{"reason":" . "}"#, 422),
        ("post", reveal.clone(), r#"{"reason":"because","more":1}"#, 422),
        ("post", reveal, long.as_str(), 413),
        ("put", format!("{PREFIX}/session"), "", 405),
        ("get", format!("{PREFIX}/nothing"), "", 404),
    ] {
        let answer = office.ask(method, &path, &cookie, body).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path} {body:.40}: {}", answer.text);
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{path}");
        assert!(answer.json()["detail"].as_str().is_some_and(|d| !d.is_empty()), "{path}");
    }
}
