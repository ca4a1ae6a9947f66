//! A case as one archive: the same bytes from both stores, moved between them, and nothing left of one that is not whole.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod server;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use server::{Server, schema_of};
use tutela_case::custody::AuditOptions;
use tutela_case::{Basis, Case, IntakeOptions, StoreUrl, restore, verify};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const SESSIONS: &str = "\
platform,account_ref,at_utc,ip,port,event\n\
example,a1,2026-01-02T03:04:05Z,203.0.113.7,1024,login\n\
example,a2,not \"a\" time,203.0.113.8,1025,login\n";

fn basis(id: &str) -> Basis {
    let text = |t: &str| t.to_owned();
    Basis {
        basis_id: text(id),
        act: text("order \u{e8}\n2"),
        authority: text("court"),
        scope: text("log-ins"),
        from_date: text("2020-01-01"),
        until_date: text("2099-12-31"),
    }
}

fn make(folder: &Path, url: Option<&StoreUrl>) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    let root = folder.join("case");
    let mut case = Case::init_in(&root, "tester", url).unwrap();
    case.add_basis(&basis("B1")).unwrap();
    for (name, text) in [
        ("one.csv", SESSIONS.to_owned()),
        ("two.csv", SESSIONS.replace("a1", "a3")),
        ("again.csv", SESSIONS.to_owned()),
    ] {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        case.intake(&path, "B1", &IntakeOptions::default()).unwrap();
    }
    case.delete_source("two.csv", "order 2", "acquitted").unwrap();
    case.reveal(&["p".repeat(60_000)], "long particulars lie beside the log").unwrap();
    root
}

fn is_whole(root: &Path) {
    let found = verify(root, &AuditOptions::default()).unwrap();
    assert!(
        found.is_whole() && found.unfinished.is_empty() && found.not_checked.is_empty() && found.database,
        "{found:?}"
    );
}

fn backup(root: &Path, to: &Path, with_key: bool) -> Vec<u8> {
    Case::open(root, "tester").unwrap().backup(to, with_key).unwrap();
    fs::read(to).unwrap()
}

fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn schemas(server: &Server) -> String {
    server.psql("SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname LIKE 'tutela_%'")
}

