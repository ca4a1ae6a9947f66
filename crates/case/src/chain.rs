//! The chain of custody of an exhibit: its links, and what they make of it. Everything is folded from the custody log.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::custody::Entry;
use crate::{CaseError, stated};

pub(crate) const SEIZED: &str = "exhibit";
pub(crate) const TRANSFER: &str = "exhibit_transfer";
pub(crate) const SEAL: &str = "exhibit_seal";

/// An exhibit to be recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewExhibit {
    /// Its reference in the case, as the report of the seizure gives it.
    pub exhibit_ref: String,
    /// What it is.
    pub description: String,
    /// From whom it was seized, by `person_ref`, where a record knows the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_person: Option<String>,
    /// From whom otherwise, in words and without a name: the log keeps it for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_whom: Option<String>,
    /// Where.
    pub place: String,
    /// When, as an instant with its zone.
    pub seized_utc: String,
    /// The legal basis.
    pub basis_id: String,
    /// The authority that ordered or validated it.
    pub authority: String,
    /// Who took it into their keeping.
    pub holder: String,
    /// The numbers of its seals.
    #[serde(default)]
    pub seals: BTreeSet<String>,
    /// SHA-256 of its image, where one was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_sha256: Option<String>,
    /// The exhibit that it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_ref: Option<String>,
}

/// A step from one keeper to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTransfer {
    /// When, as an instant with its zone.
    pub at_utc: String,
    /// Who gives it: the present holder.
    pub from: String,
    /// Who takes it.
    pub to: String,
    /// The seals that were found on it.
    #[serde(default)]
    pub seals_found: BTreeSet<String>,
    /// The seals on it afterwards, where they are not those found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seals_after: Option<BTreeSet<String>>,
    /// Why.
    pub reason: String,
}

/// What is done with a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealChange {
    /// One is put on.
    Applied,
    /// One is broken.
    Broken,
    /// One is broken and another put on in its place.
    Replaced,
}

/// A change of a seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSeal {
    /// When, as an instant with its zone.
    pub at_utc: String,
    /// What is done.
    pub change: SealChange,
    /// The seal that is broken or replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
    /// The seal that is put on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_seal: Option<String>,
    /// Why.
    pub reason: String,
}

/// What a link of the chain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// It was seized.
    Seized,
    /// It went from one keeper to the next.
    Transfer,
    /// A seal was put on.
    SealApplied,
    /// A seal was broken.
    SealBroken,
    /// A seal was replaced.
    SealReplaced,
}

/// A link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainLink {
    /// What happened.
    pub kind: LinkKind,
    /// When it happened, UTC.
    pub at_utc: String,
    /// Who gave it.
    pub from: Option<String>,
    /// Who took it, or held it.
    pub to: String,
    /// The seals before, as they were expected.
    pub seals_before: BTreeSet<String>,
    /// The seals after.
    pub seals_after: BTreeSet<String>,
    /// Why.
    pub reason: String,
    /// What does not fit.
    pub alarm: Option<String>,
    /// Who recorded it.
    pub who: String,
    /// When it was recorded, UTC.
    pub recorded_utc: String,
    /// The number of the entry in the custody log.
    pub entry: u64,
}

/// An exhibit, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exhibit {
    /// What was recorded when it was seized.
    #[serde(flatten)]
    pub seized: NewExhibit,
    /// Who keeps it now.
    pub present_holder: String,
    /// The seals on it now.
    pub present_seals: BTreeSet<String>,
    /// Its chain of custody, from the seizure on.
    pub chain: Vec<ChainLink>,
    /// What does not fit, as sentences.
    pub alarms: Vec<String>,
    /// Whether its legal basis no longer holds.
    pub basis_lapsed: bool,
    /// The sources of the case that were taken from it, by SHA-256.
    pub sources: Vec<String>,
}

impl Exhibit {
    pub(crate) fn last_at(&self) -> Timestamp {
        self.chain.last().and_then(|l| l.at_utc.parse().ok()).unwrap_or(Timestamp::MIN)
    }

    /// Who kept it at a time.
    pub(crate) fn holder_at(&self, at: Timestamp) -> Option<&str> {
        let before = |l: &&ChainLink| l.at_utc.parse::<Timestamp>().is_ok_and(|t| t <= at);
        self.chain.iter().rev().find(before).map(|l| l.to.as_str())
    }
}

