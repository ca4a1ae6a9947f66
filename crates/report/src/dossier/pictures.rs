//! The pictures: time lanes of the episodes, and the graph of lines and people. Places are computed here, so that the same
//! lead always gives the same picture.

use std::collections::BTreeMap;

use serde::Serialize;
use tutela_analysis::Episode;
use tutela_case::clock;
use tutela_model::lead::{Evidence, Lead};

use super::write::Writer;

/// Lanes and nodes that are drawn; what is more is counted.
const MOST: usize = 8;
/// Marks on the axis of time, both ends included.
const TICKS: i64 = 6;
/// Share of the width that the shortest episode takes, so that it can be seen.
const THINNEST: f64 = 0.004;

/// Episodes on one axis of time, a lane a line.
#[derive(Debug, Serialize)]
pub(crate) struct TimeLanes {
    ticks: Vec<Tick>,
    lanes: Vec<Lane>,
    /// Episodes of lines that have no lane.
    others: String,
}

#[derive(Debug, Serialize)]
struct Tick {
    x: f64,
    label: String,
}

#[derive(Debug, Serialize)]
struct Lane {
    label: String,
    operator: String,
    episodes: String,
    /// Left edge and width, as shares of the axis, and whether that line alone explains the episode.
    bars: Vec<(f64, f64, bool)>,
}

/// The lanes of a lead; nothing where it has no episode.
pub(crate) fn time_lanes(write: Writer, episodes: &[Episode]) -> Option<TimeLanes> {
    let from = episodes.iter().map(|e| e.first_us).min()?;
    let until = episodes.iter().map(|e| e.last_us).max()?.max(from.saturating_add(1));
    let mut by_line: BTreeMap<(&str, &str), Vec<&Episode>> = BTreeMap::new();
    for episode in episodes {
        by_line.entry((&episode.operator, &episode.line_ref)).or_default().push(episode);
    }
    let mut lines: Vec<_> = by_line.into_iter().collect();
    lines.sort_by_key(|(name, of)| (std::cmp::Reverse(of.len()), *name));
    let others: usize = lines.iter().skip(MOST).map(|(_, of)| of.len()).sum();
    let lanes = lines.into_iter().take(MOST).map(|((operator, line), of)| Lane {
        label: line.to_owned(),
        operator: operator.to_owned(),
        episodes: write.count(of.len() as u64),
        bars: of.iter().map(|e| bar(e, from, until)).collect(),
    });
    let tick = |i: i64| {
        let at = from.saturating_add((until.saturating_sub(from)) / (TICKS - 1) * i);
        let day = clock::utc_of(at).unwrap_or_default();
        Tick { x: share(i, TICKS - 1), label: day.get(..10).unwrap_or_default().to_owned() }
    };
    Some(TimeLanes {
        ticks: (0..TICKS).map(tick).collect(),
        lanes: lanes.collect(),
        others: write.count(others as u64),
    })
}

fn bar(episode: &Episode, from: i64, until: i64) -> (f64, f64, bool) {
    let all = until.saturating_sub(from);
    let width = share(episode.last_us.saturating_sub(episode.first_us), all).max(THINNEST);
    let left = share(episode.first_us.saturating_sub(from), all).min(1.0 - width);
    (left, width, episode.lines == 1)
}

/// A part of a whole, to five decimals.
#[expect(clippy::cast_precision_loss, reason = "a place in a picture")]
fn share(part: i64, whole: i64) -> f64 {
    if whole <= 0 { 0.0 } else { (part as f64 / whole as f64 * 1e5).round() / 1e5 }
}

/// The account, what connects it, and the people it leads to: three columns.
#[derive(Debug, Serialize)]
pub(crate) struct LineGraph {
    account: String,
    middle: Vec<Node>,
    people: Vec<Node>,
    edges: Vec<Edge>,
    /// Nodes that were left out.
    left_out: String,
    /// Height in rows.
    rows: usize,
}

#[derive(Debug, Serialize)]
struct Node {
    /// `line`, `device`, `selector`, `co_presence`, `alibi`, `person`.
    kind: String,
    label: String,
    detail: String,
    /// The row of its middle.
    y: f64,
    strong: bool,
}

#[derive(Debug, Serialize)]
struct Edge {
    /// 0: account to the middle; 1: the middle to a person.
    side: u8,
    from: f64,
    to: f64,
    label: String,
    against: bool,
}

/// Kinds of evidence that connect account and person without a line.
const ITEMS: [(&str, &str); 5] = [
    ("shared_device", "device"),
    ("device_of_several", "device"),
    ("shared_selector", "selector"),
    ("co_presence", "co_presence"),
    ("alibi", "alibi"),
];

struct Link {
    kind: String,
    label: String,
    detail: String,
    weight: String,
    person: Option<String>,
    strong: bool,
}

