//! The list of leads: two axes, filters, order and pages, over rows made once for each state of the case.
//!
//! Certainty of identity and urgency stand side by side and are never multiplied. Urgency is what the referrals state;
//! where they state none, how recent the reported incident is, counted from the newest in the case, so that the same
//! case gives the same list on any day.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::{GateName, Referral, SignOffs, standing};
use tutela_model::lead::{Gate, GateStatus, Lead, LeadsDocument, Outcome};

/// How strongly the evidence ties one person to the account: log10 of gate 2's likelihood ratio, in bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Certainty {
    /// There is nothing to weigh.
    None,
    /// Below 1: none to weak, or against.
    Weak,
    /// From 1 up to 2.
    Moderate,
    /// From 2 up to 3.
    ModeratelyStrong,
    /// From 3 on.
    Strong,
}

/// How urgent the referrals are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Urgency {
    /// No referral reports the account.
    NotReported,
    /// The newest reported incident is more than 30 days older than the newest of the case, or has no time.
    Older,
    /// At most 30 days.
    Within30Days,
    /// At most 7 days.
    Within7Days,
    /// A reporter states an urgency.
    Stated,
}

/// Where a lead's sign-off stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SigningState {
    /// No gate is passed, so there is nothing to sign.
    NotReady,
    /// A gate that the evidence passes waits for a person.
    Waiting,
    /// Every gate that the evidence passes is signed.
    Signed,
    /// A gate is refused.
    Refused,
    /// The lead has changed since a decision was made on it.
    Changed,
}

/// Where a gate's sign-off stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GateSigning {
    /// Nobody has decided.
    Open,
    /// Signed, on what the lead says now.
    Signed,
    /// Refused, on what the lead says now.
    Refused,
    /// Decided on a lead that said something else.
    Changed,
}

/// A gate in the list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct GateRow {
    /// log10 of the likelihood ratio; absent where there is nothing to weigh.
    pub(crate) log10_lr: Option<f64>,
    /// Whether the evidence passes it.
    pub(crate) status: GateStatus,
    /// Where its sign-off stands.
    pub(crate) signing: GateSigning,
}

/// A lead in the list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Row {
    /// Reference.
    pub(crate) lead_ref: String,
    /// Platform.
    pub(crate) platform: String,
    /// Account.
    pub(crate) account_ref: String,
    /// What the evidence amounts to.
    pub(crate) outcome: Outcome,
    /// The person it supports, by reference.
    pub(crate) person_ref: Option<String>,
    /// Connections.
    pub(crate) connections: u64,
    /// Episodes.
    pub(crate) episodes: u64,
    /// Gate 1.
    pub(crate) resolution: GateRow,
    /// Gate 2.
    pub(crate) attribution: GateRow,
    /// Where its sign-off stands.
    pub(crate) signing: SigningState,
    /// Why the outcome is what it is.
    pub(crate) reason: String,
    /// How many items of evidence speak against it or limit it.
    pub(crate) against: u64,
    /// How many speak for it.
    pub(crate) r#for: u64,
    /// The axis of identity.
    pub(crate) certainty: Certainty,
    /// The axis of urgency.
    pub(crate) urgency: Urgency,
    /// The urgency that a reporter stated.
    pub(crate) urgency_stated: Option<String>,
    /// The newest reported incident, UTC.
    pub(crate) reported_utc: Option<String>,
}

/// Rows for all leads of a document, in its order.
pub(crate) fn rows(
    document: &LeadsDocument,
    referrals: &BTreeMap<String, Vec<Referral>>,
    signed: &SignOffs,
) -> Vec<Row> {
    let newest =
        |found: &[Referral]| found.iter().filter_map(|r| Some((r.reported_us?, r.reported_utc.clone()?))).max();
    let newest_us = document.leads.iter().filter_map(|l| newest(referrals_of(referrals, l))).map(|(us, _)| us).max();
    let row = |lead: &Lead| {
        let found = referrals_of(referrals, lead);
        let stated = found.iter().filter_map(|r| r.urgency.clone()).max();
        let reported = newest(found);
        let urgency = match (&stated, &reported, newest_us) {
            (Some(_), ..) => Urgency::Stated,
            (None, Some((at, _)), Some(last)) => by_age(last.saturating_sub(*at)),
            _ if found.is_empty() => Urgency::NotReported,
            _ => Urgency::Older,
        };
        Row {
            lead_ref: lead.lead_ref.clone(),
            platform: lead.account.platform.clone(),
            account_ref: lead.account.account_ref.clone(),
            outcome: lead.outcome,
            person_ref: lead.person_ref.clone(),
            connections: lead.counts.connections,
            episodes: lead.counts.episodes,
            resolution: gate_row(signed, lead, GateName::Resolution, &lead.resolution),
            attribution: gate_row(signed, lead, GateName::Attribution, &lead.attribution),
            signing: signing(signed, lead),
            reason: lead.attribution.reason.clone(),
            against: lead.against.len() as u64,
            r#for: lead.r#for.len() as u64,
            certainty: certainty(lead.attribution.log10_lr),
            urgency,
            urgency_stated: stated,
            reported_utc: reported.map(|(_, utc)| utc),
        }
    };
    document.leads.iter().map(row).collect()
}

