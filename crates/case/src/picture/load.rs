//! Stages into the index: tables in the order of their keys, so that writing them is appending.

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::{Array as _, Decimal128Array};
use rusqlite::{Connection, Statement, params};
use sha2::{Digest as _, Sha256};
use tutela_engine::read_batches;
use tutela_model::money::Amount;

use crate::CaseError;
use crate::request::rows::{Row, each};

const SCHEMA: &str = "
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; PRAGMA temp_store = FILE;
    CREATE TABLE node (
        node_id INTEGER PRIMARY KEY, kind TEXT NOT NULL, ref TEXT NOT NULL, key TEXT NOT NULL, detail TEXT, label TEXT,
        investigated INTEGER NOT NULL, of_note INTEGER NOT NULL, role TEXT, outcome TEXT, reason TEXT, log10_lr REAL,
        lead_ref TEXT, neighbours INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE neighbour (
        node_id INTEGER NOT NULL, other_kind TEXT NOT NULL, place INTEGER NOT NULL, number INTEGER NOT NULL,
        other_id INTEGER NOT NULL, outward INTEGER NOT NULL, tie TEXT NOT NULL, status TEXT, log10_lr REAL, currency TEXT,
        amount TEXT, records INTEGER NOT NULL, first_us INTEGER, last_us INTEGER,
        PRIMARY KEY (node_id, other_kind, place, number)) STRICT, WITHOUT ROWID;
    CREATE TABLE event (
        node_id INTEGER NOT NULL, lane TEXT NOT NULL, at_us INTEGER NOT NULL, number INTEGER NOT NULL, what TEXT, other_id INTEGER,
        device_id INTEGER, currency TEXT, amount TEXT, table_name TEXT NOT NULL, source_no INTEGER NOT NULL, row INTEGER NOT NULL,
        PRIMARY KEY (node_id, lane, at_us, number)) STRICT, WITHOUT ROWID;
    CREATE TABLE source (source_no INTEGER PRIMARY KEY, source_id TEXT NOT NULL) STRICT;
    CREATE TABLE event_count (
        node_id INTEGER NOT NULL, lane TEXT NOT NULL, minutes INTEGER NOT NULL, bin INTEGER NOT NULL, events INTEGER NOT NULL,
        PRIMARY KEY (node_id, lane, minutes, bin)) STRICT, WITHOUT ROWID;
    CREATE TABLE flow (
        creditor_id INTEGER NOT NULL, target TEXT NOT NULL, number INTEGER NOT NULL, debtor_id INTEGER NOT NULL,
        currency TEXT NOT NULL, payments INTEGER NOT NULL, amount TEXT NOT NULL, first_day INTEGER, last_day INTEGER,
        reversed INTEGER NOT NULL, PRIMARY KEY (creditor_id, target, number)) STRICT, WITHOUT ROWID;
    CREATE TABLE flow_seed (node_id INTEGER PRIMARY KEY, is_service INTEGER NOT NULL, payers INTEGER NOT NULL) STRICT;
    CREATE TABLE flow_total (
        creditor_id INTEGER NOT NULL, target TEXT NOT NULL, currency TEXT NOT NULL, payers INTEGER NOT NULL,
        payments INTEGER NOT NULL, amount TEXT NOT NULL, first_day INTEGER, last_day INTEGER, reversed INTEGER NOT NULL,
        PRIMARY KEY (creditor_id, target, currency)) STRICT, WITHOUT ROWID;
    CREATE TABLE flow_common (
        seed_id INTEGER NOT NULL, number INTEGER NOT NULL, common_id INTEGER NOT NULL, payers INTEGER NOT NULL,
        currency TEXT NOT NULL, payments INTEGER NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (seed_id, number)) STRICT, WITHOUT ROWID;
    CREATE TABLE line_place (
        municipality_code TEXT, operator TEXT NOT NULL, access_kind TEXT, address_kind TEXT, lines INTEGER NOT NULL,
        found INTEGER NOT NULL) STRICT;
    CREATE TABLE corridor (debtor_country TEXT, creditor_country TEXT, currency TEXT NOT NULL, payments INTEGER NOT NULL,
        amount TEXT NOT NULL) STRICT;
    CREATE TABLE account_place (country TEXT, accounts INTEGER NOT NULL) STRICT;
    CREATE TABLE trip_place (from_place TEXT, to_place TEXT, trips INTEGER NOT NULL, named INTEGER NOT NULL) STRICT;
";

const INDEXES: &str = "
    CREATE INDEX neighbour_pair ON neighbour (node_id, other_id);
    CREATE TABLE kind_count (
        node_id INTEGER NOT NULL, other_kind TEXT NOT NULL, neighbours INTEGER NOT NULL,
        PRIMARY KEY (node_id, other_kind)) STRICT, WITHOUT ROWID;
    INSERT INTO kind_count SELECT node_id, other_kind, max(place) FROM neighbour GROUP BY node_id, other_kind;
    UPDATE node SET neighbours = coalesce((SELECT sum(k.neighbours) FROM kind_count k WHERE k.node_id = node.node_id), 0);
";

/// After the references stand. Where to begin is what most is found about: it is looked for once.
const NAMES: &str = "
    CREATE UNIQUE INDEX node_ref ON node (kind, ref);
    CREATE TABLE name (text TEXT NOT NULL, node_id INTEGER NOT NULL, PRIMARY KEY (text, node_id)) STRICT, WITHOUT ROWID;
    INSERT INTO name SELECT lower(ref), node_id FROM node;
    INSERT OR IGNORE INTO name SELECT lower(substr(ref, instr(ref, ':') + 1)), node_id FROM node WHERE kind IN ('account', 'group');
    INSERT OR IGNORE INTO name SELECT lower(substr(ref, instr(ref, '/') + 1)), node_id FROM node WHERE kind = 'line';
    INSERT OR IGNORE INTO name SELECT lower(label), node_id FROM node WHERE label IS NOT NULL;
    INSERT OR IGNORE INTO name SELECT lower(substr(label, instr(label, '/') + 1)), node_id FROM node WHERE label IS NOT NULL;
    CREATE TABLE beginning (number INTEGER PRIMARY KEY, node_id INTEGER NOT NULL) STRICT;
    INSERT INTO beginning (node_id) SELECT node_id FROM node WHERE investigated OR outcome IS NOT NULL
        ORDER BY investigated DESC, (SELECT max(n.log10_lr) FROM neighbour n
            WHERE n.node_id = node.node_id AND n.other_kind = 'person' AND n.tie = 'attributed') DESC NULLS LAST,
          log10_lr DESC NULLS LAST, neighbours DESC, kind, ref LIMIT 50;
";

/// Writes the index.
pub(super) fn load(run_dir: &Path, stages: &Path, path: &Path) -> Result<(), CaseError> {
    let mut db = Connection::open(path)?;
    db.execute_batch(SCHEMA)?;
    let transaction = db.transaction()?;
    let stage = |name: &str| stages.join(format!("{name}.parquet"));
    nodes(&transaction, run_dir, &stage("node"))?;
    neighbours(&transaction, &stage("neighbour"))?;
    events(&transaction, &stage("event"))?;
    event_counts(&transaction, &stage("event_count"))?;
    flows(&transaction, &stage("flow"), &stage("flow_seed"))?;
    flow_sums(&transaction, &stage("flow_total"), &stage("flow_common"))?;
    places(&transaction, &stage)?;
    transaction.execute_batch(INDEXES)?;
    call_selectors(&transaction)?;
    transaction.execute_batch(NAMES)?;
    transaction.commit()?;
    Ok(())
}

/// What a payment account's key says of itself, and whether it may be shown: an address, number or document is personal.
fn payment_detail(key: &str) -> (Option<&str>, bool) {
    match key.split_once(':') {
        Some((kind @ ("email" | "phone" | "document"), _)) => (Some(kind), false),
        _ => (None, true),
    }
}

fn nodes(db: &Connection, run_dir: &Path, path: &Path) -> Result<(), CaseError> {
    let leads: BTreeMap<String, String> = tutela_analysis::leads(run_dir)?
        .leads
        .into_iter()
        .map(|l| (format!("{}:{}", l.account.platform, l.account.account_ref), l.lead_ref))
        .collect();
    let mut add = db.prepare(
        "INSERT INTO node (node_id, kind, ref, key, detail, label, investigated, of_note, role, outcome, reason, log10_lr, lead_ref) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    let mut taken: BTreeMap<String, u64> = BTreeMap::new();
    let columns =
        ["node_id", "kind", "key", "investigated", "of_note", "role", "outcome", "reason", "log10_lr", "access_kind"];
    each(path, &columns, |row| {
        let (kind, key) = (row.required("kind")?, row.required("key")?);
        let (mut node_ref, mut detail, mut label) = (key.clone(), row.text("access_kind"), None);
        let mut lead = leads.get(&key).filter(|_| kind == "account").cloned();
        match kind.as_str() {
            "payment" => {
                let digest = hex::encode(Sha256::digest(key.as_bytes()).get(..6).unwrap_or_default());
                let of_lead = format!("P-{digest}");
                let again = taken.entry(digest).or_insert(0);
                *again += 1;
                node_ref = if *again == 1 { of_lead.clone() } else { format!("{of_lead}-{again}") };
                let (what, shown) = payment_detail(&key);
                detail = what.map(str::to_owned);
                label = shown.then(|| key.trim_start_matches('/').to_owned());
                lead = row.text("outcome").map(|_| of_lead);
            }
            "selector" => detail = key.split_once(':').map(|(what, _)| what.to_owned()),
            _ => {}
        }
        let ratio = row.real("log10_lr");
        let (under, noted) = (row.flag("investigated"), row.flag("of_note"));
        let (role, outcome, reason) = (row.text("role"), row.text("outcome"), row.text("reason"));
        let id = row.number("node_id")?;
        add.execute(params![id, kind, node_ref, key, detail, label, under, noted, role, outcome, reason, ratio, lead])?;
        Ok(())
    })
}

/// Calls each selector by the first that states it: what it is stays masked, and the name lasts as long as the records do.
fn call_selectors(db: &Connection) -> Result<(), CaseError> {
    let mut find = db.prepare("SELECT node_id, detail FROM node WHERE kind = 'selector' ORDER BY key")?;
    let mut holder = db.prepare(
        "SELECT o.kind, o.ref FROM neighbour n JOIN node o ON o.node_id = n.other_id WHERE n.node_id = ?1 ORDER BY o.kind, o.ref LIMIT 1",
    )?;
    let mut call = db.prepare("UPDATE node SET ref = ?2 WHERE node_id = ?1")?;
    let mut taken: BTreeMap<String, u64> = BTreeMap::new();
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        let (id, detail): (i64, Option<String>) = (row.get(0)?, row.get(1)?);
        let held: String = holder.query_row([id], |r| r.get(1))?;
        let name = format!("{}:{held}", detail.unwrap_or_default());
        let again = taken.entry(name.clone()).or_insert(0);
        *again += 1;
        call.execute(params![id, if *again == 1 { name } else { format!("{name}:{again}") }])?;
    }
    Ok(())
}

/// The ties of a node to the neighbours of one kind, until the last of them is read.
#[derive(Default)]
struct Group {
    node: i64,
    kind: String,
    ties: Vec<Ending>,
}

/// A tie from one of its ends.
struct Ending {
    other: i64,
    note: bool,
    outward: bool,
    tie: String,
    status: Option<String>,
    log10_lr: Option<f64>,
    currency: Option<String>,
    amount: Option<String>,
    records: i64,
    first_us: Option<i64>,
    last_us: Option<i64>,
}

impl Ending {
    /// What a finding about the neighbour weighs; less than any where there is none.
    fn weight(&self) -> f64 {
        if matches!(self.tie.as_str(), "resolved" | "attributed") { self.log10_lr.unwrap_or(0.0) } else { -1e9 }
    }
}

impl Group {
    /// Writes the neighbours in their places: those of note first, then by what is found about them, then by their records.
    fn write(&mut self, add: &mut Statement<'_>) -> Result<(), CaseError> {
        let mut neighbours: Vec<Vec<Ending>> = Vec::new();
        for tie in self.ties.drain(..) {
            match neighbours.last_mut().filter(|n| n.first().is_some_and(|t| t.other == tie.other)) {
                Some(ties) => ties.push(tie),
                None => neighbours.push(vec![tie]),
            }
        }
        let records = |ties: &[Ending]| ties.iter().map(|t| t.records).sum::<i64>();
        let weight = |ties: &[Ending]| ties.iter().map(Ending::weight).fold(-1e9, f64::max);
        let note = |ties: &[Ending]| ties.iter().any(|t| t.note);
        neighbours.sort_by(|a, b| {
            let by_note = note(b).cmp(&note(a));
            let by_weight = weight(b).total_cmp(&weight(a));
            by_note.then(by_weight).then(records(b).cmp(&records(a)))
        });
        for (place, ties) in (1_i64..).zip(&neighbours) {
            for (number, t) in (1_i64..).zip(ties) {
                let said = (&t.tie, &t.status, t.log10_lr, &t.currency, &t.amount);
                add.execute(params![
                    self.node, self.kind, place, number, t.other, t.outward, said.0, said.1, said.2, said.3, said.4,
                    t.records, t.first_us, t.last_us
                ])?;
            }
        }
        Ok(())
    }
}

fn neighbours(db: &Connection, path: &Path) -> Result<(), CaseError> {
    let mut add =
        db.prepare("INSERT INTO neighbour VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")?;
    let columns = [
        "node_id",
        "other_kind",
        "other_id",
        "note",
        "outward",
        "tie",
        "status",
        "log10_lr",
        "currency",
        "amount",
        "records",
        "first_us",
        "last_us",
    ];
    let mut group = Group::default();
    each_with_amount(path, &columns, |row, amount| {
        let (node, kind) = (row.number("node_id")?, row.required("other_kind")?);
        if (group.node, &group.kind) != (node, &kind) {
            group.write(&mut add)?;
            (group.node, group.kind) = (node, kind);
        }
        group.ties.push(Ending {
            other: row.number("other_id")?,
            note: row.flag("note"),
            outward: row.flag("outward"),
            tie: row.required("tie")?,
            status: row.text("status"),
            log10_lr: row.real("log10_lr"),
            currency: row.text("currency"),
            amount,
            records: row.integer("records").unwrap_or(0),
            first_us: row.integer("first_us"),
            last_us: row.integer("last_us"),
        });
        Ok(())
    })?;
    group.write(&mut add)
}

fn events(db: &Connection, path: &Path) -> Result<(), CaseError> {
    let mut add = db.prepare("INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")?;
    let columns = [
        "node_id",
        "lane",
        "at_us",
        "what",
        "other_id",
        "device_id",
        "currency",
        "amount",
        "table_name",
        "source_id",
        "row",
    ];
    let mut sources: BTreeMap<String, i64> = BTreeMap::new();
    let mut number = 0_i64;
    each_with_amount(path, &columns, |row, amount| {
        number += 1;
        let next = i64::try_from(sources.len()).unwrap_or(i64::MAX);
        let source = *sources.entry(row.required("source_id")?).or_insert(next);
        add.execute(params![
            row.number("node_id")?,
            row.required("lane")?,
            row.number("at_us")?,
            number,
            row.text("what"),
            row.integer("other_id"),
            row.integer("device_id"),
            row.text("currency"),
            amount,
            row.required("table_name")?,
            source,
            row.number("row")?,
        ])?;
        Ok(())
    })?;
    let mut add = db.prepare("INSERT INTO source VALUES (?1, ?2)")?;
    for (source_id, number) in &sources {
        add.execute(params![number, source_id])?;
    }
    Ok(())
}

fn event_counts(db: &Connection, path: &Path) -> Result<(), CaseError> {
    let mut add = db.prepare("INSERT INTO event_count VALUES (?1, ?2, ?3, ?4, ?5)")?;
    each(path, &["node_id", "lane", "minutes", "bin", "events"], |row| {
        let lane = row.required("lane")?;
        let numbers = (row.number("node_id")?, row.number("minutes")?, row.number("bin")?, row.number("events")?);
        add.execute(params![numbers.0, lane, numbers.1, numbers.2, numbers.3])?;
        Ok(())
    })
}

fn flows(db: &Connection, flow: &Path, seed: &Path) -> Result<(), CaseError> {
    let mut add = db.prepare("INSERT INTO flow VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
    let columns =
        ["debtor_id", "creditor_id", "target", "currency", "payments", "amount", "first_day", "last_day", "reversed"];
    let mut number = 0_i64;
    each_with_amount(flow, &columns, |row, amount| {
        number += 1;
        add.execute(params![
            row.number("creditor_id")?,
            row.required("target")?,
            number,
            row.number("debtor_id")?,
            row.required("currency")?,
            row.number("payments")?,
            amount.unwrap_or_default(),
            row.integer("first_day"),
            row.integer("last_day"),
            row.integer("reversed").unwrap_or(0),
        ])?;
        Ok(())
    })?;
    let mut add = db.prepare("INSERT INTO flow_seed VALUES (?1, ?2, ?3)")?;
    each(seed, &["node_id", "is_service", "payers"], |row| {
        add.execute(params![row.number("node_id")?, row.flag("is_service"), row.number("payers")?])?;
        Ok(())
    })
}

fn flow_sums(db: &Connection, total: &Path, common: &Path) -> Result<(), CaseError> {
    let mut add = db.prepare("INSERT INTO flow_total VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    let columns =
        ["creditor_id", "target", "currency", "payers", "payments", "amount", "first_day", "last_day", "reversed"];
    each_with_amount(total, &columns, |row, amount| {
        add.execute(params![
            row.number("creditor_id")?,
            row.required("target")?,
            row.required("currency")?,
            row.number("payers")?,
            row.number("payments")?,
            amount.unwrap_or_default(),
            row.integer("first_day"),
            row.integer("last_day"),
            row.integer("reversed").unwrap_or(0),
        ])?;
        Ok(())
    })?;
    let mut add = db.prepare("INSERT INTO flow_common VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    let mut number = 0_i64;
    each_with_amount(common, &["seed_id", "common_id", "payers", "currency", "payments", "amount"], |row, amount| {
        number += 1;
        let (seed, other, payers) = (row.number("seed_id")?, row.number("common_id")?, row.number("payers")?);
        let (currency, payments) = (row.required("currency")?, row.number("payments")?);
        add.execute(params![seed, number, other, payers, currency, payments, amount.unwrap_or_default()])?;
        Ok(())
    })
}

fn places(db: &Connection, stage: &dyn Fn(&str) -> std::path::PathBuf) -> Result<(), CaseError> {
    let mut add = db.prepare("INSERT INTO line_place VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let columns = ["municipality_code", "operator", "access_kind", "address_kind", "lines", "found"];
    each(&stage("line_place"), &columns, |row| {
        let (code, operator) = (row.text("municipality_code"), row.required("operator")?);
        let (access, address) = (row.text("access_kind"), row.text("address_kind"));
        add.execute(params![code, operator, access, address, row.number("lines")?, row.number("found")?])?;
        Ok(())
    })?;
    let mut add: Statement<'_> = db.prepare("INSERT INTO corridor VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let columns = ["debtor_country", "creditor_country", "currency", "payments", "amount"];
    each_with_amount(&stage("payment_corridor"), &columns, |row, amount| {
        let (from, to, currency) =
            (row.text("debtor_country"), row.text("creditor_country"), row.required("currency")?);
        add.execute(params![from, to, currency, row.number("payments")?, amount.unwrap_or_default()])?;
        Ok(())
    })?;
    let mut add = db.prepare("INSERT INTO account_place VALUES (?1, ?2)")?;
    each(&stage("payment_account_place"), &["country", "accounts"], |row| {
        add.execute(params![row.text("country"), row.number("accounts")?])?;
        Ok(())
    })?;
    let mut add = db.prepare("INSERT INTO trip_place VALUES (?1, ?2, ?3, ?4)")?;
    each(&stage("trip_place"), &["from_place", "to_place", "trips", "named"], |row| {
        let (from, to) = (row.text("from_place"), row.text("to_place"));
        add.execute(params![from, to, row.number("trips")?, row.number("named")?])?;
        Ok(())
    })
}

/// Calls `found` with each row of a file and its amount, as an exact decimal.
fn each_with_amount(
    path: &Path,
    columns: &[&str],
    mut found: impl FnMut(&Row<'_>, Option<String>) -> Result<(), CaseError>,
) -> Result<(), CaseError> {
    for batch in read_batches(path, columns)? {
        let batch = batch?;
        let amounts = batch.column_by_name("amount").and_then(|c| c.as_any().downcast_ref::<Decimal128Array>());
        for row in 0..batch.num_rows() {
            let amount = amounts.filter(|a| !a.is_null(row)).map(|a| Amount::from_units(a.value(row)).to_string());
            found(&Row::of(&batch, row), amount)?;
        }
    }
    Ok(())
}
