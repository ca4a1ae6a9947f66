//! Flows from a seed outward: who paid it, who paid those that pass money on to it, and what its payers pay in common.

use rusqlite::{Connection, params};

use super::{Node, NodeKey, Pictures, count, node_by_id, node_by_key};
use crate::CaseError;

/// So many accounts that pass money on are followed one step further.
const RELAYS_MAX: usize = 12;

/// A seed.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowSeed {
    /// The account.
    pub node: Node,
    /// Whether it pays out for many, so that nothing is followed from it.
    pub is_service: bool,
    /// How many accounts pay it.
    pub payers: u64,
}

/// Payments from one account to another in one currency, or all that are not drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowEdge {
    /// The payer; absent for all further payers together.
    pub from: Option<Node>,
    /// The recipient.
    pub to: Node,
    /// How many payers.
    pub payers: u64,
    /// The currency.
    pub currency: String,
    /// How many payments.
    pub payments: u64,
    /// Their sum, as an exact decimal.
    pub amount: String,
    /// The first day, in days since 1970.
    pub first_day: Option<i64>,
    /// The last day.
    pub last_day: Option<i64>,
    /// How many were taken back.
    pub reversed: u64,
}

/// A recipient that payers of the seed pay in common.
#[derive(Debug, Clone, PartialEq)]
pub struct CommonRecipient {
    /// The account.
    pub node: Node,
    /// How many payers of the seed pay it.
    pub payers: u64,
    /// The currency.
    pub currency: String,
    /// How many payments.
    pub payments: u64,
    /// Their sum, as an exact decimal.
    pub amount: String,
}

/// The flows around a seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// The seed.
    pub seed: FlowSeed,
    /// Who paid it, the most payments first.
    pub direct: Vec<FlowEdge>,
    /// What was paid to it in all, by currency.
    pub totals: Vec<FlowEdge>,
    /// Who paid the accounts that pass money on to it.
    pub through: Vec<FlowEdge>,
    /// What was paid to each of these in all, by currency.
    pub through_totals: Vec<FlowEdge>,
    /// What its payers pay in common.
    pub common: Vec<CommonRecipient>,
}

impl Pictures {
    /// The seeds that payments are followed from, the most payers first.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn seeds(&self, most: u32) -> Result<Vec<FlowSeed>, CaseError> {
        self.look(|db| {
            let mut statement = db.prepare_cached(
                "SELECT node_id, is_service, payers FROM flow_seed ORDER BY payers DESC, node_id LIMIT ?1",
            )?;
            let rows = statement.query_map([most], |r| Ok((r.get::<_, i64>(0)?, r.get(1)?, count(r, 2)?)))?;
            rows.map(|row| {
                let (id, is_service, payers) = row?;
                Ok(FlowSeed { node: node_by_id(db, id)?, is_service, payers })
            })
            .collect()
        })
    }

    /// The flows around a seed: its first payers, the rest together. Nothing where the account is no seed.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn flow(&self, seed: &NodeKey, most: usize) -> Result<Option<Flow>, CaseError> {
        self.look(|db| {
            let Some(node) = node_by_key(db, seed)? else { return Ok(None) };
            let mut statement = db.prepare_cached("SELECT is_service, payers FROM flow_seed WHERE node_id = ?1")?;
            let mut rows = statement.query([node.id])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let seed = FlowSeed { is_service: row.get(0)?, payers: count(row, 1)?, node };
            let direct = edges(db, &seed.node, "seed", most)?;
            let mut relays: Vec<&Node> = Vec::new();
            for payer in direct.iter().filter_map(|e| e.from.as_ref()).filter(|n| n.role.as_deref() == Some("relay")) {
                if relays.len() < RELAYS_MAX && !relays.iter().any(|r| r.id == payer.id) {
                    relays.push(payer);
                }
            }
            let (mut through, mut through_totals) = (Vec::new(), Vec::new());
            for relay in &relays {
                through.extend(edges(db, relay, "relay", most)?);
                through_totals.extend(totals(db, relay, "relay")?);
            }
            let totals = totals(db, &seed.node, "seed")?;
            let common = common(db, seed.node.id, most)?;
            Ok(Some(Flow { seed, direct, totals, through, through_totals, common }))
        })
    }
}

/// The payments to an account by its first payers.
fn edges(db: &Connection, to: &Node, target: &str, most: usize) -> Result<Vec<FlowEdge>, CaseError> {
    let mut statement = db.prepare_cached(
        "SELECT debtor_id, currency, payments, amount, first_day, last_day, reversed FROM flow \
         WHERE creditor_id = ?1 AND target = ?2 ORDER BY number LIMIT ?3",
    )?;
    let mut rows = statement.query(params![to.id, target, i64::try_from(most).unwrap_or(i64::MAX)])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(FlowEdge {
            from: Some(node_by_id(db, row.get(0)?)?),
            to: to.clone(),
            payers: 1,
            currency: row.get(1)?,
            payments: count(row, 2)?,
            amount: row.get(3)?,
            first_day: row.get(4)?,
            last_day: row.get(5)?,
            reversed: count(row, 6)?,
        });
    }
    Ok(out)
}

/// All payments to an account, by currency.
fn totals(db: &Connection, to: &Node, target: &str) -> Result<Vec<FlowEdge>, CaseError> {
    let mut statement = db.prepare_cached(
        "SELECT currency, payers, payments, amount, first_day, last_day, reversed FROM flow_total \
         WHERE creditor_id = ?1 AND target = ?2 ORDER BY payments DESC, currency",
    )?;
    let rows = statement.query_map(params![to.id, target], |r| {
        Ok(FlowEdge {
            from: None,
            to: to.clone(),
            currency: r.get(0)?,
            payers: count(r, 1)?,
            payments: count(r, 2)?,
            amount: r.get(3)?,
            first_day: r.get(4)?,
            last_day: r.get(5)?,
            reversed: count(r, 6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn common(db: &Connection, seed: i64, most: usize) -> Result<Vec<CommonRecipient>, CaseError> {
    let mut statement = db.prepare_cached(
        "SELECT common_id, payers, currency, payments, amount FROM flow_common WHERE seed_id = ?1 ORDER BY number LIMIT ?2",
    )?;
    let mut rows = statement.query(params![seed, i64::try_from(most).unwrap_or(i64::MAX)])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(CommonRecipient {
            node: node_by_id(db, row.get(0)?)?,
            payers: count(row, 1)?,
            currency: row.get(2)?,
            payments: count(row, 3)?,
            amount: row.get(4)?,
        });
    }
    Ok(out)
}
