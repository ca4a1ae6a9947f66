//! What the routes of pictures share: nodes and ties as they are answered with, and how nodes are named in a query.

use std::collections::BTreeMap;

use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;
use tutela_case::clock::utc_of;
use tutela_case::{Act, KindCount, NODE_KINDS, Node, NodeKey, Tie};

use super::{Route, graph, map, money, time};
use crate::problem::Problem;

/// The kinds of nodes, as a pattern; a test holds them to those of the case.
macro_rules! kind {
    () => {
        "(account|person|line|device|selector|address|group|referral|payment|household)"
    };
}

/// What the document says of one node in a query.
pub(super) const NODE_PATTERN: &str = concat!("^", kind!(), r":[\s\S]+$");
/// Of several: an empty part is none.
pub(super) const NODES_PATTERN: &str = concat!("^(", kind!(), ":[^,]+)?(,(", kind!(), ":[^,]+)?)*$");
/// Of one kind.
pub(super) const KIND_PATTERN: &str = concat!("^", kind!(), "?$");
/// Of several kinds.
pub(super) const KINDS_PATTERN: &str = concat!("^", kind!(), "?(,", kind!(), "?)*$");

/// A node of the graph. People are references; an e-mail address, telephone number or document is called by who states it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct GraphNode {
    /// `kind:node_ref`; the name of the node in every query.
    id: String,
    /// `account`, `person`, `line`, `device`, `selector`, `address`, `group`, `referral`, `payment` or `household`.
    kind: String,
    node_ref: String,
    /// What stands for it where the reference is a digest and its own name may be shown.
    label: Option<String>,
    /// What kind of selector or access it is.
    detail: Option<String>,
    /// Whether the account is under investigation.
    investigated: bool,
    /// Whether a lead or a finding is about it.
    of_note: bool,
    /// Of a payment account: `buyer`, `recipient`, `relay`, `service` or `unclear`.
    role: Option<String>,
    /// Of a payment account: the outcome of its lead.
    outcome: Option<String>,
    /// The lead about it.
    lead_ref: Option<String>,
    neighbours: u64,
}

/// A tie between two nodes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct GraphTie {
    /// The node it starts from.
    from: String,
    /// The node it leads to.
    to: String,
    tie: String,
    /// The record tables that it rests on.
    tables: Vec<&'static str>,
    /// The step that found it; absent where records say it themselves.
    step: Option<&'static str>,
    /// How a finding stands, or `reversed` where payments were taken back.
    status: Option<String>,
    log10_lr: Option<f64>,
    currency: Option<String>,
    /// The sum of payments, as an exact decimal.
    amount: Option<String>,
    /// How many records say it.
    records: u64,
    first_utc: Option<String>,
    last_utc: Option<String>,
}

/// How many neighbours of a kind.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct KindTotal {
    kind: String,
    neighbours: u64,
}

/// What pictures are drawn from. All of it is masked.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = graph_routes();
    routes.extend(other_picture_routes());
    routes
}

fn graph_routes() -> Vec<Route> {
    vec![
        Route::new(
            "get",
            "/cases/{case}/graph",
            "getGraph",
            "The graph around the nodes that are opened.",
            get(graph::view),
        )
        .needs(Act::Leads)
        .query::<graph::GraphQuery>()
        .answers::<graph::Graph>(),
        Route::new(
            "get",
            "/cases/{case}/graph/nodes",
            "findNodes",
            "Nodes by the beginning of their reference.",
            get(graph::find),
        )
        .needs(Act::Leads)
        .query::<graph::FindQuery>()
        .answers::<graph::Found>(),
        Route::new(
            "get",
            "/cases/{case}/graph/neighbours",
            "listNeighbours",
            "The neighbours of a node.",
            get(graph::neighbours),
        )
        .needs(Act::Leads)
        .query::<graph::NeighboursQuery>()
        .answers::<graph::Neighbours>(),
        Route::new(
            "get",
            "/cases/{case}/graph/path",
            "findPath",
            "The shortest way between two nodes.",
            get(graph::path),
        )
        .needs(Act::Leads)
        .query::<graph::PathQuery>()
        .answers::<graph::Path>(),
        Route::new(
            "get",
            "/cases/{case}/graph/tie",
            "getTie",
            "What ties two nodes, and on what it rests.",
            get(graph::tie),
        )
        .needs(Act::Leads)
        .query::<graph::TieQuery>()
        .answers::<graph::TiePage>(),
        Route::new(
            "get",
            "/cases/{case}/graph/records",
            "listTieRecords",
            "The records behind a tie, read back from the sealed files with everything personal masked.",
            get(graph::records),
        )
        .needs(Act::Explain)
        .query::<graph::TieRecordsQuery>()
        .answers::<graph::TieRecords>(),
    ]
}

