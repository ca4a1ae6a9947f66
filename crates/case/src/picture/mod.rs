//! Pictures of a case: what is tied to what, what happened when, what flowed where. They are looked up in an index that is drawn
//! from the records and findings of one run.
//!
//! **Invariant.** The index is no evidence: it is drawn anew after each opening of the case and goes with it, so that nothing in
//! it can be older than what may be used. *Reason:* what was purged or has lost its legal basis must not live on in a copy.
//!
//! **Invariant.** What leaves it names nobody: people are references, and an e-mail address, telephone number or document is
//! called by who states it. *Reason:* most of those near the evidence have done nothing.

mod draw;
mod graph;
mod load;
mod money;
mod path;
mod places;
mod records;
mod time;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, params};

pub use draw::PictureOrder;
pub use graph::{KindCount, Neighbour, NeighbourPage, OpenNode, View, ViewQuery};
pub use money::{CommonRecipient, Flow, FlowEdge, FlowSeed};
pub use path::{NoPath, Steps};
pub use places::{AccountPlace, Corridor, LinePlace, Places, TripPlace};
pub use time::{Event, Lane, TimeQuery, TimeView};

use crate::CaseError;

/// The folder of the index inside the case.
pub(crate) const FOLDER: &str = "pictures";

/// The kinds of nodes, in the order they are listed.
pub const NODE_KINDS: [&str; 10] =
    ["account", "person", "line", "device", "selector", "address", "group", "referral", "payment", "household"];

/// How a node is called: its kind and its reference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeKey {
    /// One of [`NODE_KINDS`].
    pub kind: String,
    /// Its reference; unique within the kind.
    pub node_ref: String,
}

impl NodeKey {
    /// Reads `kind:reference`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, node_ref) = text.split_once(':')?;
        let known = NODE_KINDS.contains(&kind) && !node_ref.is_empty();
        known.then(|| Self { kind: kind.to_owned(), node_ref: node_ref.to_owned() })
    }
}

impl std::fmt::Display for NodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.kind, self.node_ref)
    }
}

/// A node of the graph, by reference.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its number in this index.
    pub id: i64,
    /// How it is called.
    pub key: NodeKey,
    /// What kind of selector or access it is, where that says more.
    pub detail: Option<String>,
    /// What stands for it where its reference is a digest and its own name may be shown.
    pub label: Option<String>,
    /// Whether the account is under investigation.
    pub investigated: bool,
    /// Whether a lead or a finding is about it.
    pub of_note: bool,
    /// What a payment account is to the payments that are followed.
    pub role: Option<String>,
    /// The outcome of its lead from payments.
    pub outcome: Option<String>,
    /// The reason of its lead from payments, as one word.
    pub reason: Option<String>,
    /// log10 of the likelihood ratio of its lead from payments.
    pub log10_lr: Option<f64>,
    /// The lead about it.
    pub lead_ref: Option<String>,
    /// How many neighbours it has.
    pub neighbours: u64,
}

/// A tie between two nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Tie {
    /// Number of the node it starts from.
    pub from_id: i64,
    /// Number of the node it leads to.
    pub to_id: i64,
    /// What kind of tie.
    pub tie: String,
    /// How a finding stands, or whether payments were taken back.
    pub status: Option<String>,
    /// log10 of a finding's likelihood ratio.
    pub log10_lr: Option<f64>,
    /// The currency of payments.
    pub currency: Option<String>,
    /// Their sum, as an exact decimal.
    pub amount: Option<String>,
    /// How many records say it; none of its own for a finding about people.
    pub records: u64,
    /// The first of them, in microseconds since 1970.
    pub first_us: Option<i64>,
    /// The last of them.
    pub last_us: Option<i64>,
}

