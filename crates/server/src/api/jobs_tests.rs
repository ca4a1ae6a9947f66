//! Jobs: a file from a browser into the case, a run beside the requests, and what is left when one is stopped.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may stop")]

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutela_case::{Act, Role, RunOptions, Stop};

use super::PREFIX;
use super::rights_tests::{Office, PASSWORD, office};
use crate::feed::{Event, Topic};

const ROWS: &str = "platform,account_ref,at_utc,ip\nchat,late,2026-03-02T05:00:00Z,203.0.113.1\n";

async fn ended(office: &Office, cookie: &str, job: &Value) -> Value {
    let path = format!("/cases/c/jobs/{}", job["job_id"].as_str().unwrap());
    for _ in 0..600 {
        let found = office.get(&path, cookie).await.json();
        if !found["ended_utc"].is_null() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the job has not ended in 30 s");
}

async fn post(office: &Office, cookie: &str, path: &str, body: &str) -> Value {
    let answer = office.ask("post", &format!("{PREFIX}/cases/c{path}"), cookie, body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_in_and_changes_the_leads_when_run() {
    let office = office();
    let (cookie, other) = (office.cookie(Role::Investigator).await, office.cookie(Role::Examiner).await);
    let mut events = office.app.cases["c"].feed.listen();
    let upload = post(&office, &cookie, "/uploads?file_name=late.csv", ROWS).await;
    let take = json!({ "basis_id": "B1", "uploads": [upload["upload_id"]] }).to_string();
    let stolen = office.ask("post", &format!("{PREFIX}/cases/c/intakes"), &other, &take).await;
    assert_eq!(stolen.status, StatusCode::NOT_FOUND, "what one sent another does not take in");
    let job = post(&office, &cookie, "/intakes", &take).await;
    let job = ended(&office, &cookie, &job).await;
    assert_eq!((&job["state"], &job["who"]), (&"done".into(), &"investigator".into()), "{job}");
    let file = &job["result"]["files"][0];
    assert_eq!((&file["rows_in_records"], &file["refused"]), (&1.into(), &Value::Null), "{job}");
    assert_eq!(office.log("intake").last().unwrap().0, "investigator");
    assert!(!office.root.join("uploads").join(upload["upload_id"].as_str().unwrap()).exists());

    let before = office.get("/cases/c/leads", &cookie).await.json()["run_id"].clone();
    let job = post(&office, &cookie, "/runs", "").await;
    let job = ended(&office, &cookie, &job).await;
    assert_eq!(job["state"], "done", "{job}");
    assert_ne!(job["result"]["run_id"], before);
    assert_eq!(office.get("/cases/c/leads", &cookie).await.json()["run_id"], job["result"]["run_id"]);
    let job = post(&office, &cookie, "/verifications", "").await;
    assert_eq!(ended(&office, &cookie, &job).await["result"]["found"]["whole"], true);

    let mut topics = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let Event::Changed { topic, who, .. } = event {
            assert_eq!(who, "investigator");
            topics.push(topic);
        }
    }
    assert_eq!(topics, [Topic::Sources, Topic::Leads]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_job_leaves_a_case_that_goes_on() {
    let office = office();
    let cookie = office.cookie(Role::Investigator).await;
    let held = Arc::clone(&office.app.cases["c"]);
    let actor = held.shared.vouched("investigator").unwrap().unwrap();
    assert!(actor.may(Act::Run));
    // A file that is stopped leaves nothing of itself.
    let path = office.root.parent().unwrap().join("late.csv");
    std::fs::write(&path, ROWS).unwrap();
    let stop = Stop::default();
    let begun = held.act_as(&actor, |case| case.begin_intake(&path, "B1", &Default::default(), "job")).unwrap();
    stop.ask();
    assert!(matches!(begun.copy(&stop), Err(tutela_case::CaseError::Stopped)));
    begun.clear();
    assert_eq!(std::fs::read_dir(office.root.join("sealed/part")).unwrap().count(), 0);

    // A run that is stopped after its first step keeps that step, and the next one begins behind it.
    let upload = post(&office, &cookie, "/uploads?file_name=late.csv", ROWS).await;
    let take = json!({ "basis_id": "B1", "uploads": [upload["upload_id"]] }).to_string();
    let job = post(&office, &cookie, "/intakes", &take);
    ended(&office, &cookie, &job.await).await;
    let options =
        RunOptions { steps: Vec::new(), set: Vec::new(), memory_bytes: 256 << 20, partitions: 2, verify: false };
    let begun = held.act_as(&actor, |case| case.begin_run(&options)).unwrap();
    let (stop, steps) = (Stop::default(), std::sync::Mutex::new(std::collections::BTreeSet::new()));
    let told = |text: &str| {
        let mut steps = steps.lock().unwrap();
        steps.insert(text.split(':').next().unwrap().to_owned());
        if steps.len() == 2 {
            stop.ask();
        }
    };
    let run = tokio::task::spawn_blocking({
        let runs = office.log("run").len();
        let root = office.root.clone();
        move || (runs, root)
    });
    let (runs, root) = run.await.unwrap();
    let stopped = std::thread::scope(|scope| scope.spawn(|| begun.compute(&told, &stop)).join().unwrap());
    assert!(matches!(stopped, Err(tutela_case::CaseError::Stopped)), "{stopped:?}");
    assert_eq!(office.log("run").len(), runs, "a stopped run counts for nothing");
    let again = std::sync::Mutex::new(Vec::new());
    let told = |text: &str| again.lock().unwrap().push(text.to_owned());
    let report =
        std::thread::scope(|scope| scope.spawn(|| begun.compute(&told, &Stop::default())).join().unwrap()).unwrap();
    assert!(again.lock().unwrap()[0].contains("there already"), "the finished step is not computed again");
    held.act_as(&actor, |case| case.end_run(&begun, report.clone())).unwrap();
    assert!(root.join("runs").join(&report.run_id).join("run.json").exists());
    // What was computed on other records than those of today does not count.
    held.act_as(&held.shared.vouched("prosecutor").unwrap().unwrap(), |case| {
        let lapse = tutela_case::Lapse { kind: tutela_case::LapseKind::Annulled, reason: "order 7".to_owned() };
        case.lapse_basis("B1", &lapse)
    })
    .unwrap();
    let late = held.act_as(&actor, |case| case.end_run(&begun, report.clone())).unwrap_err();
    assert!(late.to_string().contains("changed while this ran"), "{late}");
    assert_eq!(office.get("/cases/c/leads", &cookie).await.status, StatusCode::CONFLICT, "no lead on a lapsed basis");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_nothing_reads_is_refused_and_the_others_are_not() {
    let office = office();
    let cookie = office.cookie(Role::Examiner).await;
    let mut ids = Vec::new();
    for (name, text) in [("what.bin", "\u{1}\u{2}nothing"), ("late.csv", ROWS)] {
        ids.push(post(&office, &cookie, &format!("/uploads?file_name={name}"), text).await["upload_id"].clone());
    }
    let job = post(&office, &cookie, "/intakes", &json!({ "basis_id": "B1", "uploads": ids }).to_string()).await;
    let job = ended(&office, &cookie, &job).await;
    let files = job["result"]["files"].as_array().unwrap();
    assert_eq!(files.len(), 2, "{job}");
    assert!(files[0]["refused"].is_string() && files[1]["refused"].is_null(), "{job}");
    assert!(!files[0]["refused"].as_str().unwrap().contains("uploads"), "no folder of the server is named: {job}");
    for (body, status) in [
        (json!({ "basis_id": "B1", "uploads": [] }), 400),
        (json!({ "basis_id": "B1", "uploads": ["x"] }), 404),
        (json!({ "basis_id": "B1", "uploads": [], "table": "no" }), 400),
    ] {
        let answer = office.ask("post", &format!("{PREFIX}/cases/c/intakes"), &cookie, &body.to_string()).await;
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.text);
    }
    assert_eq!(office.enter("examiner", PASSWORD).await.status, StatusCode::OK);
}
