//! The graph: around a node, between two, and what a tie rests on.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::{NoPath, NodeKey, View, ViewQuery};
use tutela_model::lead::{Evidence, Lead};

use super::picture::{self, GraphNode, GraphTie, KindTotal};
use super::proof::{self, ProofRecord};
use super::{Paging, case_named};
use crate::App;
use crate::held::{Leads, off};
use crate::problem::{Asked, Named, Problem};

/// What of the graph is wanted. Nodes are written `KIND:REFERENCE`, separated by commas (`%2C` inside of one).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GraphQuery {
    /// Nodes whose neighbours are shown, at most 30.
    #[schemars(extend("pattern" = picture::NODES_PATTERN))]
    open: Option<String>,
    /// Further nodes, at most 100.
    #[schemars(extend("pattern" = picture::NODES_PATTERN))]
    show: Option<String>,
    /// Kinds of neighbours; all where absent.
    #[schemars(extend("pattern" = picture::KINDS_PATTERN))]
    kinds: Option<String>,
    /// Neighbours of each opened node, at most 60; 12 where absent.
    #[schemars(range(min = 1, max = 60))]
    most: Option<u64>,
}

/// A part of the graph.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Graph {
    run_id: String,
    /// The nodes, in the order they came into it.
    nodes: Vec<GraphNode>,
    /// Every tie between them.
    ties: Vec<GraphTie>,
    open: Vec<Opened>,
    /// Nodes asked for that are not in this run.
    unknown: Vec<String>,
}

/// An opened node.
#[derive(Debug, Serialize, JsonSchema)]
struct Opened {
    id: String,
    /// Neighbours that are shown because it was opened.
    shown: Vec<String>,
    /// All its neighbours, by kind.
    all: Vec<KindTotal>,
    /// Those that are not in the picture, by kind.
    more: Vec<KindTotal>,
}

/// Which nodes are looked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindQuery {
    /// How the reference begins; where to begin where absent.
    #[schemars(length(max = 300))]
    search: Option<String>,
    /// At most so many, up to 50; 12 where absent.
    #[schemars(range(min = 1, max = 50))]
    most: Option<u64>,
}

/// Nodes.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Found {
    nodes: Vec<GraphNode>,
}

/// Which neighbours are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NeighboursQuery {
    /// The node, as `KIND:REFERENCE`.
    #[schemars(extend("pattern" = picture::NODE_PATTERN))]
    node: String,
    /// Only neighbours of this kind.
    #[schemars(extend("pattern" = picture::KIND_PATTERN))]
    kind: Option<String>,
    /// The page, counted from 1.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    page: Option<u64>,
    /// Neighbours a page, at most 500.
    #[schemars(range(min = 1, max = 500))]
    per_page: Option<u64>,
}

/// A page of neighbours, those of note first.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Neighbours {
    node: GraphNode,
    kinds: Vec<KindTotal>,
    total: u64,
    page: u64,
    per_page: u64,
    neighbours: Vec<NeighbourRow>,
}

/// A neighbour with its ties.
#[derive(Debug, Serialize, JsonSchema)]
struct NeighbourRow {
    node: GraphNode,
    ties: Vec<GraphTie>,
}

/// Between which nodes a way is looked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PathQuery {
    /// One end, as `KIND:REFERENCE`.
    #[schemars(extend("pattern" = picture::NODE_PATTERN))]
    from: String,
    /// The other.
    #[schemars(extend("pattern" = picture::NODE_PATTERN))]
    to: String,
    /// Kinds of nodes that it may lead through; all where absent.
    #[schemars(extend("pattern" = picture::KINDS_PATTERN))]
    kinds: Option<String>,
}

/// The shortest way, or why there is none.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Path {
    run_id: String,
    /// The nodes from one end to the other; empty where there is no way.
    nodes: Vec<GraphNode>,
    ties: Vec<GraphTie>,
    /// Why there is none: `none` within the bounds, `too_wide` to be searched, `unknown` ends.
    why_not: Option<&'static str>,
}