/// The index of one run, open to look things up in. Many may do so at once.
#[derive(Debug)]
pub struct Pictures {
    run_id: String,
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Drop for Pictures {
    fn drop(&mut self) {
        // A newer one has a name of its own; this one is of no more use.
        let _removed = std::fs::remove_file(&self.path);
    }
}

impl Pictures {
    pub(crate) fn open(run_id: &str, path: &Path) -> Self {
        Self { run_id: run_id.to_owned(), path: path.to_path_buf(), idle: Mutex::default() }
    }

    /// The run it was drawn from.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.run_id
    }

    /// Looks something up with a connection of its own.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Connection) -> Result<T, CaseError>) -> Result<T, CaseError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let db = match idle {
            Some(db) => db,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let db = Connection::open_with_flags(&self.path, flags)?;
                // 8 MiB of pages each; what more there is the system keeps, and takes back when it needs it.
                db.execute_batch("PRAGMA cache_size = -8192; PRAGMA query_only = ON;")?;
                db.set_prepared_statement_cache_capacity(64);
                db
            }
        };
        let found = look(&db);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < 8 {
            idle.push(db);
        }
        found
    }

    /// The node of that name.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn node(&self, key: &NodeKey) -> Result<Option<Node>, CaseError> {
        self.look(|db| node_by_key(db, key))
    }
}

const NODE: &str =
    "node_id, kind, ref, detail, label, investigated, of_note, role, outcome, reason, log10_lr, lead_ref, neighbours";

fn node_of(row: &Row<'_>) -> rusqlite::Result<Node> {
    Ok(Node {
        id: row.get(0)?,
        key: NodeKey { kind: row.get(1)?, node_ref: row.get(2)? },
        detail: row.get(3)?,
        label: row.get(4)?,
        investigated: row.get(5)?,
        of_note: row.get(6)?,
        role: row.get(7)?,
        outcome: row.get(8)?,
        reason: row.get(9)?,
        log10_lr: row.get(10)?,
        lead_ref: row.get(11)?,
        neighbours: count(row, 12)?,
    })
}

/// A count; nothing writes a negative one.
fn count(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(index).map(|n| u64::try_from(n).unwrap_or(0))
}

fn node_by_key(db: &Connection, key: &NodeKey) -> Result<Option<Node>, CaseError> {
    let mut statement = db.prepare_cached(&format!("SELECT {NODE} FROM node WHERE kind = ?1 AND ref = ?2"))?;
    Ok(statement.query_row(params![key.kind, key.node_ref], node_of).optional()?)
}

fn node_by_id(db: &Connection, id: i64) -> Result<Node, CaseError> {
    let mut statement = db.prepare_cached(&format!("SELECT {NODE} FROM node WHERE node_id = ?1"))?;
    Ok(statement.query_row([id], node_of)?)
}

const TIE: &str = "node_id, other_id, outward, tie, status, log10_lr, currency, amount, records, first_us, last_us";

/// A tie, and the node at its other end.
fn tie_of(row: &Row<'_>) -> rusqlite::Result<(i64, Tie)> {
    let (node, other, outward): (i64, i64, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let (from_id, to_id) = if outward { (node, other) } else { (other, node) };
    let tie = Tie {
        from_id,
        to_id,
        tie: row.get(3)?,
        status: row.get(4)?,
        log10_lr: row.get(5)?,
        currency: row.get(6)?,
        amount: row.get(7)?,
        records: count(row, 8)?,
        first_us: row.get(9)?,
        last_us: row.get(10)?,
    };
    Ok((other, tie))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_called_by_kind_and_reference() {
        let key = NodeKey::parse("account:chatter:u:1");
        assert_eq!(key.as_ref().map(|k| (k.kind.as_str(), k.node_ref.as_str())), Some(("account", "chatter:u:1")));
        assert_eq!(key.map(|k| k.to_string()).as_deref(), Some("account:chatter:u:1"));
        for wrong in ["account", "account:", "nobody:x", "", ":x"] {
            assert_eq!(NodeKey::parse(wrong), None, "{wrong}");
        }
    }
}
