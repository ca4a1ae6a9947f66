//! Every cell of the table of rights: what is allowed is done, what is refused leaves an entry and shows nothing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::fs;
use std::path::Path;

use super::{Act, RIGHTS, ROLES, Role, rights_table};
use crate::people::{ATTEMPTS, PASSWORD_CHARACTERS};
use crate::{Basis, Case, CaseError, Decision, GateName, IntakeOptions, Lapse, LapseKind, RunOptions};

const PASSWORD: &str = "correct horse battery";

fn case_with_people(root: &Path) {
    let mut case = Case::init(root, "maker").unwrap();
    case.set_person("prosecutor", Role::Prosecutor, PASSWORD).unwrap();
    drop(case);
    let mut case = Case::open_as(root, "prosecutor", Some(PASSWORD)).unwrap();
    for role in ROLES.into_iter().filter(|r| *r != Role::Prosecutor) {
        case.set_person(role.name(), role, PASSWORD).unwrap();
    }
}

fn basis(id: &str) -> Basis {
    let day = |d: &str| d.to_owned();
    let text = || "x".to_owned();
    Basis {
        basis_id: id.to_owned(),
        act: text(),
        authority: text(),
        scope: text(),
        from_date: day("2020-01-01"),
        until_date: day("2099-12-31"),
    }
}

/// Does what an act stands for. That it then fails for another reason does not matter here.
fn try_out(case: &mut Case, act: Act, file: &Path) -> Vec<CaseError> {
    let failed = |results: Vec<Result<(), CaseError>>| results.into_iter().filter_map(Result::err).collect();
    let options = || RunOptions {
        steps: vec!["nothing".to_owned()],
        set: Vec::new(),
        memory_bytes: 1,
        partitions: 1,
        verify: false,
    };
    failed(match act {
        Act::Sources => vec![case.sources().map(|_| ()), case.issues().map(|_| ())],
        Act::Leads => vec![case.leads().map(|_| ()), case.explain("x", 1, false).map(|_| ())],
        Act::RevealPersonal => vec![case.reveal(&["p".to_owned()], "a reason").map(|_| ())],
        Act::RevealSpecial => Vec::new(),
        Act::Bases => vec![
            case.add_basis(&basis("new")),
            case.lapse_basis("none", &Lapse { kind: LapseKind::Annulled, reason: "r".to_owned() }).map(|_| ()),
            case.validate_basis("none", "d", "2026-01-01T00:00:00Z"),
        ],
        Act::Intake => vec![case.intake(file, "none", &IntakeOptions::default()).map(|_| ())],
        Act::Run => vec![case.run(&options(), &|_| {}).map(|_| ())],
        Act::SignResolution => {
            vec![case.sign_off("x", GateName::Resolution, Decision::Refused, "r").map(|_| ())]
        }
        Act::SignAttribution => {
            vec![case.sign_off("x", GateName::Attribution, Decision::Refused, "r").map(|_| ())]
        }
        Act::Delete => vec![case.delete_source("nothing.csv", "o", "r").map(|_| ())],
        Act::Purge => vec![case.purge_person("nobody", "r").map(|_| ())],
        Act::Log => vec![case.acts().map(|_| ())],
        Act::Prove => vec![case.prove("0").map(|_| ()), case.timestamp_request().map(|_| ())],
        Act::People => {
            vec![case.set_person("auditor", Role::Auditor, PASSWORD), case.remove_person("nobody")]
        }
        Act::Backup => vec![case.backup(&file.with_extension("zip"), false).map(|_| ())],
    })
}