/// The referrals that report a lead's account.
pub(crate) fn referrals_of<'a>(referrals: &'a BTreeMap<String, Vec<Referral>>, lead: &Lead) -> &'a [Referral] {
    let named = format!("{}:{}", lead.account.platform, lead.account.account_ref);
    referrals.get(&named).or_else(|| referrals.get(&lead.account.account_ref)).map(Vec::as_slice).unwrap_or_default()
}

/// By how much older an incident is than the newest, in microseconds.
fn by_age(age_us: i64) -> Urgency {
    const DAY_US: i64 = 86_400_000_000;
    match age_us {
        age if age <= 7 * DAY_US => Urgency::Within7Days,
        age if age <= 30 * DAY_US => Urgency::Within30Days,
        _ => Urgency::Older,
    }
}

fn certainty(log10_lr: Option<f64>) -> Certainty {
    match log10_lr {
        None => Certainty::None,
        Some(l) if l < 1.0 => Certainty::Weak,
        Some(l) if l < 2.0 => Certainty::Moderate,
        Some(l) if l < 3.0 => Certainty::ModeratelyStrong,
        Some(_) => Certainty::Strong,
    }
}

/// Where a gate's sign-off stands.
pub(crate) fn gate_signing(signed: &SignOffs, lead: &Lead, gate: GateName) -> GateSigning {
    match standing(signed, lead, gate).as_str() {
        "-" => GateSigning::Open,
        "signed" => GateSigning::Signed,
        "refused" => GateSigning::Refused,
        _ => GateSigning::Changed,
    }
}

fn gate_row(signed: &SignOffs, lead: &Lead, name: GateName, gate: &Gate) -> GateRow {
    GateRow { log10_lr: gate.log10_lr, status: gate.status, signing: gate_signing(signed, lead, name) }
}

fn signing(signed: &SignOffs, lead: &Lead) -> SigningState {
    let states = [GateName::Resolution, GateName::Attribution].map(|gate| gate_signing(signed, lead, gate));
    let passed = [&lead.resolution, &lead.attribution].map(|g| g.status == GateStatus::Passed);
    let open = states.iter().zip(passed).any(|(s, passed)| passed && *s == GateSigning::Open);
    if states.contains(&GateSigning::Changed) {
        SigningState::Changed
    } else if states.contains(&GateSigning::Refused) {
        SigningState::Refused
    } else if open {
        SigningState::Waiting
    } else if states.contains(&GateSigning::Signed) {
        SigningState::Signed
    } else {
        SigningState::NotReady
    }
}

/// What the list is ordered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// The most urgent first, the surest identity first among them.
    #[default]
    Urgency,
    /// The surest identity first, the most urgent first among them.
    Certainty,
    /// The most episodes first.
    Episodes,
    /// By platform and account.
    Account,
}

/// Which leads are wanted. An absent filter lets all through.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeadsQuery {
    /// Only this outcome.
    pub(crate) outcome: Option<Outcome>,
    /// Only where sign-off stands so.
    pub(crate) signing: Option<SigningState>,
    /// Only this band of certainty.
    pub(crate) certainty: Option<Certainty>,
    /// Only this urgency.
    pub(crate) urgency: Option<Urgency>,
    /// Only leads whose reference, account or person contains this, without regard to case.
    pub(crate) search: Option<String>,
    /// The order.
    pub(crate) order: Option<Order>,
    /// The page, counted from 1.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub(crate) page: Option<u64>,
    /// Leads a page, at most 500.
    #[schemars(range(min = 1, max = 500))]
    pub(crate) per_page: Option<u64>,
}

