//! Every role and every act, with every public method that does it, on a case that was run: what is allowed is done, what is
//! refused leaves one entry and gives nothing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tutela_model::lead::Outcome;

use super::{Act, RIGHTS, ROLES, Role};
use crate::{
    Basis, Case, CaseError, DOSSIER, Decision, EXPORT, ExportOptions, GateName, IntakeOptions, JudgementKind, Lapse,
    LapseKind, NewExhibit, NewJudgement, NewMeasure, NewSeal, NewTask, NewTransfer, PlanOptions, RunOptions,
    SealChange, TaskState, Terms, TrafficRetention, clock,
};

const PASSWORD: &str = "correct horse battery";
const REASON: &str = "a reason";
/// Acts of which some method cannot succeed on this case for other reasons than rights: nothing waits for a second person,
/// no operator has answered, no authority has stamped anything, and what one role has asked need not be asked again.
const OTHERWISE: [Act; 4] = [Act::Pending, Act::ImportReplies, Act::TimeStamps, Act::ExportRequests];

type Tried = Vec<Result<(), CaseError>>;

/// A case with people, and what is known of it.
struct Bench {
    dir: PathBuf,
    lead: String,
    person: String,
    checkpoint: String,
}

fn basis(id: &str) -> Basis {
    let text = || "x".to_owned();
    Basis {
        basis_id: id.to_owned(),
        act: text(),
        authority: text(),
        scope: text(),
        from_date: "2020-01-01".to_owned(),
        until_date: "2099-12-31".to_owned(),
    }
}

fn exhibit(name: &str) -> NewExhibit {
    let text = || "x".to_owned();
    NewExhibit {
        exhibit_ref: name.to_owned(),
        description: text(),
        from_whom: Some(text()),
        place: text(),
        seized_utc: "2026-01-01T00:00:00Z".to_owned(),
        basis_id: "b".to_owned(),
        authority: text(),
        holder: "bruno".to_owned(),
        seals: BTreeSet::from(["S1".to_owned()]),
        ..NewExhibit::default()
    }
}

impl Bench {
    fn new(dir: &Path) -> Self {
        let mut case = Case::init(&dir.join("case"), "maker").unwrap();
        case.add_basis(&basis("b")).unwrap();
        let district = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli/tests/district");
        let take = |case: &mut Case, path: &Path| {
            case.intake(path, "b", &IntakeOptions::default()).unwrap();
        };
        for table in ["session", "assignment", "account", "person", "line"] {
            take(&mut case, &district.join(format!("{table}.csv")));
        }
        let (steps, set) = (Vec::new(), Vec::new());
        let all = RunOptions { steps, set, memory_bytes: 256 << 20, partitions: 2, verify: false };
        case.run(&all, &|_| {}).unwrap();
        let lead = case.leads().unwrap().1.leads.into_iter().find(|l| l.outcome == Outcome::Supported).unwrap();
        // What goes later is in no run that counts.
        let bench = Self {
            dir: dir.to_path_buf(),
            lead: lead.lead_ref,
            person: lead.person_ref.unwrap(),
            checkpoint: case.checkpoint(),
        };
        for name in ["deleted", "purged"] {
            take(&mut case, &bench.people(name));
        }
        case.add_exhibit(&exhibit("E0")).unwrap();
        case.set_person("prosecutor", Role::Prosecutor, PASSWORD).unwrap();
        drop(case);
        let mut case = Case::open_as(&dir.join("case"), "prosecutor", Some(PASSWORD)).unwrap();
        for role in ROLES.into_iter().filter(|r| *r != Role::Prosecutor) {
            case.set_person(role.name(), role, PASSWORD).unwrap();
        }
        bench
    }

    /// A file with a person of that name, and nothing else.
    fn people(&self, name: &str) -> PathBuf {
        let path = self.dir.join(format!("{name}.csv"));
        let row = format!("person_ref,given_name,family_name,household_ref\n{name},A,B,H9\n");
        fs::write(&path, row).unwrap();
        path
    }
}

