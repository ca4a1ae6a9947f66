//! Roles, passwords and lock-out, and the table in the manual. Every cell of the table is tried out in `rights_matrix_tests`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

use std::fs;
use std::path::Path;

use super::{Act, ROLES, Role, rights_table};
use crate::Case;
use crate::people::{ATTEMPTS, PASSWORD_CHARACTERS};

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
