//! Leads: what the analysis hands to people. The JSON form is a published contract with a committed schema
//! (`docs/src/reference/leads.schema.json`); a field is added, never renamed or given another meaning.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Version of the JSON form of [`LeadsDocument`].
pub const LEADS_FORMAT: &str = "tutela-leads/2";

/// All leads of one run, one for each account under investigation, sorted by platform and account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadsDocument {
    /// Version of this form: `tutela-leads/2`.
    pub format: String,
    /// Totals from the first connection to the last lead.
    pub funnel: Funnel,
    /// The leads.
    pub leads: Vec<Lead>,
}

/// How many of what went in came out at each step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Funnel {
    /// Distinct connections (log-ins, uploads) of the accounts under investigation.
    pub connections: u64,
    /// Of these, with a public address and a time.
    pub usable: u64,
    /// Of the usable, those that some assignment covers.
    pub assigned: u64,
    /// Groups of connections inside one assignment; each counts once.
    pub episodes: u64,
    /// Distinct lines that could have made at least one of the connections.
    pub candidate_lines: u64,
    /// Accounts under investigation.
    pub accounts: u64,
    /// Accounts with at least one line that only it explains, in two episodes or more.
    pub resolved: u64,
    /// Leads by outcome.
    pub supported: u64,
    /// Leads the records cannot decide.
    pub insufficient: u64,
    /// Leads whose evidence points in ways that exclude each other.
    pub contradicted: u64,
}

/// What the records say about who is behind one account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    /// Stable reference, made from platform and account: the same in every run and case.
    pub lead_ref: String,
    /// The account in question.
    pub account: AccountRef,
    /// What the evidence amounts to. A person decides what follows from it.
    pub outcome: Outcome,
    /// The person the evidence supports; present only where the outcome is `supported`. A reference, never a name.
    pub person_ref: Option<String>,
    /// Connections, usable connections and episodes of this account.
    pub counts: Counts,
    /// Gate 1: from connections to a line.
    pub resolution: Gate,
    /// The lines used in two episodes or more, strongest first.
    pub lines: Vec<LineFinding>,
    /// Gate 2: from lines to a person.
    pub attribution: Gate,
    /// People with any link to the account, strongest first, by reference.
    pub people: Vec<PersonFinding>,
    /// Evidence against the attribution, strongest first. Read it first.
    pub against: Vec<Evidence>,
    /// Evidence for the attribution, strongest first.
    pub r#for: Vec<Evidence>,
    /// The eight standing hypotheses, each with what the records say about it.
    pub hypotheses: Vec<HypothesisFinding>,
    /// What is not in the records and would matter.
    pub missing: Vec<String>,
    /// The cheapest lawful step that would decide most.
    pub next_step: String,
}

/// An account on a platform.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRef {
    /// Platform, as in the records.
    pub platform: String,
    /// The platform's identifier of the account.
    pub account_ref: String,
}

/// What the evidence for a lead amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Two episodes on different assignments, one item that is not from the network, one person, nothing open against it.
    Supported,
    /// The records cannot decide. A full answer.
    Insufficient,
    /// Items of evidence exclude each other, or the person was elsewhere.
    Contradicted,
}

impl Outcome {
    /// The name used in JSON and tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Insufficient => "insufficient",
            Self::Contradicted => "contradicted",
        }
    }
}

/// How much of the account's activity could be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Distinct connections.
    pub connections: u64,
    /// With a public address and a time.
    pub usable: u64,
    /// Covered by at least one assignment.
    pub assigned: u64,
    /// Episodes.
    pub episodes: u64,
}

/// One of the two gates: the propositions weighed and the result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// The first proposition.
    pub proposition: String,
    /// The proposition it is weighed against.
    pub alternative: String,
    /// log10 of the likelihood ratio, bounded by the size of the data; absent where there is nothing to weigh.
    pub log10_lr: Option<f64>,
    /// The same in words.
    pub words: Option<String>,
    /// Whether the gate is passed: `passed` or `open`. Sign-off is a person's.
    pub status: GateStatus,
    /// Why, in a sentence.
    pub reason: String,
}