fn words(seals: &BTreeSet<String>) -> String {
    if seals.is_empty() { "none".to_owned() } else { seals.iter().cloned().collect::<Vec<_>>().join(", ") }
}

/// The exhibits in the log, by reference.
pub(crate) fn exhibits(entries: &[Entry]) -> Result<BTreeMap<String, Exhibit>, CaseError> {
    let mut out: BTreeMap<String, Exhibit> = BTreeMap::new();
    for entry in entries {
        match entry.act.as_str() {
            SEIZED => {
                let seized: NewExhibit = stated::detail(entry)?;
                let link = ChainLink {
                    kind: LinkKind::Seized,
                    at_utc: seized.seized_utc.clone(),
                    from: seized.from_person.clone().or_else(|| seized.from_whom.clone()),
                    to: seized.holder.clone(),
                    seals_before: BTreeSet::new(),
                    seals_after: seized.seals.clone(),
                    reason: seized.authority.clone(),
                    alarm: None,
                    who: entry.who.clone(),
                    recorded_utc: entry.utc.clone(),
                    entry: entry.index,
                };
                let exhibit = Exhibit {
                    present_holder: seized.holder.clone(),
                    present_seals: seized.seals.clone(),
                    chain: vec![link],
                    alarms: Vec::new(),
                    basis_lapsed: false,
                    sources: Vec::new(),
                    seized,
                };
                out.insert(entry.subject.clone(), exhibit);
            }
            TRANSFER | SEAL => {
                if let Some(exhibit) = out.get_mut(&entry.subject) {
                    let link = if entry.act == TRANSFER {
                        transferred(exhibit, &stated::detail(entry)?)
                    } else {
                        resealed(exhibit, &stated::detail(entry)?)
                    };
                    add(
                        exhibit,
                        ChainLink {
                            who: entry.who.clone(),
                            recorded_utc: entry.utc.clone(),
                            entry: entry.index,
                            ..link
                        },
                    );
                }
            }
            _ => {}
        }
    }
    Ok(out)
}

fn add(exhibit: &mut Exhibit, link: ChainLink) {
    exhibit.present_holder.clone_from(&link.to);
    exhibit.present_seals.clone_from(&link.seals_after);
    exhibit.alarms.extend(link.alarm.iter().map(|alarm| format!("{}: {alarm}", link.at_utc)));
    exhibit.chain.push(link);
}

/// What a transfer makes of an exhibit.
pub(crate) fn transferred(exhibit: &Exhibit, new: &NewTransfer) -> ChainLink {
    let expected = &exhibit.present_seals;
    let alarm = (new.seals_found != *expected)
        .then(|| format!("expected the seals {}, found {}", words(expected), words(&new.seals_found)));
    ChainLink {
        kind: LinkKind::Transfer,
        at_utc: new.at_utc.clone(),
        from: Some(new.from.clone()),
        to: new.to.clone(),
        seals_before: expected.clone(),
        seals_after: new.seals_after.clone().unwrap_or_else(|| new.seals_found.clone()),
        reason: new.reason.clone(),
        alarm,
        who: String::new(),
        recorded_utc: String::new(),
        entry: 0,
    }
}

/// What a change of a seal makes of an exhibit.
pub(crate) fn resealed(exhibit: &Exhibit, new: &NewSeal) -> ChainLink {
    let before = exhibit.present_seals.clone();
    let mut after = before.clone();
    let mut alarm = None;
    if let Some(seal) = &new.seal
        && !after.remove(seal)
    {
        alarm = Some(format!("seal {seal} was to be on it; found {}", words(&before)));
    }
    after.extend(new.new_seal.clone());
    ChainLink {
        kind: match new.change {
            SealChange::Applied => LinkKind::SealApplied,
            SealChange::Broken => LinkKind::SealBroken,
            SealChange::Replaced => LinkKind::SealReplaced,
        },
        at_utc: new.at_utc.clone(),
        from: None,
        to: exhibit.present_holder.clone(),
        seals_before: before,
        seals_after: after,
        reason: new.reason.clone(),
        alarm,
        who: String::new(),
        recorded_utc: String::new(),
        entry: 0,
    }
}
