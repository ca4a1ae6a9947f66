//! Events on one axis: counted where they are many, one by one where they are few.

use rusqlite::{Connection, params};

use super::graph::{kinds_of, of_places};
use super::{Node, NodeKey, Pictures, count, node_by_id, node_by_key};
use crate::CaseError;

/// So many events of a lane are shown one by one; the stage `event_count` counts lanes of more.
const SINGLES_MAX: usize = 240;
/// So many lanes are drawn.
const LANES_MAX: usize = 24;
/// So many accounts stand in for something that has no events of its own.
const STAND_INS: u64 = 8;

/// The widths that events are counted in, in minutes, and the steps that they are counted in beforehand.
const WIDTHS: [(i64, i64); 20] = [
    (1, 1),
    (2, 1),
    (5, 1),
    (10, 10),
    (20, 10),
    (30, 10),
    (60, 60),
    (120, 60),
    (180, 60),
    (360, 360),
    (720, 360),
    (1_440, 1_440),
    (2_880, 1_440),
    (5_760, 1_440),
    (10_080, 10_080),
    (20_160, 10_080),
    (40_320, 10_080),
    (131_040, 10_080),
    (524_160, 10_080),
    (5_241_600, 10_080),
];
const MINUTE_US: i64 = 60_000_000;

/// What is to be seen.
#[derive(Debug, Clone, Default)]
pub struct TimeQuery {
    /// Whose events.
    pub nodes: Vec<NodeKey>,
    /// From when, in microseconds since 1970; from the first event where absent.
    pub from_us: Option<i64>,
    /// Until when, not included; until after the last event where absent.
    pub until_us: Option<i64>,
    /// At most so many counts a lane.
    pub bins: usize,
}

/// Lanes on one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeView {
    /// From when.
    pub from_us: i64,
    /// Until when, not included.
    pub until_us: i64,
    /// The first and last event of all lanes; absent where there is none.
    pub extent_us: Option<(i64, i64)>,
    /// The lanes.
    pub lanes: Vec<Lane>,
    /// Whether there would be more lanes than are drawn.
    pub more_lanes: bool,
    /// Nodes asked for that are not in this run.
    pub unknown: Vec<NodeKey>,
}

/// The events of one kind of one node.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// What was asked for.
    pub asked: NodeKey,
    /// Whose events they are: itself, or an account of it.
    pub node: Node,
    /// What kind: `session`, `report`, `message_out`, `message_in`, `trip`, `paid_out`, `paid_in`.
    pub lane: String,
    /// Events in the window.
    pub events: u64,
    /// The step that they are counted in, in seconds.
    pub step_s: i64,
    /// When the first step begins, in microseconds since 1970.
    pub first_us: i64,
    /// Events in each step.
    pub counts: Vec<u64>,
    /// Each of them, where they are few.
    pub singles: Option<Vec<Event>>,
}

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// What happened, in the record's own word.
    pub what: Option<String>,
    /// The address, referral or other account.
    pub other: Option<Node>,
    /// The device.
    pub device: Option<Node>,
    /// The currency of a payment.
    pub currency: Option<String>,
    /// Its amount, as an exact decimal.
    pub amount: Option<String>,
    /// The record table.
    pub table: String,
    /// SHA-256 of the source.
    pub source_id: String,
    /// The row in it.
    pub row: u64,
}

impl Pictures {
    /// The events of some nodes on one axis.
    ///
    /// # Errors
    /// Where the window has no length, or the index cannot be read.
    pub fn time(&self, query: &TimeQuery) -> Result<TimeView, CaseError> {
        self.look(|db| {
            let (mut subjects, mut unknown) = (Vec::<Subject>::new(), Vec::new());
            for key in &query.nodes {
                let Some(node) = node_by_key(db, key)? else {
                    unknown.push(key.clone());
                    continue;
                };
                // The account of a person who was asked about as well has its lanes once.
                for subject in lanes_of(db, key, node)? {
                    if !subjects.iter().any(|s| s.node.id == subject.node.id && s.lane == subject.lane) {
                        subjects.push(subject);
                    }
                }
            }
            let more_lanes = subjects.len() > LANES_MAX;
            subjects.truncate(LANES_MAX);
            let mut extent: Option<(i64, i64)> = None;
            for subject in &subjects {
                let (first, last) = (subject.first_us, subject.last_us);
                extent = Some(extent.map_or((first, last), |(a, b)| (a.min(first), b.max(last))));
            }
            let (from_us, until_us) = window(query, extent)?;
            let bins = i64::try_from(query.bins.max(1)).unwrap_or(1);
            let lanes = subjects.into_iter().map(|s| lane(db, s, from_us, until_us, bins));
            let lanes = lanes.collect::<Result<_, CaseError>>()?;
            Ok(TimeView { from_us, until_us, extent_us: extent, lanes, more_lanes, unknown })
        })
    }
}

