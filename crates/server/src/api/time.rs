//! Events of several nodes on one axis.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::clock::{us_of, utc_of};
use tutela_case::{Event, Lane, NodeKey, TimeQuery};

use super::case_named;
use super::picture::{self, GraphNode};
use crate::App;
use crate::held::off;
use crate::problem::{Asked, Named, Problem};

/// A time of a query: RFC 3339 with its zone, or nothing; with the days that the calendar has, up to the year 9998.
const TIME_PATTERN: &str = concat!(
    "^((([0-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-",
    "((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)",
    "|[0-9]{2}(0[48]|[2468][048]|[13579][26])-02-29|([02468][048]|[13579][26])00-02-29)T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?",
    "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?$"
);

/// What of the time is wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TimelineQuery {
    /// Whose events: nodes as `KIND:REFERENCE`, separated by commas (`%2C` inside of one), at most 12. Of a node without events
    /// those of its accounts are shown.
    #[schemars(extend("pattern" = picture::NODES_PATTERN))]
    nodes: Option<String>,
    /// From when, RFC 3339; from the first event where absent.
    #[schemars(extend("pattern" = TIME_PATTERN))]
    from: Option<String>,
    /// Until when, not included; until after the last event where absent.
    #[schemars(extend("pattern" = TIME_PATTERN))]
    until: Option<String>,
    /// Counts a lane, at most 480; 240 where absent.
    #[schemars(range(min = 1, max = 480))]
    bins: Option<u64>,
}

/// Lanes on one axis.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Timeline {
    run_id: String,
    from_utc: String,
    /// Not included.
    until_utc: String,
    /// The first event of all lanes; absent where there is none.
    first_utc: Option<String>,
    last_utc: Option<String>,
    lanes: Vec<TimeLane>,
    /// Whether there would be more lanes than are shown.
    more_lanes: bool,
    /// Nodes asked for that are not in this run.
    unknown: Vec<String>,
}

/// The events of one kind of one node.
#[derive(Debug, Serialize, JsonSchema)]
struct TimeLane {
    /// The node that was asked for.
    asked: String,
    /// Whose events they are: that node, or an account of it.
    node: GraphNode,
    /// `session`, `report`, `message_out`, `message_in`, `trip`, `paid_out` or `paid_in`.
    lane: String,
    /// Events in the window. Where they are not shown one by one, whole steps are counted at both ends.
    events: u64,
    /// The step that they are counted in, in seconds.
    step_s: i64,
    /// When the first step begins.
    first_utc: String,
    /// Events in each step.
    counts: Vec<u64>,
    /// Each of them; absent where they are too many to be shown one by one.
    singles: Option<Vec<TimeEvent>>,
}

/// One event.
#[derive(Debug, Serialize, JsonSchema)]
struct TimeEvent {
    at_utc: String,
    /// What happened, in the record's own word.
    what: Option<String>,
    /// The address, referral or other account.
    other: Option<GraphNode>,
    device: Option<GraphNode>,
    currency: Option<String>,
    /// An exact decimal.
    amount: Option<String>,
    table: String,
    source_id: String,
    row: u64,
}

pub(super) async fn show(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<TimelineQuery>,
) -> Result<Json<Timeline>, Problem> {
    let case = case_named(&app, &name)?;
    let wanted = TimeQuery {
        nodes: picture::list("nodes", query.nodes.as_deref(), 12)?,
        from_us: instant("from", query.from.as_deref())?,
        until_us: instant("until", query.until.as_deref())?,
        bins: usize::try_from(picture::within("bins", query.bins, 240, 480)?).unwrap_or(240),
    };
    let pictures = case.pictures().await?;
    off(move || {
        let found = pictures.time(&wanted)?;
        Ok(Json(Timeline {
            run_id: pictures.run_id().to_owned(),
            from_utc: text(found.from_us),
            until_utc: text(found.until_us),
            first_utc: found.extent_us.map(|(first, _)| text(first)),
            last_utc: found.extent_us.map(|(_, last)| text(last)),
            lanes: found.lanes.iter().map(lane).collect(),
            more_lanes: found.more_lanes,
            unknown: found.unknown.iter().map(NodeKey::to_string).collect(),
        }))
    })
    .await
}

fn lane(lane: &Lane) -> TimeLane {
    TimeLane {
        asked: lane.asked.to_string(),
        node: picture::node(&lane.node),
        lane: lane.lane.clone(),
        events: lane.events,
        step_s: lane.step_s,
        first_utc: text(lane.first_us),
        counts: lane.counts.clone(),
        singles: lane.singles.as_ref().map(|singles| singles.iter().map(event).collect()),
    }
}

fn event(event: &Event) -> TimeEvent {
    TimeEvent {
        at_utc: text(event.at_us),
        what: event.what.clone(),
        other: event.other.as_ref().map(picture::node),
        device: event.device.as_ref().map(picture::node),
        currency: event.currency.clone(),
        amount: event.amount.clone(),
        table: event.table.clone(),
        source_id: event.source_id.clone(),
        row: event.row,
    }
}

/// An instant as text; what no calendar has is the end of all of them.
fn text(us: i64) -> String {
    utc_of(us).unwrap_or_else(|| if us < 0 { "-009999-01-01T00:00:00Z" } else { "9999-12-31T00:00:00Z" }.to_owned())
}

fn instant(what: &str, text: Option<&str>) -> Result<Option<i64>, Problem> {
    let Some(text) = text.filter(|t| !t.is_empty()) else { return Ok(None) };
    // The reader knows further ways to write a time; the document names this one.
    let as_said = text.is_ascii()
        && text < "9999"
        && text.len() >= 20
        && text.as_bytes().get(10) == Some(&b'T')
        && !text.contains('[');
    us_of(text).filter(|_| as_said).map(Some).ok_or_else(|| {
        let found: String = text.chars().take(40).collect();
        Problem::bad(format!("{what} is {found:?}; expected a time in RFC 3339, such as 2026-01-31T12:00:00Z"))
    })
}
