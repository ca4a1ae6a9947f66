//! What a dossier says, ready to be set: every value in words, in the order of the pages.

use serde::Serialize;

/// The language of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// English.
    En,
    /// Italian.
    It,
}

impl Lang {
    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::It => "it",
        }
    }
}

/// A sentence, and whether it had to be left in English.
#[derive(Debug, Serialize)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) english: bool,
}

/// A count with its digits grouped.
pub(crate) type Count = String;

#[derive(Debug, Serialize)]
pub(crate) struct Content {
    pub(crate) front: Front,
    pub(crate) gates: Vec<GateText>,
    pub(crate) against: Vec<Item>,
    pub(crate) r#for: Vec<Item>,
    pub(crate) hypotheses: Vec<HypothesisText>,
    pub(crate) next_step: Said,
    pub(crate) missing: Vec<Said>,
    pub(crate) not_found: NotFound,
    pub(crate) lines: Vec<LineText>,
    pub(crate) line_checks: Vec<LineCheckText>,
    pub(crate) people: Vec<PersonText>,
    pub(crate) time: Option<super::pictures::TimeLanes>,
    pub(crate) graph: Option<super::pictures::LineGraph>,
    pub(crate) money: Option<super::money::MoneyFlow>,
    pub(crate) requests: Vec<RequestText>,
    pub(crate) decisions: Vec<DecisionText>,
    pub(crate) judgements: Vec<JudgementText>,
    pub(crate) steps: Vec<StepText>,
    pub(crate) params: Vec<ParamText>,
    pub(crate) calibration: super::calibration::CalibrationText,
    pub(crate) bases: Vec<BasisText>,
    pub(crate) sources: Vec<SourceText>,
    pub(crate) custody: CustodyText,
    pub(crate) records: Vec<RecordText>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Front {
    /// `connections` or `payments`: what the lead is made from.
    pub(crate) kind: &'static str,
    pub(crate) lead_ref: String,
    pub(crate) platform: String,
    pub(crate) account_ref: String,
    pub(crate) outcome: String,
    /// The role of a payment account.
    pub(crate) role: Option<String>,
    pub(crate) person_ref: Option<String>,
    pub(crate) reason: Said,
    pub(crate) figures: Vec<Figure>,
    pub(crate) against: usize,
    pub(crate) r#for: usize,
    pub(crate) open_hypotheses: usize,
    pub(crate) case: String,
    pub(crate) run_id: String,
    pub(crate) version: String,
    pub(crate) entries: Count,
    pub(crate) utc: String,
    pub(crate) lead_digest: String,
    /// Why people are named; absent where they are masked.
    pub(crate) unmasked: Option<String>,
    pub(crate) referrals: Vec<ReferralText>,
    pub(crate) alarms: Vec<AlarmText>,
    pub(crate) seeds: Vec<SeedText>,
}

/// A figure of the front page, and the word for it.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    pub(crate) number: Count,
    pub(crate) word: &'static str,
}

/// What stands against naming anybody through a line.
#[derive(Debug, Serialize)]
pub(crate) struct AlarmText {
    pub(crate) line: String,
    pub(crate) operator: String,
    /// Searches there that found nothing.
    pub(crate) searches: Count,
    pub(crate) ends_elsewhere: bool,
}

/// What establishes a recipient.
#[derive(Debug, Serialize)]
pub(crate) struct SeedText {
    pub(crate) evidence_ref: String,
    pub(crate) reason: String,
    pub(crate) source: String,
    pub(crate) row: Count,
}

#[derive(Debug, Serialize)]
pub(crate) struct ReferralText {
    pub(crate) referral_ref: String,
    pub(crate) kind: String,
    pub(crate) reported: Option<String>,
    pub(crate) urgency: Option<String>,
    pub(crate) source: String,
    pub(crate) row: Count,
}

#[derive(Debug, Serialize)]
pub(crate) struct GateText {
    pub(crate) gate: &'static str,
    pub(crate) proposition: Said,
    pub(crate) alternative: Said,
    /// log10 LR with its sign.
    pub(crate) weight: Option<String>,
    /// The same as a ratio, `100 : 1`.
    pub(crate) ratio: Option<String>,
    pub(crate) words: Option<String>,
    pub(crate) passed: bool,
    pub(crate) reason: Said,
    pub(crate) standing: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Item {
    pub(crate) kind: String,
    pub(crate) statement: Said,
    /// Who else shows it, innocently; of payments.
    pub(crate) innocent: Option<Said>,
    pub(crate) weight: Option<String>,
    pub(crate) words: Option<String>,
    pub(crate) from_network: bool,
    pub(crate) group: String,
    pub(crate) records: Count,
    /// Where the first records are; each a footnote.
    pub(crate) notes: Vec<Place>,
    /// The numbers of the others that the annex lists.
    pub(crate) rest: Option<[usize; 2]>,
    /// Records that the annex does not list.
    pub(crate) unlisted: Count,
}

/// Where a record is in its sealed file.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Place {
    /// Its number in the annex.
    pub(crate) number: usize,
    pub(crate) table: String,
    pub(crate) file: String,
    pub(crate) source: String,
    pub(crate) row: Count,
    pub(crate) from: Count,
    pub(crate) to: Count,
}