/// Two nodes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TieQuery {
    /// One end, as `KIND:REFERENCE`.
    #[schemars(extend("pattern" = picture::NODE_PATTERN))]
    from: String,
    /// The other.
    #[schemars(extend("pattern" = picture::NODE_PATTERN))]
    to: String,
}

/// What ties two nodes.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TiePage {
    from: GraphNode,
    to: GraphNode,
    ties: Vec<GraphTie>,
    /// The items of a lead that speak about the tie, those against first; each has its proof there.
    evidence: Vec<TieEvidence>,
}

/// An item of a lead.
#[derive(Debug, Serialize, JsonSchema)]
struct TieEvidence {
    lead_ref: String,
    evidence_ref: String,
    /// Whether it speaks against the attribution.
    against: bool,
    statement: String,
    log10_lr: Option<f64>,
    records: u64,
}

/// Which records are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TieRecordsQuery {
    /// The node that the tie starts from, as `KIND:REFERENCE`.
    #[schemars(extend("pattern" = picture::NODE_PATTERN))]
    from: String,
    /// The node that it leads to.
    #[schemars(extend("pattern" = picture::NODE_PATTERN))]
    to: String,
    /// The kind of tie.
    tie: Option<String>,
    /// At most so many, up to 20; 3 where absent.
    #[schemars(range(min = 1, max = 20))]
    most: Option<u64>,
}

/// The records behind a tie.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TieRecords {
    /// How many there are, counted up to 200; absent where they are found through a lead only.
    total: Option<u64>,
    records: Vec<ProofRecord>,
}

pub(super) async fn view(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<GraphQuery>,
) -> Result<Json<Graph>, Problem> {
    let case = case_named(&app, &name)?;
    let wanted = ViewQuery {
        open: picture::list("open", query.open.as_deref(), 30)?,
        show: picture::list("show", query.show.as_deref(), 100)?,
        kinds: picture::kinds_wanted(query.kinds.as_deref())?,
        most: usize::try_from(picture::within("most", query.most, 12, 60)?).unwrap_or(12),
    };
    let pictures = case.pictures().await?;
    off(move || Ok(Json(graph(pictures.run_id(), &pictures.view(&wanted)?)))).await
}

fn graph(run_id: &str, view: &View) -> Graph {
    Graph {
        run_id: run_id.to_owned(),
        nodes: view.nodes.iter().map(picture::node).collect(),
        ties: picture::ties(&view.nodes, &view.ties),
        open: view
            .open
            .iter()
            .map(|o| Opened {
                id: o.key.to_string(),
                shown: o.shown.iter().map(NodeKey::to_string).collect(),
                all: picture::kinds(&o.all),
                more: picture::kinds(&o.more),
            })
            .collect(),
        unknown: view.unknown.iter().map(NodeKey::to_string).collect(),
    }
}

pub(super) async fn find(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<FindQuery>,
) -> Result<Json<Found>, Problem> {
    let case = case_named(&app, &name)?;
    let most = u32::try_from(picture::within("most", query.most, 12, 50)?).unwrap_or(12);
    let search = query.search.unwrap_or_default();
    if search.chars().count() > 300 {
        return Err(Problem::bad("search is longer than 300 characters"));
    }
    let pictures = case.pictures().await?;
    off(move || Ok(Json(Found { nodes: pictures.search(&search, most)?.iter().map(picture::node).collect() }))).await
}

pub(super) async fn neighbours(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<NeighboursQuery>,
) -> Result<Json<Neighbours>, Problem> {
    let case = case_named(&app, &name)?;
    let paging = Paging::new(query.page, query.per_page)?;
    let key = picture::named("node", &query.node)?;
    let kind = picture::kind_wanted(query.kind.as_deref())?;
    let pictures = case.pictures().await?;
    off(move || {
        let skip = (paging.page - 1).saturating_mul(paging.per_page);
        let found = pictures.neighbours(&key, kind.as_deref(), skip, paging.per_page)?;
        let found = found.ok_or_else(|| not_here(&key))?;
        let row = |n: &tutela_case::Neighbour| NeighbourRow {
            node: picture::node(&n.node),
            ties: picture::ties([&found.node, &n.node], &n.ties),
        };
        Ok(Json(Neighbours {
            node: picture::node(&found.node),
            kinds: picture::kinds(&found.kinds),
            total: found.total,
            page: paging.page,
            per_page: paging.per_page,
            neighbours: found.neighbours.iter().map(row).collect(),
        }))
    })
    .await
}