#[test]
fn every_cell_is_kept_to() {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::new(dir.path());
    for (column, role) in ROLES.into_iter().enumerate() {
        let mut case = Case::open_as(&dir.path().join("case"), role.name(), Some(PASSWORD)).unwrap();
        for (act, words, cells) in RIGHTS {
            assert_eq!(role.may(act), cells[column]);
            let before = case.entries().unwrap().len();
            let tried = look(&mut case, act, &bench)
                .or_else(|| record(&mut case, act, role))
                .or_else(|| decide(&mut case, act, &bench))
                .unwrap_or_else(|| work(&mut case, act, &bench, role));
            let after = case.entries().unwrap();
            let refused = after[before..].iter().filter(|e| e.act == "refused" && e.subject == words).count();
            let errors: Vec<String> = tried.iter().filter_map(|t| Some(t.as_ref().err()?.to_string())).collect();
            let may_not = format!("{}: may not {words}", role.name());
            let said = errors.iter().filter(|e| e.contains(&may_not)).count();
            if cells[column] {
                assert_eq!((refused, said), (0, 0), "{act:?} as {role:?}: {errors:?}");
                assert!(errors.is_empty() || OTHERWISE.contains(&act), "{act:?} as {role:?}: {errors:?}");
            } else if act != Act::RevealSpecial {
                assert!(!tried.is_empty(), "{act:?} is tried out by nothing");
                assert_eq!((refused, said), (tried.len(), tried.len()), "{act:?} as {role:?}: {errors:?}");
                assert_eq!(after.len() - before, refused, "{act:?} as {role:?}: something was done all the same");
            }
        }
    }
    let options = crate::custody::AuditOptions::default();
    let found = crate::verify(&dir.path().join("case"), &options).unwrap();
    assert!(found.is_whole(), "{:?}", found.broken);
}

/// What only shows.
fn look(case: &mut Case, act: Act, bench: &Bench) -> Option<Tried> {
    let (lead, people) = (bench.lead.as_str(), [bench.person.clone()]);
    Some(match act {
        Act::Sources => {
            vec![case.sources().map(drop), case.issues().map(drop), case.record_files().map(drop)]
        }
        Act::SeeBases => {
            vec![case.bases().map(drop), case.lapses().map(drop), case.terms().map(drop), case.retention().map(drop)]
        }
        Act::Leads => vec![
            case.leads().map(drop),
            case.sign_offs().map(drop),
            case.judgements().map(drop),
            case.changes().map(drop),
            case.stated_ratios().map(drop),
            case.referrals().map(drop),
            case.run_report().map(drop),
            case.line_checks().map(drop),
            case.picture_order().map(drop),
        ],
        Act::Explain => vec![case.explain(lead, 1, false).map(drop)],
        Act::Payments => vec![case.payments().map(drop), case.payment_changes().map(drop)],
        Act::RevealPersonal => vec![
            case.reveal(&people, REASON).map(drop),
            case.reveal_lead(lead, REASON).map(drop),
            case.explain(lead, 1, true).map(drop),
            case.read_back_all(REASON).map(drop),
        ],
        // What is shown of a class is asked for each value.
        Act::RevealSpecial => Vec::new(),
        Act::SeeRequests => vec![case.requests().map(drop), case.request_states().map(drop)],
        Act::SeeExhibits => vec![case.exhibits().map(drop), case.source_exhibits().map(drop)],
        Act::SeeMeasures => vec![case.measures().map(drop)],
        Act::SeeTasks => vec![case.tasks().map(drop)],
        Act::Pending => vec![
            case.proposals().map(drop),
            case.four_eyes().map(drop),
            case.confirm("P0").map(drop),
            case.reject("P0", REASON),
            case.withdraw_proposal("P0", REASON),
        ],
        Act::Log => vec![case.acts().map(drop)],
        Act::Backup => {
            let name = format!("{}.zip", case.entries().unwrap().len());
            vec![case.backup(&bench.dir.join(name), false).map(drop)]
        }
        Act::Check => vec![case.log_key().map(drop)],
        Act::Prove => vec![case.prove("0").map(drop), case.prove_growth(&bench.checkpoint).map(drop)],
        Act::SeePeople => vec![case.people().map(drop)],
        _ => return None,
    })
}

