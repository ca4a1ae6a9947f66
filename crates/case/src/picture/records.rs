//! The records behind a tie, found again by what it says, and read back from the sealed files with everything personal masked.

use rusqlite::Connection;
use tutela_analysis::{RecordRef, stage_path};
use tutela_engine::{Engine, EngineConfig, Params, scalar_text};
use tutela_model::TableId;

use super::{FOLDER, NodeKey, Pictures};
use crate::request::rows::Row;
use crate::{Act, Case, CaseError, ExplainedRecord, files, run, store};

/// So many records of a tie are counted out; of more the first are shown.
const LISTED_MAX: usize = 200;

/// How the records of a tie are found: its table, the statement, the tables and stages that this reads.
struct Finder {
    tie: &'static str,
    table: TableId,
    sql: &'static str,
    stages: &'static [(&'static str, &'static str)],
}

/// The statements. `$a` and `$b` are the keys of the two nodes.
const FINDERS: &[Finder] = &[
    Finder {
        tie: "named_holder",
        table: TableId::Account,
        sql: "SELECT DISTINCT t.source_id, t.row FROM account t WHERE t.platform || ':' || t.account_ref = $a AND t.person_ref = $b \
              ORDER BY t.source_id, t.row LIMIT 200",
        stages: &[],
    },
    Finder {
        tie: "states",
        table: TableId::Account,
        sql: "SELECT DISTINCT t.source_id, t.row FROM account t WHERE t.platform || ':' || t.account_ref = $a \
              AND ('email:' || t.email = $b OR 'phone:' || t.phone = $b) ORDER BY t.source_id, t.row LIMIT 200",
        stages: &[],
    },
    Finder {
        tie: "used_device",
        table: TableId::Session,
        sql: "SELECT DISTINCT t.source_id, t.row, t.at_utc FROM session t WHERE t.device_ref = $b \
              AND t.platform || ':' || t.account_ref = $a ORDER BY t.at_utc, t.source_id, t.row LIMIT 200",
        stages: &[],
    },
    Finder {
        tie: "connected_from",
        table: TableId::Session,
        sql: "SELECT DISTINCT t.source_id, t.row, t.at_utc FROM session t WHERE t.ip = $b \
              AND t.platform || ':' || t.account_ref = $a ORDER BY t.at_utc, t.source_id, t.row LIMIT 200",
        stages: &[],
    },
    Finder {
        tie: "reports",
        table: TableId::Referral,
        sql: "SELECT DISTINCT t.source_id, t.row FROM referral t WHERE t.referral_ref = $a AND $b <> '' \
              ORDER BY t.source_id, t.row LIMIT 200",
        stages: &[],
    },
    Finder {
        tie: "line_holder",
        table: TableId::Line,
        sql: "SELECT DISTINCT t.source_id, t.row FROM line t WHERE t.operator || '/' || t.line_ref = $a AND t.holder_ref = $b \
              ORDER BY t.source_id, t.row LIMIT 200",
        stages: &[],
    },
    Finder {
        tie: "lives_in",
        table: TableId::Person,
        sql: "SELECT DISTINCT t.source_id, t.row FROM person t WHERE t.person_ref = $a AND t.household_ref = $b \
              ORDER BY t.source_id, t.row LIMIT 200",
        stages: &[],
    },
    Finder {
        tie: "related",
        table: TableId::Relation,
        sql: "SELECT DISTINCT t.source_id, t.row FROM relation t WHERE t.person_ref = $a AND t.other_ref = $b \
              ORDER BY t.source_id, t.row LIMIT 200",
        stages: &[],
    },
    Finder {
        tie: "payment_holder",
        table: TableId::PaymentAccount,
        sql: "SELECT DISTINCT t.source_id, t.row FROM payment_account t WHERE t.person_ref = $b \
              AND (t.account_ref = $a OR COALESCE(t.provider, '') || '/' || t.account_ref = $a) ORDER BY t.source_id, t.row LIMIT 200",
        stages: &[],
    },
    Finder {
        tie: "registered_with",
        table: TableId::PaymentAccount,
        sql: "SELECT DISTINCT t.source_id, t.row FROM payment_account t \
              WHERE (t.account_ref = $a OR COALESCE(t.provider, '') || '/' || t.account_ref = $a) \
              AND (t.device_ref = $b OR 'email:' || t.email = $b OR 'phone:' || t.phone = $b OR 'document:' || t.document_ref = $b \
                OR 'payout:' || t.payout_ref = $b) ORDER BY t.source_id, t.row LIMIT 200",
        stages: &[],
    },
    Finder {
        tie: "wrote_to",
        table: TableId::Message,
        sql: "SELECT DISTINCT t.source_id, t.row, t.at_utc FROM message t WHERE t.platform || ':' || t.sender_ref = $a \
              AND t.platform || ':' || t.recipient_ref = $b ORDER BY t.at_utc, t.source_id, t.row LIMIT 200",
        stages: &[],
    },
    Finder {
        tie: "wrote_in",
        table: TableId::Message,
        sql: "SELECT DISTINCT t.source_id, t.row, t.at_utc FROM message t WHERE t.platform || ':' || t.sender_ref = $a \
              AND t.platform || ':' || t.group_ref = $b ORDER BY t.at_utc, t.source_id, t.row LIMIT 200",
        stages: &[],
    },
    Finder {
        tie: "travelled_with",
        table: TableId::Trip,
        sql: "SELECT DISTINCT t.source_id, t.row, t.depart_utc FROM trip t WHERE t.person_ref = $a \
              AND 'document:' || t.document_ref = $b ORDER BY t.depart_utc, t.source_id, t.row LIMIT 200",
        stages: &[],
    },
    Finder {
        tie: "seen_on",
        table: TableId::Session,
        sql: "SELECT DISTINCT t.source_id, t.row, t.at_utc FROM known_line l JOIN named_place n ON n.line_id = l.line_id \
              JOIN named_login g ON g.login_id = n.login_id JOIN known_account k ON k.account_id = g.account_id \
              JOIN session t ON t.platform = k.platform AND t.account_ref = k.account_ref AND t.ip = g.ip \
                AND CAST(t.at_utc AS BIGINT) = g.at_us \
              WHERE l.operator || '/' || l.line_ref = $b AND k.platform || ':' || k.account_ref = $a \
              ORDER BY t.at_utc, t.source_id, t.row LIMIT 200",
        stages: &[
            ("count_episodes", "known_line"),
            ("place_people", "named_place"),
            ("place_people", "named_login"),
            ("resolve_sessions", "known_account"),
        ],
    },
    Finder {
        tie: "resolved",
        table: TableId::Session,
        sql: "SELECT DISTINCT t.source_id, t.row, t.at_utc FROM known_line l JOIN episode e ON e.line_id = l.line_id \
              JOIN known_account k ON k.account_id = e.account_id \
              JOIN primary_holding p ON p.account_id = e.account_id AND p.holding_id = e.holding_id \
              JOIN login g ON g.login_id = p.login_id \
              JOIN session t ON t.platform = k.platform AND t.account_ref = k.account_ref AND t.ip = g.ip \
                AND CAST(t.at_utc AS BIGINT) = g.at_us \
              WHERE l.operator || '/' || l.line_ref = $b AND k.platform || ':' || k.account_ref = $a \
              ORDER BY t.at_utc, t.source_id, t.row LIMIT 200",
        stages: &[
            ("count_episodes", "known_line"),
            ("count_episodes", "episode"),
            ("count_episodes", "primary_holding"),
            ("resolve_sessions", "login"),
            ("resolve_sessions", "known_account"),
        ],
    },
    Finder {
        tie: "paid",
        table: TableId::Payment,
        sql: "SELECT DISTINCT n.source_id, p.row, p.day FROM paid p JOIN payment_source n ON n.source_no = p.source_no \
              WHERE p.debtor = $a AND p.creditor = $b ORDER BY p.day, n.source_id, p.row LIMIT 200",
        stages: &[("match_payments", "paid"), ("match_payments", "payment_source")],
    },
];