#[test]
fn a_case_moves_between_the_stores_and_back_with_the_same_bytes() {
    let (server, dir) = (Server::start(false), tempfile::tempdir().unwrap());
    let url = StoreUrl::parse(&server.url()).unwrap();
    let first = make(&dir.path().join("a"), None);
    // The same case, copied, gives the same bytes.
    let copy = dir.path().join("copy");
    assert!(Command::new("cp").arg("-r").args([&first, &copy]).status().unwrap().success());
    let archive = |name: &str| dir.path().join(name);
    let bytes = backup(&first, &archive("1.zip"), true);
    assert_eq!(backup(&copy, &archive("1b.zip"), true), bytes);
    is_whole(&first);
    let entries = Case::open(&first, "tester").unwrap().acts().unwrap();
    let last = entries.last().unwrap();
    assert_eq!((last.act.as_str(), last.detail["with_key"].as_bool()), ("backup", Some(true)));
    assert_eq!(last.subject, tutela_custody::file_digest(&archive("1.zip")).unwrap());
    // SQLite to PostgreSQL, and back.
    let (second, third) = (dir.path().join("b"), dir.path().join("c"));
    restore(&archive("1.zip"), &second, Some(&url)).unwrap();
    is_whole(&second);
    assert!(!second.join("case.db").exists());
    assert_eq!(
        server.psql("SELECT obj_description(oid) FROM pg_namespace WHERE nspname LIKE 'tutela_%'"),
        "a case of Tutela"
    );
    assert_eq!(backup(&second, &archive("2.zip"), true), bytes);
    restore(&archive("2.zip"), &third, None).unwrap();
    assert_eq!(backup(&third, &archive("3.zip"), true), bytes);
    for root in [&second, &third] {
        let mut case = Case::open(root, "tester").unwrap();
        case.add_basis(&basis("B2")).unwrap();
        let path = dir.path().join("three.csv");
        fs::write(&path, SESSIONS.replace("a1", "a7")).unwrap();
        case.intake(&path, "B2", &IntakeOptions::default()).unwrap();
        drop(case);
        is_whole(root);
    }
    // Not over what is there, and not twice under one name.
    assert!(restore(&archive("1.zip"), &third, None).unwrap_err().to_string().contains("is not empty"));
    let refused = Case::open(&first, "tester").unwrap().backup(&archive("1.zip"), false).unwrap_err().to_string();
    assert!(refused.contains("is there already"), "{refused}");
    let refused = Case::open(&first, "tester").unwrap().backup(&first.join("1.zip"), false).unwrap_err().to_string();
    assert!(refused.contains("lies in the case itself"), "{refused}");
    // A program that is not ours reads it.
    let script = "import sys, zipfile, json\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
                  m = json.load(z.open('backup.json'))\nassert set(m['parts']) | {'backup.json'} == set(z.namelist())";
    if let Ok(output) = Command::new("python3").args(["-c", script]).arg(archive("1.zip")).output() {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn without_its_key_a_case_is_read_and_checked_and_not_gone_on_with() {
    let dir = tempfile::tempdir().unwrap();
    let first = make(&dir.path().join("a"), None);
    let archive = dir.path().join("1.zip");
    let bytes = backup(&first, &archive, false);
    let key = fs::read(first.join("custody/key")).unwrap();
    let mut zip = ZipArchive::new(File::open(&archive).unwrap()).unwrap();
    for index in 0..zip.len() {
        let mut text = Vec::new();
        zip.by_index(index).unwrap().read_to_end(&mut text).unwrap();
        assert!(!text.windows(key.len()).any(|part| part == key), "part {index} holds the key");
    }
    assert!(!bytes.windows(key.len()).any(|part| part == key));
    let second = dir.path().join("b");
    assert!(!restore(&archive, &second, None).unwrap().with_key);
    is_whole(&second);
    let mut case = Case::open(&second, "tester").unwrap();
    assert_eq!(case.sources().unwrap().len(), 1);
    let refused = case.add_basis(&basis("B2")).unwrap_err().to_string();
    assert!(refused.contains("the signing key of this case's log is not here"), "{refused}");
    drop(case);
    fs::write(second.join("custody/key"), key).unwrap();
    Case::open(&second, "tester").unwrap().add_basis(&basis("B2")).unwrap();
    is_whole(&second);
}

#[test]
fn a_case_that_is_not_whole_is_not_backed_up() {
    let dir = tempfile::tempdir().unwrap();
    let root = make(&dir.path().join("a"), None);
    let records = fs::read_dir(root.join("records/session")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&records).unwrap();
    bytes[20] ^= 1;
    fs::write(&records, bytes).unwrap();
    let before = listing(dir.path());
    let refused =
        Case::open(&root, "tester").unwrap().backup(&dir.path().join("1.zip"), false).unwrap_err().to_string();
    assert!(refused.contains("records/session") && refused.contains("whole case only"), "{refused}");
    assert_eq!(listing(dir.path()), before);
}

/// Tries to restore what is no whole backup; where it is taken all the same, it must be the same case.
fn try_out(dir: &Path, bytes: &[u8], url: Option<&StoreUrl>) -> Option<String> {
    let (archive, root) = (dir.join("damaged.zip"), dir.join("restored"));
    fs::write(&archive, bytes).unwrap();
    let before = listing(dir);
    match restore(&archive, &root, url) {
        Err(why) => {
            assert_eq!(listing(dir), before, "something is left behind: {why}");
            Some(why.to_string())
        }
        Ok(_) => {
            is_whole(&root);
            fs::remove_dir_all(&root).unwrap();
            None
        }
    }
}

#[test]
fn a_truncated_or_changed_archive_is_refused_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let root = make(&dir.path().join("a"), None);
    let archive = dir.path().join("1.zip");
    let bytes = backup(&root, &archive, false);
    let place = dir.path().join("x");
    fs::create_dir(&place).unwrap();
    let mut dice = 1u64;
    let mut roll = |most: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(dice >> 33).unwrap() % most
    };
    for _ in 0..40 {
        let why = try_out(&place, &bytes[..roll(bytes.len())], None);
        assert!(why.is_some_and(|why| why.contains("damaged.zip")));
    }
    let mut taken = 0;
    for _ in 0..200 {
        let (at, bit) = (roll(bytes.len()), roll(8));
        let mut changed = bytes.clone();
        changed[at] ^= 1 << bit;
        match try_out(&place, &changed, None) {
            Some(why) => assert!(why.contains("damaged.zip"), "byte {at}, bit {bit}: {why}"),
            // Times and attributes of parts, which are not read: the case that comes of it is whole.
            None => taken += 1,
        }
    }
    assert!(taken < 60, "{taken} of 200 changes were not noticed");
    assert!(try_out(&place, &[b"something before it".to_vec(), bytes].concat(), None).is_some());
}