/// One of the filters; a count of choices leaves its own out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    Outcome,
    Signing,
    Axes,
}

impl LeadsQuery {
    /// Whether a row passes all filters but the one left out, and but the search.
    pub(crate) fn passes(&self, row: &Row, without: Option<Filter>) -> bool {
        let outcome = without == Some(Filter::Outcome) || self.outcome.is_none_or(|o| o == row.outcome);
        let signing = without == Some(Filter::Signing) || self.signing.is_none_or(|s| s == row.signing);
        let axes = without == Some(Filter::Axes)
            || (self.certainty.is_none_or(|c| c == row.certainty) && self.urgency.is_none_or(|u| u == row.urgency));
        outcome && signing && axes
    }

    /// The rows that the search finds, in order; the other filters are yet to be passed.
    pub(crate) fn searched<'a>(&self, rows: &'a [Row], orders: &'a Orders) -> impl Iterator<Item = &'a Row> {
        let search = self.search.as_deref().map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
        let found = move |i: &&usize| {
            search.as_ref().is_none_or(|s| orders.texts.get(**i).is_some_and(|text| text.contains(s.as_str())))
        };
        orders.of(self.order.unwrap_or_default()).iter().filter(found).filter_map(|i| rows.get(*i))
    }
}

/// Every order of the rows, and what is searched in them: made once for each state of the case, so that a hundred thousand
/// leads are neither sorted nor rewritten for each page that is looked at.
pub(crate) struct Orders {
    urgency: Vec<usize>,
    certainty: Vec<usize>,
    episodes: Vec<usize>,
    account: Vec<usize>,
    /// One for each row: its references in small letters, a line each.
    texts: Vec<String>,
}

impl Orders {
    pub(crate) fn new(rows: &[Row]) -> Self {
        let sure = |r: &Row| Reverse(r.attribution.log10_lr.map(thousandths));
        let urgent = |r: &Row| Reverse((r.urgency, r.reported_utc.clone()));
        Self {
            urgency: sorted(rows, |r| (urgent(r), r.outcome, sure(r), r.lead_ref.clone())),
            certainty: sorted(rows, |r| (r.outcome, sure(r), urgent(r), r.lead_ref.clone())),
            episodes: sorted(rows, |r| (Reverse(r.episodes), r.lead_ref.clone())),
            account: sorted(rows, |r| (r.platform.clone(), r.account_ref.clone())),
            texts: rows.iter().map(searchable).collect(),
        }
    }

    fn of(&self, order: Order) -> &[usize] {
        match order {
            Order::Urgency => &self.urgency,
            Order::Certainty => &self.certainty,
            Order::Episodes => &self.episodes,
            Order::Account => &self.account,
        }
    }
}

fn sorted<K: Ord>(rows: &[Row], key: impl Fn(&Row) -> K) -> Vec<usize> {
    let mut keyed: Vec<(K, usize)> = rows.iter().enumerate().map(|(i, row)| (key(row), i)).collect();
    keyed.sort();
    keyed.into_iter().map(|(_, i)| i).collect()
}

fn thousandths(log10: f64) -> i64 {
    tutela_model::likelihood::LogRatio::from_log10(log10).thousandths()
}

