//! The graph around some nodes: what is opened, its foremost neighbours, and how many more there are.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};

use super::{NODE, Node, NodeKey, Pictures, TIE, Tie, count, node_by_id, node_by_key, node_of, tie_of};
use crate::CaseError;

/// So many nodes may be in one view: more cannot be read, and would take too long to lay out.
const NODES_MAX: usize = 400;
/// The ties of a node with no more neighbours are read through; of a larger one they are looked up pair by pair.
const FEW: u64 = 96;

/// What is to be seen.
#[derive(Debug, Clone, Default)]
pub struct ViewQuery {
    /// Nodes whose neighbours are shown, in the order they were opened.
    pub open: Vec<NodeKey>,
    /// Further nodes that are shown.
    pub show: Vec<NodeKey>,
    /// Kinds of neighbours; all where empty.
    pub kinds: Vec<String>,
    /// So many neighbours of each opened node.
    pub most: usize,
}

/// How many neighbours of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindCount {
    /// The kind.
    pub kind: String,
    /// How many.
    pub neighbours: u64,
}

/// An opened node, and what of it is not in the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenNode {
    /// The node.
    pub key: NodeKey,
    /// Its neighbours that are shown because it was opened.
    pub shown: Vec<NodeKey>,
    /// All its neighbours, by kind.
    pub all: Vec<KindCount>,
    /// Those that are not in the picture, by kind.
    pub more: Vec<KindCount>,
}

/// A part of the graph.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The nodes, in the order they came into it.
    pub nodes: Vec<Node>,
    /// Every tie between them.
    pub ties: Vec<Tie>,
    /// What was opened.
    pub open: Vec<OpenNode>,
    /// Nodes asked for that are not in this run.
    pub unknown: Vec<NodeKey>,
}

/// A neighbour with its ties.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    /// The neighbour.
    pub node: Node,
    /// Its ties to the node.
    pub ties: Vec<Tie>,
}

/// A page of neighbours.
#[derive(Debug, Clone, PartialEq)]
pub struct NeighbourPage {
    /// The node.
    pub node: Node,
    /// Its neighbours, by kind.
    pub kinds: Vec<KindCount>,
    /// Those of the kinds asked for.
    pub total: u64,
    /// A part of them.
    pub neighbours: Vec<Neighbour>,
}

impl Pictures {
    /// What is to be seen around the opened nodes.
    ///
    /// # Errors
    /// Where too much is asked for, or the index cannot be read.
    pub fn view(&self, query: &ViewQuery) -> Result<View, CaseError> {
        if query.open.len() * query.most + query.show.len() > NODES_MAX {
            return Err(CaseError::Usage(format!(
                "{} opened nodes with {} neighbours each and {} more; a picture holds at most {NODES_MAX} nodes",
                query.open.len(),
                query.most,
                query.show.len()
            )));
        }
        self.look(|db| view(db, query))
    }