#[test]
fn every_cell_is_kept_to() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("case");
    case_with_people(&root);
    let file = dir.path().join("x.csv");
    fs::write(&file, "platform,account_ref\nexample,a\n").unwrap();
    for (column, role) in ROLES.into_iter().enumerate() {
        let mut case = Case::open_as(&root, role.name(), Some(PASSWORD)).unwrap();
        for (act, words, cells) in RIGHTS {
            assert_eq!(role.may(act), cells[column]);
            let before = case.entries().unwrap().len();
            let errors: Vec<String> = try_out(&mut case, act, &file).iter().map(ToString::to_string).collect();
            let after = case.entries().unwrap();
            let refused = after[before..].iter().filter(|e| e.act == "refused").count();
            let said = errors.iter().filter(|e| e.contains(&format!("{}: may not {words}", role.name()))).count();
            if cells[column] {
                assert_eq!((refused, said), (0, 0), "{act:?} as {role:?}: {errors:?}");
            } else if act != Act::RevealSpecial {
                assert!(refused > 0 && refused == said && errors.len() == said, "{act:?} as {role:?}: {errors:?}");
                assert_eq!(after.len() - before, refused, "{act:?} as {role:?}: something was done all the same");
            }
        }
    }
    assert!(crate::verify(&root, &crate::custody::AuditOptions::default()).unwrap().is_whole());
}

#[test]
fn classes_are_shown_by_right() {
    use tutela_model::Privacy;
    for role in ROLES {
        assert_eq!(role.sees(Privacy::Special), role.may(Act::RevealSpecial));
        assert_eq!(role.sees(Privacy::Personal), role.may(Act::RevealPersonal));
        assert!(role.sees(Privacy::Pseudonym) && role.sees(Privacy::Public));
        assert!(role.may(Act::RevealPersonal) || !role.may(Act::RevealSpecial));
        assert_eq!(Role::from_name(role.name()), Some(role));
    }
}

#[test]
fn nobody_gets_in_without_the_password_and_too_many_wrong_ones_lock() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("case");
    case_with_people(&root);
    let why = |who: &str, password: Option<&str>| Case::open_as(&root, who, password).unwrap_err().to_string();
    assert!(why("prosecutor", None).contains("this case has people"));
    assert!(why("nobody", Some(PASSWORD)).contains("wrong name or password"));
    for _ in 0..ATTEMPTS {
        assert!(why("auditor", Some("wrong password")).contains("wrong name or password"));
    }
    assert!(why("auditor", Some(PASSWORD)).contains("locked out until"));
    let mut case = Case::open_as(&root, "prosecutor", Some(PASSWORD)).unwrap();
    let failures = case.entries().unwrap().iter().filter(|e| e.act == "sign_in_failed").count();
    assert_eq!(failures, ATTEMPTS + 1);
    assert!(case.set_person("auditor", Role::Auditor, &"x".repeat(PASSWORD_CHARACTERS - 1)).is_err());
    assert!(case.set_person("prosecutor", Role::Auditor, PASSWORD).is_err(), "the only prosecutor stays one");
    assert!(case.remove_person("prosecutor").is_err());
    case.set_person("auditor", Role::Auditor, "another password").unwrap();
    case.remove_person("defence").unwrap();
    drop(case);
    assert!(why("auditor", Some(PASSWORD)).contains("wrong"), "the old password is gone");
    drop(Case::open_as(&root, "auditor", Some("another password")).unwrap());
    assert!(why("defence", Some(PASSWORD)).contains("wrong"));
    let kept = fs::read_dir(root.join("people")).unwrap().count();
    assert_eq!(kept, ROLES.len() - 1, "what was kept of old passwords is removed");
    let options = crate::custody::AuditOptions::default();
    assert!(crate::verify(&root, &options).unwrap().is_whole());
    let file = fs::read_dir(root.join("people")).unwrap().next().unwrap().unwrap().path();
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("t=2", "t=1")).unwrap();
    assert!(!crate::verify(&root, &options).unwrap().is_whole(), "a changed password is found");
}

#[test]
fn the_manual_has_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/reference/rights.md");
    let text = fs::read_to_string(&path).unwrap();
    let (head, rest) = text.split_once("<!-- rights -->\n").unwrap();
    let (_, tail) = rest.split_once("<!-- end -->\n").unwrap();
    let expected = format!("{head}<!-- rights -->\n{}<!-- end -->\n{tail}", rights_table());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &expected).unwrap();
    } else {
        assert_eq!(text, expected, "UPDATE=1 cargo test --lib writes it anew");
    }
}