fn not_here(key: &NodeKey) -> Problem {
    Problem::not_found(format!("{key}: not in the newest run"))
}

pub(super) async fn path(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<PathQuery>,
) -> Result<Json<Path>, Problem> {
    let case = case_named(&app, &name)?;
    let from = picture::named("from", &query.from)?;
    let to = picture::named("to", &query.to)?;
    let kinds = picture::kinds_wanted(query.kinds.as_deref())?;
    let pictures = case.pictures().await?;
    off(move || {
        let run_id = pictures.run_id().to_owned();
        Ok(Json(match pictures.path(&from, &to, &kinds)? {
            Ok(steps) => Path {
                run_id,
                nodes: steps.nodes.iter().map(picture::node).collect(),
                ties: picture::ties(&steps.nodes, &steps.ties),
                why_not: None,
            },
            Err(why) => {
                let why_not = match why {
                    NoPath::None => "none",
                    NoPath::TooWide => "too_wide",
                    NoPath::Unknown => "unknown",
                };
                Path { run_id, nodes: Vec::new(), ties: Vec::new(), why_not: Some(why_not) }
            }
        }))
    })
    .await
}

pub(super) async fn tie(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<TieQuery>,
) -> Result<Json<TiePage>, Problem> {
    let case = case_named(&app, &name)?;
    let from = picture::named("from", &query.from)?;
    let to = picture::named("to", &query.to)?;
    let (leads, pictures) = (case.leads().await?, case.pictures().await?);
    off(move || {
        let (a, b, ties) = pictures.ties(&from, &to)?.ok_or_else(|| not_here(&from))?;
        let mut evidence = Vec::new();
        for (account, other) in [(&a, &b.key), (&b, &a.key)] {
            if let Some(lead_ref) = account.lead_ref.as_deref().filter(|_| account.key.kind == "account") {
                evidence.extend(about(&leads, lead_ref, other));
            }
        }
        let (from, to) = (picture::node(&a), picture::node(&b));
        Ok(Json(TiePage { from, to, ties: picture::ties([&a, &b], &ties), evidence }))
    })
    .await
}

/// The items of a lead that speak about a person or line.
fn about(leads: &Leads, lead_ref: &str, other: &NodeKey) -> Vec<TieEvidence> {
    let Ok((lead, _)) = leads.get(lead_ref) else { return Vec::new() };
    let speaks = |item: &&Evidence| match other.kind.as_str() {
        "person" => item.person_ref.as_deref() == Some(other.node_ref.as_str()),
        "line" => item.line.as_ref().is_some_and(|l| format!("{}/{}", l.operator, l.line_ref) == other.node_ref),
        _ => false,
    };
    let row = |lead: &Lead, item: &Evidence, against: bool| TieEvidence {
        lead_ref: lead.lead_ref.clone(),
        evidence_ref: item.evidence_ref.clone(),
        against,
        statement: item.statement.clone(),
        log10_lr: item.log10_lr,
        records: item.records,
    };
    let against = lead.against.iter().filter(speaks).map(|item| row(lead, item, true));
    against.chain(lead.r#for.iter().filter(speaks).map(|item| row(lead, item, false))).collect()
}

pub(super) async fn records(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<TieRecordsQuery>,
) -> Result<Json<TieRecords>, Problem> {
    let case = case_named(&app, &name)?;
    let from = picture::named("from", &query.from)?;
    let to = picture::named("to", &query.to)?;
    let most = usize::try_from(picture::within("most", query.most, 3, 20)?).unwrap_or(3);
    let tie = query.tie.unwrap_or_default();
    let pictures = case.pictures().await?;
    let found = case.act(move |c| c.tie_records(&pictures, &from, &to, &tie, most)).await?;
    let (total, records) = found.map_or((None, Vec::new()), |(total, records)| (Some(total), records));
    Ok(Json(TieRecords { total, records: records.iter().map(proof::record).collect() }))
}