/// What people record.
fn record(case: &mut Case, act: Act, role: Role) -> Option<Tried> {
    let name = role.name();
    Some(match act {
        Act::Bases => {
            let urgent = Terms { urgent_since_utc: Some(clock::now_utc()), ..Terms::default() };
            vec![
                case.add_basis_with(&basis(name), &urgent),
                case.validate_basis(name, "d", &clock::now_utc()),
                case.lapse_basis(name, &Lapse { kind: LapseKind::Annulled, reason: REASON.to_owned() }).map(drop),
            ]
        }
        Act::KeepExhibits => {
            let (at_utc, reason) = ("2026-01-02T00:00:00Z".to_owned(), REASON.to_owned());
            let (from, to) = ("bruno".to_owned(), "laboratory".to_owned());
            let seals_found = BTreeSet::from(["S1".to_owned()]);
            let broken = NewSeal {
                at_utc: at_utc.clone(),
                change: SealChange::Broken,
                seal: Some("S1".to_owned()),
                new_seal: None,
                reason: reason.clone(),
            };
            let transfer = NewTransfer { at_utc, from, to, seals_found, seals_after: None, reason };
            vec![
                case.add_exhibit(&exhibit(name)).map(drop),
                case.transfer_exhibit(name, &transfer).map(drop),
                case.seal_exhibit(name, &broken).map(drop),
            ]
        }
        Act::KeepTasks => {
            let new = NewTask { what: "x".to_owned(), assignee: name.to_owned(), ..NewTask::default() };
            let made = case.add_task(&new);
            let task = made.as_ref().map_or("T0", |t| t.task_ref.as_str()).to_owned();
            vec![
                made.map(drop),
                case.reassign_task(&task, None, Some("2099-01-01"), REASON).map(drop),
                case.set_task(&task, TaskState::Done, REASON).map(drop),
            ]
        }
        Act::Dossier => vec![case.log_departure(Act::Dossier, DOSSIER, "x", serde_json::json!({})).map(drop)],
        Act::Export => vec![case.log_departure(Act::Export, EXPORT, "x", serde_json::json!({})).map(drop)],
        Act::OwnPassword => vec![case.set_own_password(PASSWORD)],
        Act::People => vec![
            case.set_person("extra", Role::Auditor, PASSWORD),
            case.remove_person("extra"),
            case.set_four_eyes(&BTreeSet::new()),
        ],
        _ => return None,
    })
}

/// What people decide.
fn decide(case: &mut Case, act: Act, bench: &Bench) -> Option<Tried> {
    let lead = bench.lead.as_str();
    let mut sign = |gate, decision| case.sign_off(lead, gate, decision, REASON).map(drop);
    Some(match act {
        Act::SignResolution => [Decision::Signed, Decision::Withdrawn].map(|d| sign(GateName::Resolution, d)).into(),
        Act::SignAttribution => [Decision::Refused, Decision::Withdrawn].map(|d| sign(GateName::Attribution, d)).into(),
        Act::Judge => {
            let (kind, leads) = (JudgementKind::SetAside, vec![lead.to_owned()]);
            let made = case.judge(&NewJudgement { kind, leads, parts: Vec::new(), reason: REASON.to_owned() });
            let judgement = made.as_ref().map_or("J0", |j| j.judgement_ref.as_str()).to_owned();
            vec![made.map(drop), case.withdraw_judgement(&judgement, REASON).map(drop)]
        }
        Act::KeepMeasures => {
            let new = NewMeasure {
                kind: "custody".to_owned(),
                person_ref: bench.person.clone(),
                from_date: "2026-01-01".to_owned(),
                authority: "x".to_owned(),
                lead_ref: Some(lead.to_owned()),
                ..NewMeasure::default()
            };
            let made = [case.add_measure(&new), case.add_measure(&new)];
            let [first, second] =
                made.each_ref().map(|m| m.as_ref().map_or("M0", |m| m.measure_ref.as_str()).to_owned());
            let mut tried: Tried = made.map(|m| m.map(drop)).into();
            tried.push(case.prolong_measure(&first, "2099-01-01", REASON).map(drop));
            tried.push(case.end_measure(&first, "2026-02-01", REASON).map(drop));
            tried.push(case.revoke_measure(&second, "2026-02-01", REASON).map(drop));
            tried
        }
        Act::Delete => vec![case.delete_source("deleted.csv", "o", REASON).map(drop)],
        Act::Purge => vec![case.purge_person("purged", REASON).map(drop)],
        _ => return None,
    })
}