/// The window asked for; else all there is, with a little room at both ends.
fn window(query: &TimeQuery, extent: Option<(i64, i64)>) -> Result<(i64, i64), CaseError> {
    let (first, last) = extent.unwrap_or((0, 0));
    let room = (last.saturating_sub(first) / 50).max(10 * MINUTE_US);
    let from = query.from_us.unwrap_or_else(|| first.saturating_sub(room));
    let until = query.until_us.unwrap_or_else(|| last.saturating_add(room));
    if until <= from {
        return Err(CaseError::Usage("the time ends before it begins; expected from before until".to_owned()));
    }
    Ok((from, until))
}

struct Subject {
    asked: NodeKey,
    node: Node,
    lane: String,
    first_us: i64,
    last_us: i64,
}

/// The lanes of a node; of something without events of its own, those of its accounts.
fn lanes_of(db: &Connection, asked: &NodeKey, node: Node) -> Result<Vec<Subject>, CaseError> {
    let mut out = own_lanes(db, asked, &node)?;
    // A person has trips of their own, and the lanes of their accounts besides.
    if !out.is_empty() && node.key.kind != "person" {
        return Ok(out);
    }
    for kind in kinds_of(db, node.id)?.iter().filter(|k| matches!(k.kind.as_str(), "account" | "payment")) {
        for neighbour in of_places(db, node.id, &kind.kind, 1, STAND_INS)? {
            out.extend(own_lanes(db, asked, &neighbour.node)?);
        }
    }
    Ok(out)
}

fn own_lanes(db: &Connection, asked: &NodeKey, node: &Node) -> Result<Vec<Subject>, CaseError> {
    let mut out = Vec::new();
    for lane in ["session", "report", "message_out", "message_in", "trip", "paid_out", "paid_in"] {
        // Two look-ups at the ends of the key; the rows between are not read.
        let end = |sql: &str| -> Result<Option<i64>, CaseError> {
            let mut statement = db.prepare_cached(sql)?;
            let mut rows = statement.query(params![node.id, lane])?;
            Ok(rows.next()?.map(|r| r.get(0)).transpose()?)
        };
        let first = end("SELECT at_us FROM event WHERE node_id = ?1 AND lane = ?2 ORDER BY at_us LIMIT 1")?;
        let last = end("SELECT at_us FROM event WHERE node_id = ?1 AND lane = ?2 ORDER BY at_us DESC LIMIT 1")?;
        if let (Some(first_us), Some(last_us)) = (first, last) {
            out.push(Subject { asked: asked.clone(), node: node.clone(), lane: lane.to_owned(), first_us, last_us });
        }
    }
    Ok(out)
}

/// The narrowest width with which a window has no more steps than wanted; and the step that it is counted from.
fn width(window_us: i64, bins: i64) -> (i64, i64) {
    let fits = |(minutes, _): &&(i64, i64)| window_us / (minutes * MINUTE_US) < bins;
    WIDTHS.iter().find(fits).copied().unwrap_or((524_160_000, 10_080))
}

