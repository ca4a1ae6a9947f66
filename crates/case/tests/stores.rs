//! One suite for both stores: a case says and does the same whether its database is a file in its folder or a schema of a
//! PostgreSQL server. The server is a real one of the tests' own.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod server;

use std::fs;
use std::path::{Path, PathBuf};

use server::{Server, schema_of, shared};
use tutela_case::custody::AuditOptions;
use tutela_case::{
    Basis, Case, CaseError, IntakeOptions, Lapse, LapseKind, StoreUrl, Verification, verify, verify_files,
};

const SESSIONS: &str = "\
platform,account_ref,at_utc,ip,port,event\n\
example,a1,2026-01-02T03:04:05Z,203.0.113.7,1024,login\n\
example,a2,not a time,203.0.113.8,1025,login\n\
example,a3,2026-01-02T03:04:06Z,203.0.113.9,,login\n";
const PEOPLE: &str = "person_ref,given_name,family_name\np1,Ada,Prova\np2,Zoe,Prova\n";

fn basis(id: &str) -> Basis {
    Basis {
        basis_id: id.to_owned(),
        act: "order 1 \u{e8} $1 'quoted' ?1".to_owned(),
        authority: "court".to_owned(),
        scope: "log-ins".to_owned(),
        from_date: "2020-01-01".to_owned(),
        until_date: "2099-12-31".to_owned(),
    }
}

