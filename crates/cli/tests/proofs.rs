//! What a case hands out about itself, checked by others: the stand-alone verifier, `openssl`, and somebody with an earlier
//! checkpoint.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "test code")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::{add_basis, district, intake, ok, run_district, tutela};

/// The stand-alone verifier, which the same build makes beside `tutela`.
fn verifier() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_BIN_EXE_tutela")).with_file_name("tutela-verify");
    if !path.exists() {
        println!("skipped: tutela-verify is not built (a build of the whole workspace makes it)");
    }
    path.exists().then_some(path)
}

fn check(verifier: &Path, args: &[&str]) -> (i32, String) {
    let output = Command::new(verifier).args(args).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn verify(case: &str, more: &[&str]) -> Output {
    tutela(&[&["custody", "verify", case], more].concat())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn an_item_is_disclosed_with_a_proof_that_others_check() {
    let Some(verifier) = verifier() else { return };
    let dir = tempfile::tempdir().unwrap();
    let case = run_district(dir.path());
    let key = ok(&["custody", "key", &case]).trim().to_owned();
    let (proof, file) = (text(&dir.path().join("item.tlog-proof")), text(&district().join("session.csv")));
    ok(&["custody", "prove", &case, &file, "--out", &proof]);
    let (code, told) = check(&verifier, &["item", &proof, &file, "--key", &key]);
    assert!(code == 0 && told.contains("the file that was sealed"), "{told}");
    let other = text(&district().join("line.csv"));
    let (code, told) = check(&verifier, &["item", &proof, &other, "--key", &key]);
    assert!(code == 2 && told.contains("is not in this act"), "{told}");

    let whole = fs::read_to_string(&proof).unwrap();
    fs::write(&proof, whole.replacen("index 3", "index 2", 1).replacen("index 2", "index 1", 1)).unwrap();
    let (code, told) = check(&verifier, &["item", &proof, "--key", &key]);
    assert!(code == 2 && told.contains("the proof fails"), "{told}");
    let (code, told) = check(&verifier, &["item", &proof]);
    assert!(code == 1 && told.contains("--key"), "{told}");

    let (code, told) = check(&verifier, &["case", &case, "--key", &key]);
    assert!(code == 0 && told.starts_with("whole"), "{told}");
    let run = fs::read_dir(Path::new(&case).join("runs")).unwrap().next().unwrap().unwrap().path().join("run.json");
    fs::write(&run, fs::read_to_string(&run).unwrap().replacen("\"version\"", "\"Version\"", 1)).unwrap();
    let (code, told) = check(&verifier, &["case", &case]);
    assert!(code == 2 && told.contains("run.json"), "{told}");
}

#[test]
fn a_rewritten_case_is_found_out_by_an_earlier_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let case = text(&dir.path().join("case"));
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    intake(&case, "B1", &["session", "line"]);
    let kept = dir.path().join("kept.checkpoint");
    fs::write(&kept, ok(&["custody", "checkpoint", &case])).unwrap();
    intake(&case, "B1", &["person"]);
    let kept = text(&kept);
    assert!(verify(&case, &["--checkpoint", &kept]).status.success());
    let growth = text(&dir.path().join("growth.proof"));
    ok(&["custody", "prove", &case, "--since", &kept, "--out", &growth]);
    let key = ok(&["custody", "key", &case]).trim().to_owned();
    if let Some(verifier) = verifier() {
        let (code, told) = check(&verifier, &["growth", &kept, &growth, "--key", &key]);
        assert!(code == 0 && told.contains("of 5 entries only adds to its first 4"), "{told}");
        let (code, told) = check(&verifier, &["log", &case, "--key", &key, "--checkpoint", &kept]);
        assert!(code == 0 && told.contains("5 entries"), "{told}");
    }

    // The administrator has the signing key, and leaves one file out of a new case that has the same key.
    let forged = text(&dir.path().join("forged"));
    ok(&["case", "init", &forged]);
    let custody = |case: &str, file: &str| Path::new(case).join("custody").join(file);
    fs::remove_dir_all(Path::new(&forged)).unwrap();
    fs::create_dir_all(custody(&forged, "")).unwrap();
    for file in ["key", "log.vkey"] {
        fs::copy(custody(&case, file), custody(&forged, file)).unwrap();
    }
    let origin = fs::read_to_string(custody(&case, "checkpoint")).unwrap().lines().next().unwrap().to_owned();
    assert!(origin.starts_with("tutela-case/"));
    let secret = tutela_key(&custody(&case, "key"));
    let empty = tutela_custody::Checkpoint { origin, size: 0, root: tutela_custody::tree::empty_root() };
    fs::write(custody(&forged, "checkpoint"), empty.sign(&secret).unwrap()).unwrap();
    ok(&["case", "init", &forged]);
    add_basis(&forged, "B1");
    intake(&forged, "B1", &["session"]);
    intake(&forged, "B1", &["person"]);
    assert!(verify(&forged, &["--key", &key]).status.success(), "from inside nothing shows");
    let found = verify(&forged, &["--checkpoint", &kept]);
    assert_eq!(found.status.code(), Some(2));
    assert!(said(&found).contains("rewritten"), "{}", said(&found));
}

fn tutela_key(path: &Path) -> tutela_custody::SignerKey {
    tutela_custody::read_key(path).unwrap().unwrap()
}

#[test]
fn with_the_key_elsewhere_the_case_alone_can_be_read_and_not_added_to() {
    let dir = tempfile::tempdir().unwrap();
    let (case, keys) = (text(&dir.path().join("case")), text(&dir.path().join("keys")));
    let with_keys = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_tutela")).args(args).env("TUTELA_KEYS", &keys).output().unwrap()
    };
    assert!(with_keys(&["case", "init", &case]).status.success());
    assert!(!Path::new(&case).join("custody/key").exists());
    assert!(verify(&case, &[]).status.success());
    ok(&["case", "status", &case]);
    let add = [
        "basis",
        "add",
        &case,
        "--act",
        "a",
        "--authority",
        "b",
        "--scope",
        "c",
        "--from",
        "2026-01-01",
        "--until",
        "2030-01-01",
    ];
    let refused = tutela(&add);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && why.contains("TUTELA_KEYS"), "{why}");
    assert!(with_keys(&add).status.success());
    assert!(verify(&case, &[]).status.success());
}