/// The pictures besides the graph.
fn other_picture_routes() -> Vec<Route> {
    vec![
        Route::new("get", "/cases/{case}/time", "getTime", "Events of several nodes on one axis.", get(time::show))
            .needs(Act::Leads)
            .query::<time::TimelineQuery>()
            .answers::<time::Timeline>(),
        Route::new(
            "get",
            "/cases/{case}/money",
            "getMoney",
            "The seeds and the leads from payments.",
            get(money::show),
        )
        .needs(Act::Payments)
        .answers::<money::Money>(),
        Route::new(
            "get",
            "/cases/{case}/money/leads/{lead}/proof",
            "explainPaymentLead",
            "The records behind each item of a lead from payments, down to their bytes in the sealed files.",
            get(super::proof::of_payments),
        )
        .needs(Act::Explain)
        .query::<super::proof::ProofQuery>()
        .answers::<super::proof::PaymentProof>(),
        Route::new("get", "/cases/{case}/money/flow", "getFlow", "The flows around a seed.", get(money::flow))
            .needs(Act::Payments)
            .query::<money::FlowQuery>()
            .answers::<money::FlowPage>(),
        Route::new("get", "/cases/{case}/map", "getMap", "What the records place.", get(map::show))
            .needs(Act::Leads)
            .answers::<map::Map>(),
    ]
}

pub(super) fn node(node: &Node) -> GraphNode {
    GraphNode {
        id: node.key.to_string(),
        kind: node.key.kind.clone(),
        node_ref: node.key.node_ref.clone(),
        label: node.label.clone(),
        detail: node.detail.clone(),
        investigated: node.investigated,
        of_note: node.of_note,
        role: node.role.clone(),
        outcome: node.outcome.clone(),
        lead_ref: node.lead_ref.clone(),
        neighbours: node.neighbours,
    }
}

/// Ties whose ends are among the nodes.
pub(super) fn ties<'a>(nodes: impl IntoIterator<Item = &'a Node>, ties: &[Tie]) -> Vec<GraphTie> {
    let names: BTreeMap<i64, String> = nodes.into_iter().map(|n| (n.id, n.key.to_string())).collect();
    let named = |tie: &Tie| Some((names.get(&tie.from_id)?.clone(), names.get(&tie.to_id)?.clone()));
    ties.iter().filter_map(|t| named(t).map(|(from, to)| tie(t, from, to))).collect()
}

fn tie(tie: &Tie, from: String, to: String) -> GraphTie {
    let (tables, step) = rests_on(&tie.tie);
    GraphTie {
        from,
        to,
        tie: tie.tie.clone(),
        tables,
        step,
        status: tie.status.clone(),
        log10_lr: tie.log10_lr,
        currency: tie.currency.clone(),
        amount: tie.amount.clone(),
        records: tie.records,
        first_utc: tie.first_us.and_then(utc_of),
        last_utc: tie.last_us.and_then(utc_of),
    }
}

/// The record tables and the step that a kind of tie rests on.
fn rests_on(tie: &str) -> (Vec<&'static str>, Option<&'static str>) {
    match tie {
        "named_holder" | "states" => (vec!["account"], None),
        "used_device" | "connected_from" => (vec!["session"], None),
        "reports" => (vec!["referral", "mention"], None),
        "wrote_to" | "wrote_in" => (vec!["message"], None),
        "travelled_with" => (vec!["trip"], None),
        "line_holder" => (vec!["line"], None),
        "lives_in" => (vec!["person"], None),
        "related" => (vec!["relation"], None),
        "payment_holder" | "registered_with" => (vec!["payment_account"], None),
        "seen_on" => (vec!["session", "assignment"], Some("place_people")),
        "resolved" => (vec!["session", "assignment"], Some("attribute_lines")),
        "attributed" => (vec!["session", "account", "line", "person"], Some("attribute_people")),
        "paid" => (vec!["payment"], Some("match_payments")),
        _ => (Vec::new(), None),
    }
}