fn lane(db: &Connection, subject: Subject, from_us: i64, until_us: i64, bins: i64) -> Result<Lane, CaseError> {
    let (minutes, step) = width(until_us - from_us, bins);
    let width_us = minutes * MINUTE_US;
    let first = from_us.div_euclid(width_us);
    let last = (until_us - 1).div_euclid(width_us);
    let mut counts = vec![0_u64; usize::try_from(last - first + 1).unwrap_or(0)];
    let mut add = |bin: i64, events: u64| {
        if let Some(slot) = usize::try_from(bin - first).ok().and_then(|at| counts.get_mut(at)) {
            *slot += events;
        }
    };
    // One more than are shown tells whether there are more.
    let found = single(db, &subject, from_us, until_us, SINGLES_MAX + 1)?;
    let few = found.len() <= SINGLES_MAX;
    let events = if few {
        found.iter().for_each(|event| add(event.at_us.div_euclid(width_us), 1));
        found.len() as u64
    } else {
        let per = minutes / step;
        let mut statement = db.prepare_cached(
            "SELECT bin, events FROM event_count \
             WHERE node_id = ?1 AND lane = ?2 AND minutes = ?3 AND bin BETWEEN ?4 AND ?5",
        )?;
        let (low, high) = (first * per, (last + 1) * per - 1);
        let mut rows = statement.query(params![subject.node.id, subject.lane, step, low, high])?;
        let mut all = 0;
        while let Some(row) = rows.next()? {
            let (bin, events): (i64, u64) = (row.get(0)?, count(row, 1)?);
            all += events;
            add(bin.div_euclid(per), events);
        }
        all
    };
    let singles = few.then(|| named(db, found)).transpose()?;
    let (step_s, first_us) = (minutes * 60, first * width_us);
    Ok(Lane { asked: subject.asked, node: subject.node, lane: subject.lane, events, step_s, first_us, counts, singles })
}

/// An event as it lies in the index: nodes by number.
struct Single {
    at_us: i64,
    what: Option<String>,
    other: Option<i64>,
    device: Option<i64>,
    currency: Option<String>,
    amount: Option<String>,
    table: String,
    source_id: String,
    row: u64,
}

fn single(
    db: &Connection,
    subject: &Subject,
    from_us: i64,
    until_us: i64,
    most: usize,
) -> Result<Vec<Single>, CaseError> {
    let mut statement = db.prepare_cached(
        "SELECT e.at_us, e.what, e.other_id, e.device_id, e.currency, e.amount, e.table_name, s.source_id, e.row FROM event e \
         JOIN source s ON s.source_no = e.source_no WHERE e.node_id = ?1 AND e.lane = ?2 AND e.at_us >= ?3 AND e.at_us < ?4 \
         ORDER BY e.at_us, e.number LIMIT ?5",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![subject.node.id, subject.lane, from_us, until_us, most], |row| {
        Ok(Single {
            at_us: row.get(0)?,
            what: row.get(1)?,
            other: row.get(2)?,
            device: row.get(3)?,
            currency: row.get(4)?,
            amount: row.get(5)?,
            table: row.get(6)?,
            source_id: row.get(7)?,
            row: count(row, 8)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn named(db: &Connection, found: Vec<Single>) -> Result<Vec<Event>, CaseError> {
    let node = |id: Option<i64>| id.map(|id| node_by_id(db, id)).transpose();
    let event = |single: Single| -> Result<Event, CaseError> {
        Ok(Event {
            at_us: single.at_us,
            what: single.what,
            other: node(single.other)?,
            device: node(single.device)?,
            currency: single.currency,
            amount: single.amount,
            table: single.table,
            source_id: single.source_id,
            row: single.row,
        })
    };
    found.into_iter().map(event).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_US: i64 = 86_400_000_000;

    #[test]
    fn a_window_has_no_more_steps_than_wanted() {
        for window in [1, MINUTE_US, DAY_US, 30 * DAY_US, 365 * DAY_US, 40 * 365 * DAY_US] {
            for bins in [1, 60, 240] {
                let (minutes, step) = width(window, bins);
                assert!(window / (minutes * MINUTE_US) < bins, "{window} {bins}: {minutes}");
                assert_eq!(minutes % step, 0, "{minutes} is not made of {step}");
            }
        }
        assert_eq!(width(DAY_US, 240), (10, 10));
        assert_eq!(width(90 * DAY_US, 240), (720, 360));
    }

    #[test]
    fn a_window_that_ends_before_it_begins_is_refused() {
        let query = TimeQuery { from_us: Some(5), until_us: Some(5), ..TimeQuery::default() };
        assert!(window(&query, None).is_err());
        let (from, until) = window(&TimeQuery::default(), Some((0, DAY_US))).unwrap_or_default();
        assert!(from < 0 && until > DAY_US);
    }
}