#[test]
fn a_case_with_the_old_log_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let case = text(dir.path());
    fs::create_dir(dir.path().join("custody")).unwrap();
    fs::write(dir.path().join("custody/log.jsonl"), "{}\n").unwrap();
    for args in [vec!["custody", "verify", &case], vec!["case", "status", &case], vec!["case", "init", &case]] {
        let refused = tutela(&args);
        let why = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(2) && why.contains("earlier version"), "{args:?}: {why}");
    }
}

/// A time-stamping authority of one certificate, played by `openssl`.
const AUTHORITY: &str = "\
[req]\ndistinguished_name = dn\nx509_extensions = ext\nprompt = no\n[dn]\nCN = Invented authority\n\
[ext]\nbasicConstraints = critical, CA:true\nextendedKeyUsage = critical, timeStamping\n\
[tsa]\ndefault_tsa = one\n[one]\nserial = serial\ncrypto_device = builtin\nsigner_cert = ca.pem\ncerts = ca.pem\n\
signer_key = ca.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\naccuracy = secs:1\n\
ordering = yes\ntsa_name = no\ness_cert_id_chain = no\n";

#[test]
fn a_time_stamp_is_attached_and_holds_for_openssl() {
    let dir = tempfile::tempdir().unwrap();
    let openssl = |args: &[&str]| Command::new("openssl").args(args).current_dir(dir.path()).output();
    if openssl(&["version"]).is_err() {
        println!("skipped: openssl is not installed (scripts/setup installs it)");
        return;
    }
    let openssl = |args: &[&str]| {
        let output = openssl(args).unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    fs::write(dir.path().join("tsa.cnf"), AUTHORITY).unwrap();
    fs::write(dir.path().join("serial"), "01\n").unwrap();
    openssl(&[
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-config", "tsa.cnf", "-keyout", "ca.key",
        "-out", "ca.pem",
    ]);

    let case = text(&dir.path().join("case"));
    ok(&["case", "init", &case]);
    let path = |name: &str| text(&dir.path().join(name));
    ok(&["custody", "timestamp", "request", &case, "--out", &path("1.tsq")]);
    assert!(openssl(&["ts", "-query", "-in", "1.tsq", "-text"]).contains("sha256"));
    openssl(&["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "1.tsq", "-out", "1.tsr"]);
    add_basis(&case, "B1");
    let told = ok(&["custody", "timestamp", "attach", &case, &path("1.tsr")]);
    assert!(told.contains("checkpoint of 1 entries stamped at 20"), "{told}");
    let kept = Path::new(&case).join("custody/timestamps");
    let (token, stamped) = (text(&kept.join("1.tsr")), text(&kept.join("1.checkpoint")));
    let verdict = openssl(&["ts", "-verify", "-in", &token, "-data", &stamped, "-CAfile", "ca.pem"]);
    assert!(verdict.contains("OK"), "{verdict}");
    let found = verify(&case, &[]);
    assert!(found.status.success() && said(&found).contains("1 time-stamps"), "{}", said(&found));

    // A token of something else, none at all, and one that is changed afterwards.
    fs::write(dir.path().join("other"), "something else").unwrap();
    openssl(&["ts", "-query", "-data", "other", "-sha256", "-cert", "-out", "2.tsq"]);
    openssl(&["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "2.tsq", "-out", "2.tsr"]);
    for (file, why) in [("2.tsr", "stamps no checkpoint"), ("other", "no time-stamp response"), ("1.tsr", "already")] {
        let refused = tutela(&["custody", "timestamp", "attach", &case, &path(file)]);
        let text = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(2) && text.contains(why), "{file}: {text}");
    }
    fs::copy(path("2.tsr"), &token).unwrap();
    let found = verify(&case, &[]);
    assert!(found.status.code() == Some(2) && said(&found).contains("1.tsr"), "{}", said(&found));
}