/// What works on files.
fn work(case: &mut Case, act: Act, bench: &Bench, role: Role) -> Tried {
    let (options, name) = (IntakeOptions::default(), role.name());
    match act {
        Act::Intake => {
            let files = [bench.people(name), bench.people(&format!("{name}-2"))];
            vec![
                case.intake(&files[0], "b", &options).map(drop),
                case.intake_from(&files[1], "b", &options, "E0").map(drop),
            ]
        }
        // Whoever may not take files in cannot even try.
        Act::Seeds if !role.may(Act::Intake) => vec![case.need(Act::Seeds)],
        Act::Seeds => {
            let path = bench.dir.join(format!("seed-{name}.csv"));
            let headings = "provider,account_ref,evidence_ref,reason,stated_by";
            fs::write(&path, format!("{headings}\n,{name}@example.org,E0,known,{name}\n")).unwrap();
            vec![case.intake(&path, "b", &options).map(drop)]
        }
        Act::PlanRequests => {
            let plan = PlanOptions {
                as_of_us: Some(1_790_000_000_000_000),
                retention: TrafficRetention::Listed,
                address_blocks: None,
                set: Vec::new(),
                memory_bytes: 256 << 20,
                partitions: 2,
            };
            vec![case.plan_requests(&plan, &|_| {}).map(drop)]
        }
        Act::ExportRequests => {
            let (basis_id, out) = ("b".to_owned(), bench.dir.join(format!("out-{name}")));
            let (accounts, operators) = (Vec::new(), Vec::new());
            let export = ExportOptions { basis_id, out, zone: "Europe/Rome".to_owned(), accounts, operators };
            vec![case.export_requests(&export).map(drop)]
        }
        Act::ImportReplies => {
            let file = bench.people("no-reply");
            vec![case.import_reply(&[file], "b", &options, false).map(drop)]
        }
        Act::Run => {
            let (steps, set) = (vec!["resolve_sessions".to_owned()], Vec::new());
            let some = RunOptions { steps, set, memory_bytes: 256 << 20, partitions: 2, verify: false };
            vec![case.run(&some, &|_| {}).map(drop)]
        }
        Act::TimeStamps => {
            let file = bench.people("no-token");
            vec![case.timestamp_request().map(drop), case.timestamp_attach(&file).map(drop)]
        }
        other => panic!("{other:?} is tried out by nothing"),
    }
}

/// Methods that ask for the right in another one that they call, and three that show nothing of the case.
const ASK_ELSEWHERE: [&str; 13] = [
    "add_basis",
    "end_measure",
    "revoke_measure",
    "prolong_measure",
    "confirm",
    "reject",
    "withdraw_proposal",
    "reveal",
    "root",
    "checkpoint",
    "resume",
    "is_allowed",
    "run",
];

#[test]
fn every_public_method_asks_for_a_right() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let (mut seen, mut silent) = (0, Vec::new());
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let blocks = text.split("\nimpl Case {\n").skip(1).map(|b| b.split("\n}\n").next().unwrap());
            for method in blocks.flat_map(|b| b.split("\n    pub fn ").skip(1)) {
                let (name, body) = method.split_once('(').unwrap();
                let body = body.split("\n    }\n").next().unwrap();
                let acts = body.split('{').next().unwrap().contains("self");
                seen += usize::from(acts);
                if acts && !body.contains("self.need(") && !ASK_ELSEWHERE.contains(&name) {
                    silent.push(format!("{}: {name}", path.display()));
                }
            }
        }
    }
    assert!(seen > 60, "only {seen} methods found");
    assert!(silent.is_empty(), "ask for no right: {silent:?}");
}