/// An archive's parts.
fn parts(archive: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(File::open(archive).unwrap()).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut part = zip.by_index(index).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            (part.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn digest(bytes: &[u8]) -> String {
    let path = tempfile::NamedTempFile::new().unwrap();
    fs::write(path.path(), bytes).unwrap();
    tutela_custody::file_digest(path.path()).unwrap()
}

/// An archive of these parts, which its list of parts names as they are.
fn forge(parts: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut manifest: serde_json::Value = serde_json::from_slice(&parts["backup.json"]).unwrap();
    let named = parts.iter().filter(|(name, _)| *name != "backup.json");
    manifest["parts"] = named
        .map(|(name, bytes)| (name.clone(), serde_json::json!({ "size_bytes": bytes.len(), "sha256": digest(bytes) })))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let mut parts = parts.clone();
    parts.insert("backup.json".to_owned(), serde_json::to_vec(&manifest).unwrap());
    zip_of(&parts)
}

fn zip_of(parts: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_hostile_archive_is_refused_and_leaves_nothing() {
    let (server, dir) = (Server::start(false), tempfile::tempdir().unwrap());
    let url = StoreUrl::parse(&server.url()).unwrap();
    let root = make(&dir.path().join("a"), None);
    let archive = dir.path().join("1.zip");
    backup(&root, &archive, false);
    let good = parts(&archive);
    let place = dir.path().join("x");
    fs::create_dir(&place).unwrap();
    assert_eq!(try_out(&place, &forge(&good), None), None, "made anew it is taken");
    let expect = |parts: BTreeMap<String, Vec<u8>>, why: &str| {
        let bytes = forge(&parts);
        for url in [None, Some(&url)] {
            let said = try_out(&place, &bytes, url);
            assert!(said.as_ref().is_some_and(|said| said.contains(why)), "{why}: {said:?}");
        }
        assert_eq!(schemas(&server), "", "{why}: a schema is left behind");
    };
    let with = |name: &str, bytes: &[u8]| {
        let mut parts = good.clone();
        parts.insert(name.to_owned(), bytes.to_vec());
        parts
    };
    for name in [
        "../evil",
        "case/../../evil",
        "/etc/evil",
        "case//evil",
        "case/./evil",
        "case/a\\..\\evil",
        "case/a\nb",
        "evil",
        "case/lock",
        "case/store.json",
        "case/case.db",
        "case/case.db-wal",
        "database/evil.jsonl",
        "other/evil",
    ] {
        expect(with(name, b"x"), "is no name of a part of a backup");
    }
    expect(with("case/folder/", b""), "is no plain file");
    expect(with("case/sealed/evil", b"x"), "sealed/evil: no entry of the log knows it");
    expect(with("case/custody/key", b"x"), "does not say truly");
    expect(with("case/custody/checkpoint", b"x"), "gives no whole case");
    expect(with("case/custody/log.vkey/evil", b"x"), "");
    for (name, line) in [
        ("database/basis.jsonl", "{\"basis_id\":\"B1\"}"),
        ("database/basis.jsonl", "[]"),
        ("database/basis.jsonl", "\u{feff}"),
        ("database/other_name.jsonl", "{\"source_id\":\"none\",\"file_name\":7}"),
        ("database/other_name.jsonl", "{\"source_id\":\"none\",\"file_name\":\"x\"}"),
        ("database/other_name.jsonl", "{\"source_id\":\"a\",\"file_name\":\"x\",\"more\":1}"),
        ("database/other_name.jsonl", "{\"source_id\":\"a\",\"file_name\":[1]}"),
        ("database/source.jsonl", "{\"source_id\":1.5}"),
    ] {
        expect(with(name, line.as_bytes()), "");
    }
    expect(with("database/issue.jsonl", b""), "gives no whole case: ");
    for name in good.keys().filter(|name| *name != "backup.json") {
        let mut parts = good.clone();
        parts.remove(name);
        expect(parts, if name.starts_with("database") { "is missing" } else { "" });
    }
    hostile_bytes(&place, &good);
}

/// What no list of parts can name: parts that come twice or not at all, links, lies about lengths, and too much of it.
fn hostile_bytes(place: &Path, good: &BTreeMap<String, Vec<u8>>) {
    let refused = |bytes: &[u8], why: &str| {
        let said = try_out(place, bytes, None);
        assert!(said.as_ref().is_some_and(|said| said.contains(why)), "{why}: {said:?}");
    };
    let mut parts = good.clone();
    parts.remove("case/custody/checkpoint");
    refused(&zip_of(&parts), "case/custody/checkpoint: is missing");
    parts = good.clone();
    parts.insert("case/more".to_owned(), Vec::new());
    refused(&zip_of(&parts), "case/more: is there, and backup.json does not name it");
    parts = good.clone();
    parts.insert("case/custody/checkpoint".to_owned(), good["case/custody/checkpoint"].iter().rev().copied().collect());
    refused(&zip_of(&parts), "case/custody/checkpoint: is ");
    parts.remove("backup.json");
    refused(&zip_of(&parts), "holds no backup.json");
    let newer = String::from_utf8(good["backup.json"].clone()).unwrap().replace("\"version\": 1", "\"version\": 2");
    parts = good.clone();
    parts.insert("backup.json".to_owned(), newer.into_bytes());
    refused(&zip_of(&parts), "newer version of Tutela");
    let mut zip = ZipWriter::new_append(std::io::Cursor::new(zip_of(good))).unwrap();
    zip.add_symlink("case/link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    refused(&zip.finish().unwrap().into_inner(), "case/link");
    // A part that says in the list of the archive that it is shorter than it is.
    let bytes = zip_of(good);
    let length = u32::try_from(good["case/custody/checkpoint"].len()).unwrap();
    let name = &b"case/custody/checkpoint"[..];
    let listed = bytes.windows(name.len()).rposition(|part| part == name).unwrap() - 46;
    let mut lying = bytes.clone();
    lying[listed + 24..listed + 28].copy_from_slice(&(length - 1).to_le_bytes());
    refused(&lying, "case/custody/checkpoint: ");
    lying[listed + 24..listed + 28].copy_from_slice(&0xffff_fff0u32.to_le_bytes());
    refused(&lying, "unpacks to ");
    // A part that unpacks to far more than the archive is long.
    let mut zip = ZipWriter::new_append(std::io::Cursor::new(bytes)).unwrap();
    zip.start_file("case/zeros", SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
    let zeros = vec![0u8; 1 << 20];
    (0..300).for_each(|_| zip.write_all(&zeros).unwrap());
    refused(&zip.finish().unwrap().into_inner(), "unpacks to ");
    for other in [&b""[..], b"PK\x05\x06", b"no archive at all", &[0; 1000]] {
        refused(other, "is no whole ZIP archive");
    }
}

/// Not a check: what the killed process does. It runs only where the test below starts it.
#[test]
fn restoring() {
    let Some(archive) = std::env::var_os("TUTELA_TEST_RESTORE") else { return };
    let url = StoreUrl::of_environment().unwrap();
    let archive = Path::new(&archive);
    restore(archive, &archive.with_file_name("restored"), url.as_ref()).unwrap();
}

#[test]
fn a_killed_restore_leaves_no_case_and_the_next_one_clears_up() {
    let (server, dir) = (Server::start(false), tempfile::tempdir().unwrap());
    let root = make(&dir.path().join("a"), None);
    let archive = dir.path().join("1.zip");
    backup(&root, &archive, true);
    let restored = dir.path().join("restored");
    let (mut killed, before) = (0, listing(dir.path()));
    for point in 0..16u64 {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "restoring"]).env("TUTELA_TEST_RESTORE", &archive);
        command.env("TUTELA_STORE", if point % 2 == 0 { server.url() } else { String::new() });
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(2_000 + point * 5_000));
        killed += u64::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        if restored.exists() {
            is_whole(&restored);
            if restored.join("store.json").exists() {
                server.psql(&format!("DROP SCHEMA {} CASCADE", schema_of(&restored)));
            }
            fs::remove_dir_all(&restored).unwrap();
        }
    }
    assert!(killed > 3, "only {killed} of 16 were still running when they were killed");
    restore(&archive, &restored, None).unwrap();
    is_whole(&restored);
    fs::remove_dir_all(&restored).unwrap();
    assert_eq!(listing(dir.path()), before);
    assert_eq!(schemas(&server), "", "what was being restored is removed from the server");
}