/// Whether the evidence passes a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateStatus {
    /// The rules of the gate are met.
    Passed,
    /// They are not.
    Open,
}

/// A line found behind an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineFinding {
    /// The operator.
    pub operator: String,
    /// The operator's reference of the line.
    pub line_ref: String,
    /// `single`: no other line explains these episodes. `set`: others explain them as well.
    pub status: LineStatus,
    /// How many lines cannot be told apart from this one, itself included.
    pub set_size: u64,
    /// Episodes (distinct assignments of this line).
    pub episodes: u64,
    /// Connections in these episodes.
    pub connections: u64,
    /// log10 LR: the account used this line, against: another line of the same operator.
    pub log10_lr: f64,
    /// The same in words.
    pub words: String,
    /// Kind of access, where a register states it.
    pub access_kind: Option<String>,
    /// Kind of address, where a register states it.
    pub address_kind: Option<String>,
    /// The eight standing hypotheses, for this line.
    pub hypotheses: Vec<HypothesisFinding>,
}

/// Whether a line stands alone behind its episodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineStatus {
    /// No other line explains the episodes.
    Single,
    /// No other line explains the episodes, but the household that the register gives it is only ever seen on others.
    Doubtful,
    /// A set of lines explains them equally well.
    Set,
    /// So small a share of the account's episodes that chance or wrong records may explain it.
    Weak,
    /// Only one episode: never enough to resolve.
    OneEpisode,
}

/// A person with a link to the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonFinding {
    /// Reference; names are shown only on request, with a reason, and that is logged.
    pub person_ref: String,
    /// How the person is linked: `device`, `selector`, `co_presence`, `holder`, `household`, `guest`.
    pub links: Vec<String>,
    /// log10 LR: this person used the account, against: another person with access to the same lines. Stated only where
    /// something that is not from the network speaks; absent otherwise.
    pub log10_lr: Option<f64>,
    /// The same in words.
    pub words: Option<String>,
}

/// One item of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Reference inside the lead: the kind, and the person, device or line it speaks about.
    pub evidence_ref: String,
    /// What kind of item: `line_episodes`, `shared_device`, `shared_selector`, `co_presence`, `alibi`, `guests`, ...
    pub kind: String,
    /// The statement, in plain words.
    pub statement: String,
    /// log10 LR of this item; absent where it only limits or qualifies.
    pub log10_lr: Option<f64>,
    /// The same in words.
    pub words: Option<String>,
    /// Items of one group depend on each other and count once.
    pub dependence_group: String,
    /// Whether the item comes from network records.
    pub from_network: bool,
    /// The person it speaks about, by reference.
    pub person_ref: Option<String>,
    /// The line it speaks about.
    pub line: Option<LineRef>,
    /// How many source records it rests on.
    pub records: u64,
}

/// A line of an operator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineRef {
    /// The operator.
    pub operator: String,
    /// The operator's reference of the line.
    pub line_ref: String,
}

/// A standing hypothesis and what the records say about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HypothesisFinding {
    /// Which of the eight.
    pub hypothesis: Hypothesis,
    /// Whether the records leave it open.
    pub status: HypothesisStatus,
    /// Why.
    pub reason: String,
}

/// The eight explanations that are always carried for a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hypothesis {
    /// The holder of the line.
    Holder,
    /// Another member of the household.
    HouseholdMember,
    /// A guest who was given the password.
    Guest,
    /// A neighbour, or anyone on open Wi-Fi.
    NeighbourOrOpenWifi,
    /// A co-subscriber behind the same shared address.
    CoSubscriber,
    /// A VPN or proxy exit, or a compromised router.
    VpnOrCompromisedRouter,
    /// A wrong record.
    RecordError,
    /// The right line at the wrong address: billing address, a move, a crossed wire.
    WrongAddress,
}

/// Whether the records leave a hypothesis open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HypothesisStatus {
    /// The evidence favours it.
    Favoured,
    /// It cannot be excluded.
    Open,
    /// The evidence makes it much less probable; it is still not impossible.
    Reduced,
    /// There is nothing to test it on.
    Untested,
}