/// What a search looks at.
fn searchable(row: &Row) -> String {
    let fields = [Some(&row.lead_ref), Some(&row.account_ref), Some(&row.platform), row.person_ref.as_ref()];
    let fields: Vec<&str> = fields.into_iter().flatten().map(String::as_str).collect();
    fields.join("\n").to_lowercase()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    fn row(lead_ref: &str, urgency: Urgency, log10_lr: Option<f64>, reported_utc: &str) -> Row {
        let gate = |log10_lr| GateRow { log10_lr, status: GateStatus::Open, signing: GateSigning::Open };
        Row {
            lead_ref: lead_ref.to_owned(),
            platform: "chatter".to_owned(),
            account_ref: format!("account-{lead_ref}"),
            outcome: if log10_lr.is_some() { Outcome::Supported } else { Outcome::Insufficient },
            person_ref: log10_lr.map(|_| format!("P-{lead_ref}")),
            connections: 10,
            episodes: 3,
            resolution: gate(None),
            attribution: gate(log10_lr),
            signing: SigningState::Waiting,
            reason: String::new(),
            against: 0,
            r#for: 0,
            certainty: certainty(log10_lr),
            urgency,
            urgency_stated: None,
            reported_utc: Some(reported_utc.to_owned()),
        }
    }

    fn selected(query: &LeadsQuery) -> Vec<String> {
        let rows = [
            row("A", Urgency::Older, Some(2.5), "2026-01-01T00:00:00Z"),
            row("B", Urgency::Within30Days, None, "2026-06-01T00:00:00Z"),
            row("C", Urgency::Within30Days, Some(1.5), "2026-06-02T00:00:00Z"),
            row("D", Urgency::Stated, Some(0.5), "2026-02-01T00:00:00Z"),
        ];
        let orders = Orders::new(&rows);
        let found = query.searched(&rows, &orders).filter(|r| query.passes(r, None));
        found.map(|r| r.lead_ref.clone()).collect()
    }

    #[test]
    fn the_most_urgent_stand_first_whatever_their_certainty() {
        assert_eq!(selected(&LeadsQuery::default()), ["D", "C", "B", "A"]);
        let by = |order| selected(&LeadsQuery { order: Some(order), ..LeadsQuery::default() });
        assert_eq!(by(Order::Certainty), ["A", "C", "D", "B"]);
        assert_eq!(by(Order::Account), ["A", "B", "C", "D"]);
    }

    #[test]
    fn filters_join_and_search_looks_at_references() {
        let query = |text: &str| LeadsQuery { search: Some(text.to_owned()), ..LeadsQuery::default() };
        assert_eq!(selected(&query("ACCOUNT-b")), ["B"]);
        assert_eq!(selected(&query(" p-c ")), ["C"]);
        assert_eq!(selected(&query("chatter")).len(), 4);
        let recent = LeadsQuery { urgency: Some(Urgency::Within30Days), ..LeadsQuery::default() };
        assert_eq!(selected(&recent), ["C", "B"]);
        assert_eq!(selected(&LeadsQuery { outcome: Some(Outcome::Insufficient), ..recent }), ["B"]);
    }

    #[test]
    fn a_count_of_choices_leaves_its_own_filter_out() {
        let one = row("A", Urgency::Older, Some(2.5), "2026-01-01T00:00:00Z");
        let query = LeadsQuery { outcome: Some(Outcome::Contradicted), ..LeadsQuery::default() };
        assert!(!query.passes(&one, None));
        assert!(query.passes(&one, Some(Filter::Outcome)));
        assert!(!query.passes(&one, Some(Filter::Signing)));
    }

    #[test]
    fn bands() {
        let check = |log10: f64, expect: Certainty| assert_eq!(certainty(Some(log10)), expect, "{log10}");
        check(-2.0, Certainty::Weak);
        check(0.999, Certainty::Weak);
        check(1.0, Certainty::Moderate);
        check(2.0, Certainty::ModeratelyStrong);
        check(3.0, Certainty::Strong);
        assert_eq!(certainty(None), Certainty::None);
        assert_eq!(by_age(7 * 86_400_000_000), Urgency::Within7Days);
        assert_eq!(by_age(7 * 86_400_000_000 + 1), Urgency::Within30Days);
        assert_eq!(by_age(30 * 86_400_000_000 + 1), Urgency::Older);
    }

    /// A hundred thousand leads are listed in well under the fifth of a second that an answer may take.
    #[test]
    fn many_leads_are_listed_at_once() {
        let urgencies = [Urgency::Older, Urgency::Within7Days, Urgency::Within30Days];
        let rows: Vec<Row> = (0..100_000_u32)
            .map(|i| row(&format!("L-{i}"), urgencies[i as usize % 3], Some(f64::from(i % 40) / 10.0), "2026-06-01"))
            .collect();
        let orders = Orders::new(&rows);
        let watch = tutela_case::clock::Stopwatch::start();
        let query = LeadsQuery { search: Some("9".to_owned()), ..LeadsQuery::default() };
        assert!(query.searched(&rows, &orders).filter(|r| query.passes(r, None)).count() > 30_000);
        assert!(watch.seconds() < 0.2, "{} s", watch.seconds());
    }
}