/// The graph of a lead; nothing where nothing connects it.
pub(crate) fn line_graph(write: Writer, lead: &Lead, names: &BTreeMap<String, String>) -> Option<LineGraph> {
    let mut links = lines_of(write, lead);
    links.extend(items_of(write, lead));
    let left_out = links.len().saturating_sub(MOST);
    links.truncate(MOST);
    if links.is_empty() {
        return None;
    }
    let mut wanted: Vec<&str> = lead.people.iter().map(|p| p.person_ref.as_str()).collect();
    wanted.retain(|p| links.iter().any(|l| l.person.as_deref() == Some(*p)));
    wanted.truncate(MOST);
    let rows = links.len().max(wanted.len()).max(2);
    let place = |i: usize, of: usize| spread(i, of, rows);
    let supported = |p: &str| lead.person_ref.as_deref() == Some(p);
    let people: Vec<Node> = wanted
        .iter()
        .enumerate()
        .map(|(i, person)| Node {
            kind: "person".to_owned(),
            label: names.get(*person).cloned().unwrap_or_else(|| (*person).to_owned()),
            detail: if names.contains_key(*person) { (*person).to_owned() } else { String::new() },
            y: place(i, wanted.len()),
            strong: supported(person),
        })
        .collect();
    let middle_row = spread(0, 1, rows);
    let mut edges = Vec::new();
    for (i, link) in links.iter().enumerate() {
        let y = place(i, links.len());
        let against = link.kind == "alibi";
        edges.push(Edge { side: 0, from: middle_row, to: y, label: link.weight.clone(), against });
        let person = wanted.iter().position(|p| link.person.as_deref() == Some(*p));
        if let Some(to) = person.and_then(|p| people.get(p)) {
            edges.push(Edge { side: 1, from: y, to: to.y, label: String::new(), against });
        }
    }
    let count = links.len();
    let middle = links.into_iter().enumerate().map(|(i, link)| Node {
        kind: link.kind,
        label: link.label,
        detail: link.detail,
        y: place(i, count),
        strong: link.strong,
    });
    Some(LineGraph {
        account: lead.account.account_ref.clone(),
        middle: middle.collect(),
        people,
        edges,
        left_out: write.count(left_out as u64),
        rows,
    })
}

fn lines_of(write: Writer, lead: &Lead) -> Vec<Link> {
    let all = || lead.against.iter().chain(&lead.r#for);
    let holder = |operator: &str, line: &str| {
        let of = |e: &&Evidence| {
            e.kind == "holder" && e.line.as_ref().is_some_and(|l| l.operator == operator && l.line_ref == line)
        };
        all().find(of).and_then(|e| e.person_ref.clone())
    };
    let link = |l: &tutela_model::lead::LineFinding| Link {
        kind: "line".to_owned(),
        label: l.line_ref.clone(),
        detail: l.operator.clone(),
        weight: write.count(l.episodes),
        person: holder(&l.operator, &l.line_ref),
        strong: l.status == tutela_model::lead::LineStatus::Single,
    };
    lead.lines.iter().take(MOST - 3).map(link).collect()
}

fn items_of(write: Writer, lead: &Lead) -> Vec<Link> {
    let kind = |e: &Evidence| ITEMS.iter().find(|(known, _)| *known == e.kind).map(|(_, kind)| (*kind).to_owned());
    let items = lead.against.iter().chain(&lead.r#for);
    items
        .filter_map(|e| {
            Some(Link {
                kind: kind(e)?,
                label: String::new(),
                detail: String::new(),
                weight: e.log10_lr.map(|l| write.weight(l)).unwrap_or_default(),
                person: e.person_ref.clone(),
                strong: e.log10_lr.is_some_and(|l| l > 0.0),
            })
        })
        .collect()
}

/// The middle of place `i` of `of`, spread over so many rows.
#[expect(clippy::cast_precision_loss, reason = "a place in a picture of at most eight rows")]
fn spread(i: usize, of: usize, rows: usize) -> f64 {
    ((i as f64 + 0.5) * rows as f64 / of.max(1) as f64 * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dossier::content::Lang;

    fn episode(first_us: i64, last_us: i64, line: &str, lines: u64) -> Episode {
        let operator = "net".to_owned();
        Episode { first_us, last_us, operator, line_ref: line.to_owned(), connections: 1, lines }
    }

    #[test]
    fn lanes_stay_on_the_axis_and_the_busiest_line_is_first() {
        let write = Writer { lang: Lang::En };
        assert!(time_lanes(write, &[]).is_none());
        let day = 86_400_000_000;
        let mut episodes: Vec<Episode> =
            (0..20).map(|i| episode(i * day, i * day + 1000, &format!("L{}", i % 10), 1)).collect();
        episodes.push(episode(19 * day, 20 * day, "L3", 2));
        let TimeLanes { lanes, others, ticks } = time_lanes(write, &episodes).unwrap();
        assert_eq!((lanes.len(), lanes[0].label.as_str(), others.as_str()), (MOST, "L3", "4"));
        assert_eq!((ticks.len(), ticks[0].label.as_str(), ticks[5].label.as_str()), (6, "1970-01-01", "1970-01-21"));
        for (left, width, _) in lanes.iter().flat_map(|l| &l.bars) {
            assert!(*left >= 0.0 && left + width <= 1.000_01, "{left} {width}");
        }
        let one = time_lanes(write, &[episode(5, 5, "L", 1)]);
        assert!(one.is_some_and(|l| l.lanes[0].bars[0].1 <= 1.0));
    }
}