pub(super) fn kinds(counts: &[KindCount]) -> Vec<KindTotal> {
    counts.iter().map(|k| KindTotal { kind: k.kind.clone(), neighbours: k.neighbours }).collect()
}

/// One node of a query.
pub(super) fn named(what: &str, text: &str) -> Result<NodeKey, Problem> {
    NodeKey::parse(text).ok_or_else(|| {
        let found: String = text.chars().take(60).collect();
        let known = NODE_KINDS.join(", ");
        Problem::bad(format!("{what} is {found:?}; expected KIND:REFERENCE, where KIND is one of {known}"))
    })
}

/// The nodes of a query: separated by commas; a comma inside of one is written `%2C`, and a per cent sign `%25`.
pub(super) fn list(what: &str, text: Option<&str>, most: usize) -> Result<Vec<NodeKey>, Problem> {
    let parts = text.unwrap_or_default().split(',').filter(|p| !p.is_empty());
    let nodes: Vec<NodeKey> =
        parts.map(|p| named(what, &p.replace("%2C", ",").replace("%25", "%"))).collect::<Result<_, _>>()?;
    if nodes.len() > most {
        return Err(Problem::bad(format!("{what} names {} nodes; expected at most {most}", nodes.len())));
    }
    Ok(nodes)
}

/// The kinds of a query: separated by commas.
pub(super) fn kinds_wanted(text: Option<&str>) -> Result<Vec<String>, Problem> {
    let kinds: Vec<String> = text.unwrap_or_default().split(',').filter(|k| !k.is_empty()).map(str::to_owned).collect();
    match kinds.iter().find(|k| !NODE_KINDS.contains(&k.as_str())) {
        None => Ok(kinds),
        Some(wrong) => {
            let found: String = wrong.chars().take(60).collect();
            Err(Problem::bad(format!("kinds holds {found:?}; expected some of {}", NODE_KINDS.join(", "))))
        }
    }
}

/// The one kind of a query; none where it is empty or absent.
pub(super) fn kind_wanted(text: Option<&str>) -> Result<Option<String>, Problem> {
    let mut kinds = kinds_wanted(text)?;
    if kinds.len() > 1 || text.is_some_and(|t| t.contains(',')) {
        return Err(Problem::bad("kind names more than one kind; expected one"));
    }
    Ok(kinds.pop())
}

/// A number of a query within its bounds.
pub(super) fn within(what: &str, found: Option<u64>, default: u64, most: u64) -> Result<u64, Problem> {
    let value = found.unwrap_or(default);
    if value == 0 || value > most {
        return Err(Problem::bad(format!("{what} is {value}; expected 1 to {most}")));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn nodes_of_a_query_may_hold_commas() {
        let nodes = list("open", Some("account:chat:a%2Cb,line:op/50%25"), 5).unwrap();
        assert_eq!(nodes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["account:chat:a,b", "line:op/50%"]);
        assert_eq!(list("open", None, 5).unwrap(), []);
        assert_eq!(list("open", Some("account:a,account:b"), 1).unwrap_err().code, "bad_request");
        assert!(list("open", Some("nonsense"), 5).unwrap_err().detail.contains("KIND:REFERENCE"));
    }

    #[test]
    fn the_document_names_every_kind_of_node() {
        assert_eq!(kind!(), format!("({})", NODE_KINDS.join("|")));
        assert_eq!(kind_wanted(Some("line")).unwrap().as_deref(), Some("line"));
        assert_eq!(kind_wanted(Some("")).unwrap(), None);
        for wrong in ["line,person", "line,", "suspect"] {
            assert_eq!(kind_wanted(Some(wrong)).unwrap_err().code, "bad_request", "{wrong}");
        }
    }

    #[test]
    fn numbers_and_kinds_are_within_their_bounds() {
        assert_eq!(within("most", None, 12, 50).unwrap(), 12);
        assert!(within("most", Some(0), 12, 50).is_err());
        assert!(within("most", Some(51), 12, 50).is_err());
        assert_eq!(kinds_wanted(Some("account,line")).unwrap(), ["account", "line"]);
        assert!(kinds_wanted(Some("suspect")).unwrap_err().detail.contains("suspect"));
    }
}