    /// A page of the neighbours of a node, those of note first; nothing where the node is not in this run.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn neighbours(
        &self,
        key: &NodeKey,
        kind: Option<&str>,
        skip: u64,
        take: u64,
    ) -> Result<Option<NeighbourPage>, CaseError> {
        self.look(|db| {
            let Some(node) = node_by_key(db, key)? else { return Ok(None) };
            let kinds = kinds_of(db, node.id)?;
            let wanted: Vec<&KindCount> = kinds.iter().filter(|k| kind.is_none_or(|kind| kind == k.kind)).collect();
            let total = wanted.iter().map(|k| k.neighbours).sum();
            let (mut neighbours, mut skip, mut left) = (Vec::new(), skip, take);
            for of_kind in wanted {
                if skip >= of_kind.neighbours {
                    skip -= of_kind.neighbours;
                    continue;
                }
                let last = of_kind.neighbours.min(skip.saturating_add(left));
                neighbours.extend(of_places(db, node.id, &of_kind.kind, skip + 1, last)?);
                left -= last - skip;
                skip = 0;
                if left == 0 {
                    break;
                }
            }
            Ok(Some(NeighbourPage { node, kinds, total, neighbours }))
        })
    }

    /// Nodes whose reference begins with a text; without one, where to begin: the accounts under investigation that most is found
    /// about, and the leads from payments.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn search(&self, text: &str, most: u32) -> Result<Vec<Node>, CaseError> {
        self.look(|db| {
            if text.trim().is_empty() {
                return beginnings(db, most);
            }
            let text = text.trim().to_lowercase();
            let mut statement = db.prepare_cached(&format!(
                "SELECT DISTINCT {NODE} FROM node WHERE node_id IN (\
                   SELECT n.node_id FROM name n WHERE n.text >= ?1 AND n.text < ?1 || char(1114111) LIMIT 200) \
                 ORDER BY of_note DESC, neighbours DESC, kind, ref LIMIT ?2"
            ))?;
            let found = statement.query_map(params![text, most], node_of)?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }

    /// All ties between two nodes, with both; nothing where one is not in this run.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn ties(&self, a: &NodeKey, b: &NodeKey) -> Result<Option<(Node, Node, Vec<Tie>)>, CaseError> {
        self.look(|db| {
            let (Some(a), Some(b)) = (node_by_key(db, a)?, node_by_key(db, b)?) else { return Ok(None) };
            let ties = pair_ties(db, a.id, b.id)?;
            Ok(Some((a, b, ties)))
        })
    }
}

fn beginnings(db: &Connection, most: u32) -> Result<Vec<Node>, CaseError> {
    let mut statement = db.prepare_cached("SELECT node_id FROM beginning ORDER BY number LIMIT ?1")?;
    let ids = statement.query_map([most], |r| r.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
    ids.into_iter().map(|id| node_by_id(db, id)).collect()
}

fn view(db: &Connection, query: &ViewQuery) -> Result<View, CaseError> {
    let mut seen: BTreeSet<i64> = BTreeSet::new();
    let (mut nodes, mut opened, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let mut add = |node: Node, nodes: &mut Vec<Node>| {
        if seen.insert(node.id) {
            nodes.push(node);
        }
    };
    for key in &query.open {
        let Some(node) = node_by_key(db, key)? else {
            unknown.push(key.clone());
            continue;
        };
        let all = kinds_of(db, node.id)?;
        let picked = foremost(db, node.id, &all, query)?;
        add(node.clone(), &mut nodes);
        let shown = picked.iter().map(|n| n.key.clone()).collect();
        for neighbour in picked {
            add(neighbour, &mut nodes);
        }
        opened.push((node, all, shown));
    }
    for key in &query.show {
        match node_by_key(db, key)? {
            Some(node) => add(node, &mut nodes),
            None => unknown.push(key.clone()),
        }
    }
    let ties = ties_among(db, &nodes)?;
    let kinds: BTreeMap<i64, &str> = nodes.iter().map(|n| (n.id, n.key.kind.as_str())).collect();
    let open = opened
        .into_iter()
        .map(|(node, all, shown)| {
            let ends = ties.iter().filter_map(|t| other_end(t, node.id));
            let mut drawn: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
            for other in ends {
                drawn.entry(kinds.get(&other).copied().unwrap_or_default()).or_default().insert(other);
            }
            let left = |k: &KindCount| {
                let there = drawn.get(k.kind.as_str()).map_or(0, |d| d.len() as u64);
                KindCount { kind: k.kind.clone(), neighbours: k.neighbours.saturating_sub(there) }
            };
            let more = all.iter().map(left).filter(|k| k.neighbours > 0).collect();
            OpenNode { key: node.key, shown, all, more }
        })
        .collect();
    Ok(View { nodes, ties, open, unknown })
}

fn other_end(tie: &Tie, node: i64) -> Option<i64> {
    match (tie.from_id == node, tie.to_id == node) {
        (true, _) => Some(tie.to_id),
        (_, true) => Some(tie.from_id),
        _ => None,
    }
}

/// The foremost neighbours of a node: as many of each kind as there is room for, in turn.
fn foremost(db: &Connection, node: i64, all: &[KindCount], query: &ViewQuery) -> Result<Vec<Node>, CaseError> {
    let wanted: Vec<&KindCount> =
        all.iter().filter(|k| query.kinds.is_empty() || query.kinds.contains(&k.kind)).collect();
    let mut room: Vec<u64> = vec![0; wanted.len()];
    let mut left = query.most as u64;
    while left > 0 && wanted.iter().zip(&room).any(|(k, r)| *r < k.neighbours) {
        for (kind, room) in wanted.iter().zip(&mut room).filter(|(k, r)| **r < k.neighbours) {
            if left > 0 && *room < kind.neighbours {
                *room += 1;
                left -= 1;
            }
        }
    }
    let mut out = Vec::new();
    for (kind, room) in wanted.iter().zip(room).filter(|(_, room)| *room > 0) {
        out.extend(of_places(db, node, &kind.kind, 1, room)?.into_iter().map(|n| n.node));
    }
    Ok(out)
}

pub(super) fn kinds_of(db: &Connection, node: i64) -> Result<Vec<KindCount>, CaseError> {
    let mut statement = db.prepare_cached("SELECT other_kind, neighbours FROM kind_count WHERE node_id = ?1")?;
    let rows = statement.query_map([node], |r| Ok(KindCount { kind: r.get(0)?, neighbours: count(r, 1)? }))?;
    let mut kinds: Vec<KindCount> = rows.collect::<Result<_, _>>()?;
    kinds.sort_by_key(|k| super::NODE_KINDS.iter().position(|known| *known == k.kind));
    Ok(kinds)
}

/// The neighbours of one kind from one place to another.
pub(super) fn of_places(
    db: &Connection,
    node: i64,
    kind: &str,
    first: u64,
    last: u64,
) -> Result<Vec<Neighbour>, CaseError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {TIE} FROM neighbour WHERE node_id = ?1 AND other_kind = ?2 AND place BETWEEN ?3 AND ?4 ORDER BY place, number"
    ))?;
    let (first, last) = (i64::try_from(first).unwrap_or(i64::MAX), i64::try_from(last).unwrap_or(i64::MAX));
    let rows = statement.query_map(params![node, kind, first, last], tie_of)?;
    let mut out: Vec<Neighbour> = Vec::new();
    for row in rows {
        let (other, tie) = row?;
        match out.last_mut().filter(|n| n.node.id == other) {
            Some(neighbour) => neighbour.ties.push(tie),
            None => out.push(Neighbour { node: node_by_id(db, other)?, ties: vec![tie] }),
        }
    }
    Ok(out)
}