impl Pictures {
    /// The keys that two nodes have in the records. They stay inside.
    fn keys(&self, from: &NodeKey, to: &NodeKey) -> Result<Option<(String, String)>, CaseError> {
        self.look(|db| Ok(key_of(db, from)?.zip(key_of(db, to)?)))
    }
}

fn key_of(db: &Connection, node: &NodeKey) -> Result<Option<String>, CaseError> {
    let mut statement = db.prepare_cached("SELECT key FROM node WHERE kind = ?1 AND ref = ?2")?;
    let mut rows = statement.query([&node.kind, &node.node_ref])?;
    Ok(rows.next()?.map(|r| r.get(0)).transpose()?)
}

impl Case {
    /// The records behind a tie, the first `most` of them read back from the sealed files with everything personal masked; and
    /// how many there are, up to 200. Nothing where no statement finds records for such a tie.
    ///
    /// # Errors
    /// Where the pictures are of another run, or a source cannot be read back.
    pub fn tie_records(
        &self,
        pictures: &Pictures,
        from: &NodeKey,
        to: &NodeKey,
        tie: &str,
        most: usize,
    ) -> Result<Option<(u64, Vec<ExplainedRecord>)>, CaseError> {
        self.need(Act::Leads)?;
        let run_id = self.current_run()?;
        self.check_basis(&run_id)?;
        if run_id != pictures.run_id() {
            return Err(CaseError::Usage("the case has changed since the picture was drawn; load it again".to_owned()));
        }
        let Some(finder) = FINDERS.iter().find(|f| f.tie == tie) else { return Ok(None) };
        let Some((a, b)) = pictures.keys(from, to)? else { return Ok(None) };
        let found = self.found(finder, &run_id, &a, &b)?;
        let read = self.read_back(found.iter().take(most), false)?;
        let shown = found.iter().take(most).filter_map(|r| read.get(r)).flatten().cloned().collect();
        Ok(Some((found.len() as u64, shown)))
    }

    fn found(&self, finder: &Finder, run_id: &str, a: &str, b: &str) -> Result<Vec<RecordRef>, CaseError> {
        let spill_dir = self.root.join(FOLDER).join("find");
        files::empty_folder(&spill_dir)?;
        let engine = Engine::open(&EngineConfig { memory_bytes: 256 << 20, partitions: 2, spill_dir })?;
        if finder.tie != "paid" {
            let files = store::by_table(&self.root, &self.usable_record_files()?);
            let files = files.get(&finder.table).map_or(&[][..], Vec::as_slice);
            engine.register_parquet(finder.table.name(), &finder.table.table().arrow_schema(), files)?;
        }
        for (step, stage) in finder.stages {
            engine.register_stage(stage, &stage_path(&self.run_dir(run_id), step, stage))?;
        }
        let params = Params::from([("a".to_owned(), scalar_text(a)), ("b".to_owned(), scalar_text(b))]);
        let batches = run::runtime()?.block_on(engine.collect("records of a tie", finder.sql, &params))?;
        let mut out = Vec::new();
        for batch in &batches {
            for row in (0..batch.num_rows()).map(|i| Row::of(batch, i)) {
                out.push(RecordRef {
                    table: finder.table,
                    source_id: row.required("source_id")?,
                    row: row.count("row"),
                });
            }
        }
        out.truncate(LISTED_MAX);
        Ok(out)
    }
}
