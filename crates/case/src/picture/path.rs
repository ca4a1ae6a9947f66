//! The shortest way between two nodes, within bounds.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::graph::pair_ties;
use super::{Node, NodeKey, Pictures, Tie, node_by_id, node_by_key};
use crate::CaseError;

/// No way is longer: over more steps nearly everybody is tied to everybody.
const STEPS_MAX: usize = 8;
/// What so many know ties nobody together; a way may begin or end there, not lead through.
const CROWD: u64 = 1_000;
/// So many ties are read, then it is given up.
const READ_MAX: usize = 60_000;

/// A shortest way.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps {
    /// The nodes from one end to the other.
    pub nodes: Vec<Node>,
    /// All ties between each and the next.
    pub ties: Vec<Tie>,
}

/// Why there is no way to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPath {
    /// Within the bounds there is none.
    None,
    /// The search was given up.
    TooWide,
    /// One of the ends is not in this run.
    Unknown,
}

impl Pictures {
    /// The shortest way between two nodes, through nodes of the given kinds (any where empty) that are neither known to a crowd
    /// nor pay-out agents. Of several equally short ones it is always the same.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn path(&self, from: &NodeKey, to: &NodeKey, kinds: &[String]) -> Result<Result<Steps, NoPath>, CaseError> {
        self.look(|db| {
            let (Some(from), Some(to)) = (node_by_key(db, from)?, node_by_key(db, to)?) else {
                return Ok(Err(NoPath::Unknown));
            };
            if from.id == to.id {
                return Ok(Ok(Steps { nodes: vec![from], ties: Vec::new() }));
            }
            let found = Search { db, kinds, ends: [from.id, to.id], read: 0 }.run()?;
            let ids = match found {
                Ok(ids) => ids,
                Err(why) => return Ok(Err(why)),
            };
            let nodes = ids.iter().map(|id| node_by_id(db, *id)).collect::<Result<Vec<_>, _>>()?;
            let mut ties = Vec::new();
            for (a, b) in ids.iter().zip(ids.iter().skip(1)) {
                ties.extend(pair_ties(db, *a, *b)?);
            }
            Ok(Ok(Steps { nodes, ties }))
        })
    }
}

struct Search<'a> {
    db: &'a Connection,
    kinds: &'a [String],
    ends: [i64; 2],
    read: usize,
}

/// From one end: each node reached, the one before it, and how many were reached earlier.
type Reached = BTreeMap<i64, (i64, usize)>;

impl Search<'_> {
    /// From both ends at once, the narrower front first.
    fn run(&mut self) -> Result<Result<Vec<i64>, NoPath>, CaseError> {
        let mut reached: [Reached; 2] = self.ends.map(|end| BTreeMap::from([(end, (end, 0))]));
        let mut front: [Vec<i64>; 2] = self.ends.map(|end| vec![end]);
        for _ in 0..STEPS_MAX {
            let side = usize::from(front[1].len() < front[0].len());
            let (mut next, mut meetings) = (Vec::new(), Vec::new());
            for node in std::mem::take(&mut front[side]) {
                for other in self.neighbours(node)? {
                    if reached[side].contains_key(&other) {
                        continue;
                    }
                    let before = reached[side].len();
                    reached[side].insert(other, (node, before));
                    if reached[1 - side].contains_key(&other) {
                        meetings.push(other);
                    }
                    next.push(other);
                }
                if self.read > READ_MAX {
                    return Ok(Err(NoPath::TooWide));
                }
            }
            // Neighbours come with the foremost first, so of equally short ways the one over foremost nodes is shown.
            let rank = |node: &i64| [0, 1].map(|side: usize| reached[side].get(node).map_or(0, |(_, order)| *order));
            if let Some(meeting) = meetings.into_iter().min_by_key(rank) {
                return Ok(Ok(joined(&reached, meeting)));
            }
            if next.is_empty() {
                return Ok(Err(NoPath::None));
            }
            front[side] = next;
        }
        Ok(Err(NoPath::None))
    }

    /// The neighbours that a way may lead through, and the ends.
    fn neighbours(&mut self, node: i64) -> Result<Vec<i64>, CaseError> {
        let mut statement = self.db.prepare_cached(
            "SELECT DISTINCT n.other_id, o.kind, o.neighbours, o.role IS 'service' FROM neighbour n \
             JOIN node o ON o.node_id = n.other_id WHERE n.node_id = ?1 ORDER BY n.other_kind, n.place LIMIT ?2",
        )?;
        let room = i64::try_from(READ_MAX).unwrap_or(i64::MAX);
        let mut rows = statement.query(rusqlite::params![node, room])?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            self.read += 1;
            let (other, kind, crowd): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let is_end = self.ends.contains(&other);
            let wanted = self.kinds.is_empty() || self.kinds.contains(&kind);
            let crowded = u64::try_from(crowd).unwrap_or(0) > CROWD || row.get::<_, bool>(3)?;
            if is_end || wanted && !crowded {
                out.push(other);
            }
        }
        Ok(out)
    }
}

/// The way through the node where both sides met.
fn joined(reached: &[Reached; 2], meeting: i64) -> Vec<i64> {
    let walk = |side: &Reached| {
        let (mut at, mut out) = (meeting, vec![meeting]);
        while let Some((before, _)) = side.get(&at).filter(|(before, _)| *before != at) {
            at = *before;
            out.push(at);
        }
        out
    };
    let mut out = walk(&reached[0]);
    out.reverse();
    out.extend(walk(&reached[1]).into_iter().skip(1));
    out
}