pub(super) fn pair_ties(db: &Connection, a: i64, b: i64) -> Result<Vec<Tie>, CaseError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {TIE} FROM neighbour WHERE node_id = ?1 AND other_id = ?2 ORDER BY other_kind, place, number"
    ))?;
    let rows = statement.query_map([a, b], |r| tie_of(r).map(|(_, tie)| tie))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every tie among some nodes, each once.
fn ties_among(db: &Connection, nodes: &[Node]) -> Result<Vec<Tie>, CaseError> {
    let inside: BTreeSet<i64> = nodes.iter().map(|n| n.id).collect();
    let large: BTreeSet<i64> = nodes.iter().filter(|n| n.neighbours > FEW).map(|n| n.id).collect();
    let mut out: BTreeMap<(i64, i64), Vec<Tie>> = BTreeMap::new();
    let mut all = db.prepare_cached(&format!("SELECT {TIE} FROM neighbour WHERE node_id = ?1"))?;
    for node in nodes.iter().filter(|n| n.neighbours <= FEW) {
        for row in all.query_map([node.id], tie_of)? {
            let (other, tie) = row?;
            // Between two small nodes each tie is met from both ends.
            let first = node.id < other || large.contains(&other);
            if first && inside.contains(&other) {
                out.entry((node.id.min(other), node.id.max(other))).or_default().push(tie);
            }
        }
    }
    for (at, a) in large.iter().enumerate() {
        for b in large.iter().skip(at + 1) {
            let ties = pair_ties(db, *a, *b)?;
            if !ties.is_empty() {
                out.insert((*a.min(b), *a.max(b)), ties);
            }
        }
    }
    Ok(out.into_values().flatten().collect())
}
