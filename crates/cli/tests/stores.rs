//! The database of a case on a PostgreSQL server, by the command: its address, its password, TLS, and backups.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

#[path = "../../case/tests/server/mod.rs"]
mod server;
mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use server::{PASSWORD, Server, schema_of};
use support::{add_basis, intake, ok, tutela};

/// The command in an environment of its own.
fn with(variables: &[(&str, &str)], args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutela"));
    command.args(args).env("TUTELA_USER", "tester").env_remove("TUTELA_STORE").env_remove("PGPASSWORD");
    let output = command.envs(variables.iter().copied()).output().unwrap();
    (output.status.code(), told(&output))
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn refused(variables: &[(&str, &str)], args: &[&str], why: &str) {
    let (code, said) = with(variables, args);
    assert!(code == Some(2) && said.contains(why), "{args:?}: {code:?}: {said}");
    assert!(!said.contains(PASSWORD), "{said}");
}

#[test]
fn a_case_on_a_server_by_tls_and_password() {
    let (server, dir) = (Server::start(true), tempfile::tempdir().unwrap());
    let case = dir.path().join("case").to_string_lossy().into_owned();
    let url = server.url();
    let secret = url.replacen("tutela@", &format!("tutela:{}@", PASSWORD.replace(' ', "%20")), 1);
    let password = [("PGPASSWORD", PASSWORD)];
    refused(&[], &["case", "init", &case, "--store", &secret], "which everybody on this machine can see");
    refused(&password, &["case", "init", &case, "--store", "mysql://h/c"], "does not begin with postgresql://");
    refused(&[("PGPASSWORD", "wrong")], &["case", "init", &case, "--store", &url], "password authentication failed");
    refused(&[], &["case", "init", &case, "--store", &url], "password");
    // Without TLS this server lets nobody in, and by TLS not with a certificate nobody vouches for.
    let plain = format!("postgresql://tutela@127.0.0.1:{}/postgres?sslmode=disable", server.port);
    refused(&password, &["case", "init", &case, "--store", &plain], "no pg_hba.conf entry");
    let other = url.split("&sslrootcert").next().unwrap();
    refused(&password, &["case", "init", &case, "--store", other], "certificate");
    let named = url.replace("127.0.0.1", "localhost");
    refused(&password, &["case", "init", &case, "--store", &named], "certificate");
    assert!(!Path::new(&case).exists(), "nothing was made");
    let (code, said) = with(&[("TUTELA_STORE", &secret)], &["case", "init", &case]);
    assert_eq!(code, Some(0), "{said}");
    let note = fs::read_to_string(Path::new(&case).join("store.json")).unwrap();
    assert!(!note.contains(PASSWORD) && !note.contains("%20") && note.contains("tutela@127.0.0.1"), "{note}");
    for variables in [&password[..], &[("TUTELA_STORE", secret.as_str())]] {
        let (code, said) = with(variables, &["case", "status", &case]);
        assert_eq!(code, Some(0), "{said}");
        let (code, said) = with(variables, &["custody", "verify", &case]);
        assert!(code == Some(0) && said.contains("database compared"), "{said}");
    }
    // The password of another database is not sent to this one.
    let elsewhere = secret.replace("/postgres?", "/other?");
    refused(&[("TUTELA_STORE", &elsewhere)], &["case", "status", &case], "password");
    let (code, said) = with(&[], &["custody", "verify", &case]);
    assert!(code == Some(1) && said.contains("not checked database: ") && said.contains("not compared"), "{said}");
    let (code, said) = with(&[], &["custody", "verify", &case, "--without-database"]);
    assert!(code == Some(0) && said.contains("as asked"), "{said}");
}

#[test]
fn a_case_is_backed_up_restored_on_a_server_and_checked_there() {
    let (server, dir) = (Server::start(false), tempfile::tempdir().unwrap());
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let (first, second, archive) = (path("first"), path("second"), path("first.zip"));
    ok(&["case", "init", &first]);
    add_basis(&first, "B1");
    intake(&first, "B1", &["session", "assignment", "account", "person", "line"]);
    ok(&["run", &first]);
    let leads = ok(&["leads", &first, "--format", "json"]);
    let said = ok(&["case", "backup", &first, &archive, "--with-key"]);
    assert!(said.contains("read back and whole") && said.contains("SHA-256"), "{said}");
    // Under a name without a folder too.
    let mut beside = Command::new(env!("CARGO_BIN_EXE_tutela"));
    let output = beside.args(["case", "backup", &first, "second.zip"]).current_dir(dir.path()).output().unwrap();
    assert!(output.status.success() && dir.path().join("second.zip").exists(), "{}", told(&output));
    // Where it is an office's default, the folder has to be asked for.
    let url = server.url();
    let office = [("TUTELA_STORE", url.as_str())];
    let (code, said) = with(&office, &["case", "restore", &archive, &second]);
    assert!(code == Some(0) && said.contains("checked and whole"), "{said}");
    let (code, _) = with(&office, &["case", "restore", &archive, &path("third"), "--store", "folder"]);
    assert!(code == Some(0) && Path::new(&path("third")).join("case.db").exists());
    for case in [&second, &path("third")] {
        assert_eq!(ok(&["leads", case, "--format", "json"]), leads, "the same leads");
        assert!(ok(&["custody", "verify", case]).contains("database compared"));
    }
    // The run is known, so that nothing is computed again; and the case goes on.
    ok(&["run", &second]);
    add_basis(&second, "B2");
    let schema = schema_of(Path::new(&second));
    server.psql(&format!("UPDATE {schema}.source SET rows = rows + 1 WHERE file_name = 'session.csv'"));
    let found = tutela(&["custody", "verify", &second]);
    assert_eq!(found.status.code(), Some(2));
    assert!(told(&found).contains("BROKEN      database: source "), "{}", told(&found));
    let refused = tutela(&["case", "backup", &second, &path("third.zip")]);
    assert!(refused.status.code() == Some(2) && told(&refused).contains("whole case only"), "{}", told(&refused));
    // A truncated archive is no case, and leaves none.
    let bytes = fs::read(&archive).unwrap();
    fs::write(path("cut.zip"), &bytes[..bytes.len() / 2]).unwrap();
    let refused = tutela(&["case", "restore", &path("cut.zip"), &path("fourth")]);
    assert!(refused.status.code() == Some(2) && told(&refused).contains("cut.zip: is no whole ZIP archive"));
    assert!(!Path::new(&path("fourth")).exists() && !Path::new(&path(".fourth.restoring")).exists());
}