#[derive(Debug, Serialize)]
pub(crate) struct HypothesisText {
    pub(crate) hypothesis: String,
    pub(crate) status: String,
    pub(crate) reason: Said,
}

#[derive(Debug, Serialize)]
pub(crate) struct NotFound {
    pub(crate) rows_refused: Count,
    pub(crate) no_alibi: bool,
    pub(crate) no_payment: bool,
    pub(crate) no_request: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct LineText {
    pub(crate) line: String,
    pub(crate) operator: String,
    pub(crate) status: String,
    pub(crate) set_size: Count,
    pub(crate) episodes: Count,
    pub(crate) connections: Count,
    pub(crate) weight: String,
    pub(crate) access: String,
    pub(crate) address: String,
}

/// What was found when a line was looked at outside the records.
#[derive(Debug, Serialize)]
pub(crate) struct LineCheckText {
    pub(crate) line: String,
    pub(crate) operator: String,
    pub(crate) found: String,
    pub(crate) on: String,
    pub(crate) how: String,
    pub(crate) who: String,
    pub(crate) utc: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct PersonText {
    pub(crate) person_ref: String,
    pub(crate) name: Option<String>,
    pub(crate) links: Vec<String>,
    pub(crate) weight: Option<String>,
    pub(crate) words: Option<String>,
    pub(crate) supported: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct RequestText {
    pub(crate) request_ref: String,
    pub(crate) operator: String,
    pub(crate) basis: String,
    pub(crate) address: String,
    pub(crate) asked: String,
    pub(crate) sent: String,
    pub(crate) answered: Option<String>,
    pub(crate) outcome: String,
    pub(crate) rows: Vec<MismatchText>,
    pub(crate) refusals: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct MismatchText {
    pub(crate) table: String,
    pub(crate) row: Count,
    pub(crate) outcome: String,
    pub(crate) check: String,
    pub(crate) field: String,
    pub(crate) found: String,
    pub(crate) expected: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct DecisionText {
    pub(crate) gate: &'static str,
    pub(crate) decision: &'static str,
    pub(crate) who: String,
    /// The second person, where one was needed.
    pub(crate) confirmed_by: Option<String>,
    pub(crate) utc: String,
    pub(crate) reason: String,
    /// Whether it was made on what the lead says here.
    pub(crate) same_lead: bool,
    pub(crate) run_id: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct JudgementText {
    pub(crate) judgement_ref: String,
    pub(crate) kind: &'static str,
    pub(crate) who: String,
    pub(crate) utc: String,
    pub(crate) reason: String,
    /// Whether it was made on what the lead says here.
    pub(crate) same_lead: bool,
    pub(crate) run_id: String,
    /// The other leads of a merge.
    pub(crate) others: Vec<String>,
    /// The people that a split says are behind the account.
    pub(crate) parts: Vec<PartText>,
    /// Who took it back, when and why.
    pub(crate) withdrawn: Option<[String; 3]>,
}

#[derive(Debug, Serialize)]
pub(crate) struct PartText {
    pub(crate) name: String,
    pub(crate) person_ref: Option<String>,
    pub(crate) items: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct StepText {
    pub(crate) id: String,
    pub(crate) version: u32,
    pub(crate) looks_for: Said,
    pub(crate) does_not_show: Said,
    pub(crate) sql_sha256: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ParamText {
    pub(crate) name: String,
    pub(crate) step: String,
    pub(crate) value: String,
    pub(crate) default: String,
    pub(crate) changed: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct BasisText {
    pub(crate) basis_id: String,
    pub(crate) act: String,
    pub(crate) authority: String,
    pub(crate) scope: String,
    pub(crate) from: String,
    pub(crate) until: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct SourceText {
    pub(crate) file: String,
    pub(crate) digest: String,
    pub(crate) size: Count,
    pub(crate) format: String,
    pub(crate) basis: String,
    pub(crate) rows: Count,
    pub(crate) refused: Count,
    pub(crate) taken: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct CustodyText {
    pub(crate) key: String,
    pub(crate) origin: String,
    pub(crate) root: String,
    pub(crate) checkpoint: Vec<String>,
    pub(crate) acts: Vec<ActText>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ActText {
    pub(crate) index: Count,
    pub(crate) utc: String,
    pub(crate) who: String,
    pub(crate) act: String,
    pub(crate) subject: String,
    /// Hashes in its proof.
    pub(crate) hashes: usize,
    /// SHA-256 of the proof, which lies beside the dossier in a bundle.
    pub(crate) proof: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct RecordText {
    pub(crate) place: Place,
    pub(crate) values: Vec<ValueText>,
    pub(crate) masked_bytes: Count,
}

#[derive(Debug, Serialize)]
pub(crate) struct ValueText {
    pub(crate) column: String,
    /// Absent where masked.
    pub(crate) value: Option<String>,
    /// The bytes it was read from.
    pub(crate) bytes: Option<String>,
}