/// The stores: their names, and what is to be given at `init`.
fn stores(server: &Server) -> [(&'static str, Option<StoreUrl>); 2] {
    [("sqlite", None), ("postgres", Some(StoreUrl::parse(&server.url()).unwrap()))]
}

fn write(root: &Path, name: &str, text: &str) -> PathBuf {
    fs::create_dir_all(root).unwrap();
    let path = root.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn take_in(case: &mut Case, path: &Path, basis: &str) {
    case.intake(path, basis, &IntakeOptions::default()).unwrap();
}

/// A case in which every table has rows.
fn make(folder: &Path, url: Option<&StoreUrl>) -> PathBuf {
    let root = folder.join("case");
    let mut case = Case::init_in(&root, "tester", url).unwrap();
    for id in ["B2", "b1", "B1", "\u{c9}1"] {
        case.add_basis(&basis(id)).unwrap();
    }
    let sources = [("one.csv", SESSIONS.to_owned()), ("two.csv", SESSIONS.replace("a3", "a4"))];
    for (name, text) in sources.iter().chain([&("again.csv", SESSIONS.to_owned())]) {
        take_in(&mut case, &write(folder, name, text), "B1");
    }
    take_in(&mut case, &write(folder, "Persons.csv", PEOPLE), "b1");
    // So that what the last act has done to the database may not be missing.
    case.lapse_basis("B2", &Lapse { kind: LapseKind::Withdrawn, reason: "withdrawn".to_owned() }).unwrap();
    root
}

fn check(root: &Path) -> Verification {
    verify(root, &AuditOptions::default()).unwrap()
}

fn is_whole(root: &Path) {
    let found = check(root);
    assert!(found.is_whole() && found.unfinished.is_empty() && found.not_checked.is_empty(), "{found:?}");
    assert!(found.database);
}

/// What a case says, but for the time.
fn says(case: &Case) -> String {
    let sources: Vec<String> = case
        .sources()
        .unwrap()
        .into_iter()
        .map(|s| format!("{:?}", tutela_case::SourceRow { taken_utc: String::new(), ..s }))
        .collect();
    format!("{:#?}", (case.bases().unwrap(), sources, case.issues().unwrap(), case.record_files().unwrap()))
}

#[test]
fn both_stores_say_and_do_the_same() {
    let (server, dir) = (shared(), tempfile::tempdir().unwrap());
    let mut said = Vec::new();
    for (name, url) in stores(&server) {
        let folder = dir.path().join(name);
        let root = make(&folder, url.as_ref());
        assert_eq!(root.join("case.db").exists(), url.is_none());
        let mut case = Case::open(&root, "tester").unwrap();
        let mut steps = vec![says(&case)];
        // What is refused changes nothing, and the case goes on.
        assert!(case.add_basis(&basis("B1")).is_err());
        assert!(case.add_basis(&Basis { scope: "a\0b".to_owned(), ..basis("B9") }).is_err());
        assert!(case.intake(&folder.join("one.csv"), "none", &IntakeOptions::default()).is_err());
        let many: String = (0..1234).map(|n| format!("example,a{n},no time,203.0.113.8,1,login\n")).collect();
        let many = write(&folder, "many.csv", &format!("platform,account_ref,at_utc,ip,port,event\n{many}"));
        take_in(&mut case, &many, "B1");
        steps.push(says(&case));
        case.delete_source("two.csv", "order 2", "acquitted").unwrap();
        steps.push(says(&case));
        case.purge_person("p1", "cleared").unwrap();
        steps.push(says(&case));
        assert!(case.issues().unwrap().len() > 1234);
        drop(case);
        let case = Case::open(&root, "tester").unwrap();
        assert_eq!(says(&case), *steps.last().unwrap(), "{name}: what was done is there when it is opened again");
        drop(case);
        is_whole(&root);
        said.push(steps);
    }
    assert_eq!(said[0], said[1]);
    // The order of text is that of its bytes, whatever the server's own language.
    let order: Vec<usize> =
        ["B1", "B2", "b1", "\u{c9}1"].map(|id| said[0][0].find(&format!("{id:?}")).unwrap()).to_vec();
    assert!(order.is_sorted(), "{order:?}");
}

/// What a value is changed to: another of its type.
fn change(column: &str, kind: &str, number: usize) -> String {
    match (kind, number % 3) {
        ("bigint", 0) => format!("coalesce({column} + 1, 1)"),
        ("bigint", 1) => format!("coalesce({column} + 1000, 7)"),
        ("bigint", _) => format!("coalesce(1 - {column}, 0)"),
        (_, 0) => format!("coalesce({column} || 'x', 'x')"),
        (_, 1) => format!("coalesce(substr({column}, 2) || 'y', 'y')"),
        (_, _) => format!("coalesce(upper({column}) || '-', '-')"),
    }
}

#[test]
fn every_changed_row_on_a_server_is_found() {
    let (server, dir) = (shared(), tempfile::tempdir().unwrap());
    let root = make(dir.path(), Some(&StoreUrl::parse(&server.url()).unwrap()));
    is_whole(&root);
    let schema = schema_of(&root);
    let mut db = postgres::Client::connect(&server.url(), postgres::NoTls).unwrap();
    // References are not looked after, as an administrator can have it.
    db.batch_execute(&format!("SET search_path TO {schema}; SET session_replication_role TO replica")).unwrap();
    let kept = format!("kept_{schema}");
    db.batch_execute(&format!("CREATE SCHEMA {kept}")).unwrap();
    let tables = ["basis", "source", "other_name", "record_file", "issue"];
    for table in tables {
        db.batch_execute(&format!("CREATE TABLE {kept}.{table} AS TABLE {table}")).unwrap();
    }
    let mut trials = Vec::new();
    for table in tables {
        let sql = "SELECT column_name::text, data_type::text FROM information_schema.columns \
                   WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position";
        let columns: Vec<(String, String)> =
            db.query(sql, &[&schema, &table]).unwrap().iter().map(|r| (r.get(0), r.get(1))).collect();
        let rows: i64 = db.query_one(&format!("SELECT count(*) FROM {table}"), &[]).unwrap().get(0);
        assert!(rows > 0, "{table}");
        for row in 0..rows {
            let which = format!("ctid = (SELECT ctid FROM {table} ORDER BY ctid LIMIT 1 OFFSET {row})");
            trials.push(format!("DELETE FROM {table} WHERE {which}"));
            let number = trials.len();
            let values: Vec<String> = columns.iter().map(|(c, kind)| change(c, kind, number)).collect();
            trials.push(format!("INSERT INTO {table} SELECT {} FROM {table} WHERE {which}", values.join(", ")));
            for (column, kind) in &columns {
                let value = change(column, kind, trials.len());
                trials.push(format!("UPDATE {table} SET {column} = {value} WHERE {which}"));
            }
        }
    }
    let mut tried = 0;
    for what in &trials {
        // What the table itself does not take needs no finding.
        if db.batch_execute(what).is_err() {
            continue;
        }
        tried += 1;
        let found = check(&root);
        assert!(found.broken.iter().any(|b| b.starts_with("database")), "missed: {what}: {found:?}");
        for table in tables {
            db.batch_execute(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM {kept}.{table}"))
                .unwrap();
        }
    }
    assert!(tried > 100, "{tried} of {}", trials.len());
    is_whole(&root);
    db.batch_execute(&format!("DROP SCHEMA {kept} CASCADE")).unwrap();
    // What is not a row: a trigger that changes them, a column, a rule, a table.
    for (put, take) in [
        ("ALTER TABLE basis ADD COLUMN more TEXT", "ALTER TABLE basis DROP COLUMN more"),
        ("CREATE RULE quiet AS ON DELETE TO source DO INSTEAD NOTHING", "DROP RULE quiet ON source"),
        ("CREATE TABLE other (a BIGINT)", "DROP TABLE other"),
        ("ALTER TABLE issue DROP CONSTRAINT issue_pkey", "ALTER TABLE issue ADD PRIMARY KEY (source_id, number)"),
    ] {
        db.batch_execute(put).unwrap();
        let found = check(&root);
        assert!(found.broken.iter().any(|b| b.contains("is not as this version makes it")), "{put}: {found:?}");
        db.batch_execute(take).unwrap();
    }
    is_whole(&root);
}

#[test]
fn cases_live_side_by_side_and_a_copy_does_not_write_into_the_same_rows() {
    let (server, dir) = (shared(), tempfile::tempdir().unwrap());
    let url = StoreUrl::parse(&server.url()).unwrap();
    let roots = ["a", "b"].map(|name| make(&dir.path().join(name), Some(&url)));
    assert_ne!(schema_of(&roots[0]), schema_of(&roots[1]));
    let [mut a, b] = roots.clone().map(|root| Case::open(&root, "tester").unwrap());
    let before = says(&b);
    a.delete_source("one.csv", "order 3", "r").unwrap();
    a.add_basis(&basis("B7")).unwrap();
    assert_eq!(says(&b), before);
    drop(b);
    is_whole(&roots[1]);
    // The other one is open, and may have acts that are not yet in the tiles.
    let open = check(&roots[0]);
    assert!(open.is_whole() && open.not_checked.is_empty(), "{open:?}");
    // A folder that was copied while the case is open elsewhere.
    let copy = dir.path().join("copy");
    let copied = std::process::Command::new("cp").arg("-r").args([&roots[0], &copy]).status().unwrap();
    assert!(copied.success());
    let refused = Case::open(&copy, "tester").unwrap_err();
    assert!(matches!(refused, CaseError::Locked { .. }), "{refused}");
    a.add_basis(&basis("B8")).unwrap();
}

#[test]
fn a_newer_database_is_refused_and_an_interrupted_start_is_gone_on_with() {
    let (server, dir) = (shared(), tempfile::tempdir().unwrap());
    for (name, url) in stores(&server) {
        let root = make(&dir.path().join(name), url.as_ref());
        let set = |version: u32| match url {
            None => {
                let db = rusqlite::Connection::open(root.join("case.db")).unwrap();
                db.pragma_update(None, "user_version", version).unwrap();
            }
            Some(_) => {
                server.psql(&format!("UPDATE {}.store_version SET version = {version}", schema_of(&root)));
            }
        };
        set(99);
        let refused = Case::open(&root, "tester").unwrap_err().to_string();
        assert!(refused.contains("newer version of Tutela (store version 99; this one knows 1)"), "{refused}");
        assert!(check(&root).broken.iter().any(|b| b.contains("newer version")));
        set(1);
        is_whole(&root);
        // Made up to the log's first checkpoint, and cut off there.
        let begun = dir.path().join(name).join("begun");
        drop(Case::init_in(&begun, "tester", url.as_ref()).unwrap());
        let noted = fs::read(begun.join("store.json")).ok();
        for name in ["custody/tile", "custody/pending"] {
            let path = begun.join(name);
            let _gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        }
        let key = tutela_custody::read_key(&begun.join("custody/key")).unwrap().unwrap();
        tutela_custody::create(&begun.join("custody"), &key).unwrap();
        assert!(Case::open(&begun, "tester").unwrap_err().to_string().contains("tutela case init"));
        let mut case = Case::init_in(&begun, "tester", url.as_ref()).unwrap();
        assert_eq!(fs::read(begun.join("store.json")).ok(), noted, "{name}: it keeps the schema it has");
        case.add_basis(&basis("B1")).unwrap();
        drop(case);
        is_whole(&begun);
    }
}

#[test]
fn a_database_that_fails_within_an_act_stops_the_log_until_it_is_put_right() {
    let (server, dir) = (shared(), tempfile::tempdir().unwrap());
    for (name, url) in stores(&server) {
        let root = make(&dir.path().join(name), url.as_ref());
        let mut case = Case::open(&root, "tester").unwrap();
        // Writes fail, reads do not.
        let sql = |put: bool| match (&url, put) {
            (None, _) => {
                let db = rusqlite::Connection::open(root.join("case.db")).unwrap();
                let stop = "CREATE TRIGGER stop BEFORE INSERT ON basis BEGIN SELECT RAISE(ABORT, 'no'); END";
                db.execute_batch(if put { stop } else { "DROP TRIGGER stop" }).unwrap();
            }
            (Some(_), put) => {
                let schema = schema_of(&root);
                let to = if put { "ADD CONSTRAINT stop CHECK (false) NOT VALID" } else { "DROP CONSTRAINT stop" };
                server.psql(&format!("ALTER TABLE {schema}.basis {to}"));
            }
        };
        sql(true);
        let failed = case.add_basis(&basis("B7")).unwrap_err();
        assert!(matches!(failed, CaseError::Store(_) | CaseError::Server { .. }), "{failed}");
        let halted = case.lapse_basis("b1", &Lapse { kind: LapseKind::Annulled, reason: "r".to_owned() }).unwrap_err();
        assert!(halted.to_string().contains("open the case again"), "{halted}");
        assert!(case.resume().is_err(), "{name}: nothing is put right yet");
        sql(false);
        case.resume().unwrap();
        assert!(case.bases().unwrap().iter().any(|b| b.basis_id == "B7"), "{name}: taken from the log");
        sql(true);
        assert!(case.add_basis(&basis("B8")).is_err());
        sql(false);
        drop(case);
        assert_eq!(check(&root).unfinished.len(), 1, "{name}");
        let case = Case::open(&root, "tester").unwrap();
        assert!(case.bases().unwrap().iter().any(|b| b.basis_id == "B8"), "{name}: taken from the log");
        drop(case);
        is_whole(&root);
    }
}

#[test]
fn a_server_that_goes_and_comes_back_is_found_again() {
    let (server, dir) = (Server::start(false), tempfile::tempdir().unwrap());
    let root = make(dir.path(), Some(&StoreUrl::parse(&server.url()).unwrap()));
    let mut case = Case::open(&root, "tester").unwrap();
    let before = says(&case);
    server.stop();
    // The files are checked all the same, and what was not is said.
    let found = check(&root);
    assert!(found.is_whole() && !found.database && found.sealed == 3, "{found:?}");
    assert!(found.not_checked[0].contains("cannot be reached"), "{found:?}");
    let files = verify_files(&root, &AuditOptions::default()).unwrap();
    assert!(files.is_whole() && !files.database && files.not_checked[0].contains("as asked"), "{files:?}");
    let refused = case.add_basis(&basis("B7")).unwrap_err();
    assert!(matches!(refused, CaseError::Unreachable { .. } | CaseError::Server { .. }), "{refused}");
    assert!(!refused.to_string().contains("password"));
    server.run();
    // Nothing was logged meanwhile that the database does not have.
    assert_eq!(says(&case), before);
    case.add_basis(&basis("B7")).unwrap();
    server.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tutela'");
    case.add_basis(&basis("B8")).unwrap();
    // From within an asynchronous runtime, as a server of cases is.
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
        assert_eq!(case.bases().unwrap().len(), 6);
        drop(case);
    });
    is_whole(&root);
    server.stop();
    let refused = Case::open(&root, "tester").unwrap_err();
    assert!(matches!(refused, CaseError::Unreachable { .. }), "{refused}");
}

#[test]
fn a_note_of_a_server_that_is_not_right_is_refused() {
    let (server, dir) = (shared(), tempfile::tempdir().unwrap());
    let root = make(dir.path(), Some(&StoreUrl::parse(&server.url()).unwrap()));
    let note = root.join("store.json");
    let right = fs::read_to_string(&note).unwrap();
    let schema = schema_of(&root);
    for (wrong, why) in [
        (right.replace(&schema, "tutela_0000000000000000"), "there is no such schema"),
        (right.replace(&schema, "x; DROP SCHEMA public"), "schema is no name"),
        (right.replace("postgresql://", "other://"), "does not begin with postgresql://"),
        (right.replace("\"url\"", "\"address\""), "store.json"),
        ("{".to_owned(), "store.json"),
    ] {
        fs::write(&note, &wrong).unwrap();
        let refused = Case::open(&root, "tester").unwrap_err().to_string();
        assert!(refused.contains(why), "{wrong}: {refused}");
        let found = check(&root);
        assert!(!found.is_whole(), "{wrong}: {found:?}");
    }
    // Without its note the case has no database, and none is made in its place.
    fs::remove_file(&note).unwrap();
    assert!(Case::open(&root, "tester").unwrap_err().to_string().contains("case.db: is not there"));
    assert!(!root.join("case.db").exists());
    assert!(!check(&root).not_checked.is_empty());
    fs::write(&note, right).unwrap();
    is_whole(&root);
}

#[test]
fn what_is_expected_of_a_schema_is_what_a_server_has() {
    let (server, dir) = (shared(), tempfile::tempdir().unwrap());
    let root = make(dir.path(), Some(&StoreUrl::parse(&server.url()).unwrap()));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/postgres_schema.txt");
    if std::env::var_os("UPDATE").is_some() {
        let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/postgres.rs")).unwrap();
        let (_, query) = source.split_once("const SCHEMA: &str = \"\\\n").unwrap();
        let query = query.split_once("\";").unwrap().0.replace("\\\n", " ");
        let mut db = postgres::Client::connect(&server.url(), postgres::NoTls).unwrap();
        let schema = schema_of(&root);
        db.batch_execute(&format!("SET search_path TO {schema}")).unwrap();
        let mut lines: Vec<String> = db
            .query(&query, &[&schema])
            .unwrap()
            .iter()
            .map(|r| format!("{}\t{}\n", r.get::<_, String>(0), r.get::<_, String>(1)))
            .collect();
        lines.sort();
        fs::write(&path, lines.concat()).unwrap();
    } else {
        let found = check(&root);
        assert!(found.is_whole(), "UPDATE=1 writes {} anew: {found:?}", path.display());
    }
}
