//! Proposals under four eyes: what can be proposed, and what became of each, as the custody log says.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::custody::Entry;
use crate::{Act, CaseError, Deletion, GateName, Purge, SignOff, stated};

pub(crate) const FOUR_EYES: &str = "four_eyes";
pub(crate) const PROPOSE: &str = "proposal";
pub(crate) const CONFIRM: &str = "proposal_confirm";
pub(crate) const REJECT: &str = "proposal_reject";
pub(crate) const WITHDRAW: &str = "proposal_withdraw";

/// What can be put under four eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FourEyes {
    /// Showing names and personal data.
    Reveal,
    /// Signing a gate; refusing one, and taking a decision back, never wait.
    SignOff,
    /// Deleting a source, and purging a person.
    Deletion,
}

impl FourEyes {
    /// Everything that can be.
    pub const ALL: [Self; 3] = [Self::Reveal, Self::SignOff, Self::Deletion];

    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reveal => "reveal",
            Self::SignOff => "sign_off",
            Self::Deletion => "deletion",
        }
    }

    /// The rights that the first and the second person need.
    pub(crate) fn acts(self) -> &'static [Act] {
        match self {
            Self::Reveal => &[Act::RevealPersonal],
            Self::SignOff => &[Act::SignResolution, Act::SignAttribution],
            Self::Deletion => &[Act::Delete, Act::Purge],
        }
    }
}

/// What is proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Proposed {
    /// To show names and personal data.
    Reveal {
        /// The lead they belong to, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lead_ref: Option<String>,
        /// Whose, by reference.
        people: BTreeSet<String>,
    },
    /// To sign a gate.
    SignOff {
        /// The lead.
        lead_ref: String,
        /// The gate.
        gate: GateName,
    },
    /// To delete a source under an order.
    Delete {
        /// The source.
        source_id: String,
        /// The order.
        order: String,
    },
    /// To purge a person who was cleared.
    Purge {
        /// SHA-256 that stands for the person; see [`crate::purged_subject`].
        person_sha256: String,
    },
    /// To put less under four eyes than before.
    FourEyes {
        /// What stays under them.
        acts: BTreeSet<FourEyes>,
    },
}

impl Proposed {
    /// The right that it needs.
    #[must_use]
    pub fn needs(&self) -> Act {
        match self {
            Self::Reveal { .. } => Act::RevealPersonal,
            Self::SignOff { gate: GateName::Resolution, .. } => Act::SignResolution,
            Self::SignOff { gate: GateName::Attribution, .. } => Act::SignAttribution,
            Self::Delete { .. } => Act::Delete,
            Self::Purge { .. } => Act::Purge,
            Self::FourEyes { .. } => Act::People,
        }
    }

    /// What stands in the log as what it is about.
    pub(crate) fn subject(&self) -> String {
        match self {
            Self::Reveal { lead_ref, .. } => lead_ref.clone().unwrap_or_else(|| "names".to_owned()),
            Self::SignOff { lead_ref, .. } => lead_ref.clone(),
            Self::Delete { source_id, .. } => source_id.clone(),
            Self::Purge { person_sha256 } => person_sha256.clone(),
            Self::FourEyes { .. } => "case".to_owned(),
        }
    }
}

impl std::fmt::Display for Proposed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Reveal { lead_ref, people } => {
                let people = people.iter().cloned().collect::<Vec<_>>().join(", ");
                write!(f, "show the personal data of {}", if people.is_empty() { "nobody named" } else { &people })?;
                lead_ref.as_ref().map_or(Ok(()), |lead| write!(f, " in lead {lead}"))
            }
            Self::SignOff { lead_ref, gate } => write!(f, "sign gate {} of lead {lead_ref}", *gate as u8 + 1),
            Self::Delete { source_id, order } => write!(f, "delete source {source_id} under {order}"),
            Self::Purge { person_sha256 } => write!(f, "purge the person {person_sha256}"),
            Self::FourEyes { acts } => {
                let acts = acts.iter().map(|a| a.name()).collect::<Vec<_>>().join(", ");
                write!(f, "leave under four eyes only: {}", if acts.is_empty() { "nothing" } else { &acts })
            }
        }
    }
}

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// It waits for a second person.
    Pending,
    /// It can no longer be confirmed: what it stands on has changed.
    Stale,
    /// A second person confirmed a reveal; whoever proposed it can look once.
    Confirmed,
    /// It was confirmed and has happened.
    Done,
    /// A second person rejected it.
    Rejected,
    /// Whoever made it took it back.
    Withdrawn,
}

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// Its reference: P and the number of its entry in the custody log.
    pub proposal_ref: String,
    /// What is proposed.
    pub proposed: Proposed,
    /// The same in words.
    pub words: String,
    /// Why.
    pub reason: String,
    /// By whom.
    pub who: String,
    /// When, UTC.
    pub utc: String,
    /// SHA-256 of what each lead that it stands on said then.
    pub lead_digests: BTreeMap<String, String>,
    /// What became of it.
    pub state: ProposalState,
    /// Why it is stale.
    pub stale: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When, UTC.
    pub decided_utc: Option<String>,
    /// Why it was rejected or taken back.
    pub decided_reason: Option<String>,
    #[serde(skip)]
    pub(crate) entry: u64,
}

/// What a confirmation did.
#[derive(Debug)]
pub enum Confirmed {
    /// Whoever proposed it can look once.
    Reveal,
    /// The gate is signed.
    SignOff(SignOff),
    /// The source is deleted: the entry, what went, and the tombstone.
    Delete(Entry, Deletion, String),
    /// The person is purged: the entry, what changed, and the proof.
    Purge(Entry, Purge, String),
    /// Less is under four eyes.
    FourEyes(BTreeSet<FourEyes>),
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ProposalDetail {
    pub(crate) proposed: Proposed,
    pub(crate) reason: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) lead_digests: BTreeMap<String, String>,
}

/// The proposals in the log, in the order they were made. Whether one is stale is not looked at.
pub(crate) fn proposals(entries: &[Entry]) -> Result<Vec<Proposal>, CaseError> {
    let mut out: Vec<Proposal> = Vec::new();
    for entry in entries {
        if entry.act == PROPOSE {
            let ProposalDetail { proposed, reason, lead_digests } = stated::detail(entry)?;
            out.push(Proposal {
                proposal_ref: format!("P{}", entry.index),
                words: proposed.to_string(),
                proposed,
                reason,
                who: entry.who.clone(),
                utc: entry.utc.clone(),
                lead_digests,
                state: ProposalState::Pending,
                stale: None,
                decided_by: None,
                decided_utc: None,
                decided_reason: None,
                entry: entry.index,
            });
            continue;
        }
        let text = |key: &str| entry.detail.get(key).and_then(|v| v.as_str());
        // An act that carries a proposal out names it.
        let (named, state) = match entry.act.as_str() {
            CONFIRM => (entry.subject.as_str(), ProposalState::Confirmed),
            REJECT => (entry.subject.as_str(), ProposalState::Rejected),
            WITHDRAW => (entry.subject.as_str(), ProposalState::Withdrawn),
            _ => (text("proposal").unwrap_or_default(), ProposalState::Done),
        };
        let Some(found) = out.iter_mut().find(|p| p.proposal_ref == named) else { continue };
        // Who looked at what was confirmed is not who decided.
        if found.state == ProposalState::Pending {
            found.decided_by = Some(entry.who.clone());
            found.decided_utc = Some(entry.utc.clone());
            found.decided_reason = text("reason").filter(|_| state != ProposalState::Done).map(str::to_owned);
        }
        found.state = state;
    }
    Ok(out)
}
