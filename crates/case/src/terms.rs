//! What a legal basis is bound to beyond its dates: validation of an urgent act, the tables it covers, and how long what was
//! acquired under it may be kept.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use tutela_model::TableId;

use crate::custody::Entry;
use crate::{Act, Case, CaseError, Lapse, LapseKind, RecordFile, clock};

/// Hours within which an urgent act must be validated.
pub const VALIDATION_HOURS: i64 = 48;
pub(crate) const VALIDATE: &str = "basis_validate";

/// What a basis is bound to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// When an urgent act was issued, RFC 3339; it lapses 48 hours later unless it is validated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent_since_utc: Option<String>,
    /// The record tables that may be taken in under it; all where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<String>,
    /// The last day on which what was acquired under it may be kept, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_until: Option<String>,
}

/// What is to be deleted, or will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Retention {
    /// The basis.
    pub basis_id: String,
    /// The last day.
    pub keep_until: String,
    /// Whether that day is over.
    pub due: bool,
    /// The sources that are still there.
    pub sources: Vec<String>,
}

impl Terms {
    /// That the terms say something that can be kept to.
    pub(crate) fn check(&self) -> Result<(), CaseError> {
        if let Some(issued) = &self.urgent_since_utc {
            instant("urgent", issued)?;
        }
        if let Some(day) = &self.keep_until {
            day.parse::<jiff::civil::Date>()
                .map_err(|_| CaseError::Usage(format!("basis: keep-until is {day}; expected a day as YYYY-MM-DD")))?;
        }
        match self.tables.iter().find(|t| TableId::from_name(t).is_none()) {
            None => Ok(()),
            Some(table) => {
                Err(CaseError::Usage(format!("basis: no table is called {table} (list them with: tutela tables)")))
            }
        }
    }
}

fn instant(name: &str, text: &str) -> Result<Timestamp, CaseError> {
    text.parse().map_err(|_| {
        CaseError::Usage(format!("basis: {name} is {text}; expected an instant with its zone, as 2026-05-04T10:00:00Z"))
    })
}

/// The end of the time in which an urgent act can be validated.
fn deadline(issued: &str) -> Result<Timestamp, CaseError> {
    let issued = instant("urgent", issued)?;
    issued.checked_add(VALIDATION_HOURS.hours()).map_err(|e| CaseError::Usage(format!("basis: urgent: {e}")))
}

/// The terms of each basis that has any.
pub(crate) fn terms(entries: &[Entry]) -> Result<BTreeMap<String, Terms>, CaseError> {
    let with = entries.iter().filter(|e| e.act == "basis_add");
    with.filter_map(|e| Some((e, e.detail.get("terms")?)))
        .map(|(e, terms)| {
            let terms = serde_json::from_value(terms.clone())
                .map_err(|why| CaseError::Damaged(format!("custody entry {}: {why}", e.index)))?;
            Ok((e.subject.clone(), terms))
        })
        .collect()
}

/// Urgent acts whose time is over and that nobody validated.
pub(crate) fn not_validated(entries: &[Entry]) -> Result<BTreeMap<String, Lapse>, CaseError> {
    let now = instant("now", &clock::now_utc())?;
    let mut out = BTreeMap::new();
    for (basis, terms) in terms(entries)? {
        let Some(issued) = terms.urgent_since_utc else { continue };
        let validated = entries.iter().any(|e| e.act == VALIDATE && e.subject == basis);
        if !validated && now > deadline(&issued)? {
            let reason = format!("urgent act of {issued}: not validated within {VALIDATION_HOURS} hours");
            out.insert(basis, Lapse { kind: LapseKind::NotValidated, reason });
        }
    }
    Ok(out)
}

impl Case {
    /// The terms of each basis that has any.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn terms(&self) -> Result<BTreeMap<String, Terms>, CaseError> {
        self.need(Act::SeeBases)?;
        terms(&self.entries()?)
    }

    /// The urgent acts that nobody has validated yet.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn validations_due(&self) -> Result<Vec<String>, CaseError> {
        self.need(Act::SeeBases)?;
        let entries = self.entries()?;
        let validated = |basis: &String| entries.iter().any(|e| e.act == VALIDATE && e.subject == *basis);
        let urgent = terms(&entries)?.into_iter().filter(|(_, t)| t.urgent_since_utc.is_some()).map(|(basis, _)| basis);
        Ok(urgent.filter(|basis| !validated(basis)).collect())
    }

    /// Records that an urgent act was validated.
    ///
    /// # Errors
    /// Where there is no such urgent act, no decree is named, it is validated already, or the 48 hours were over.
    pub fn validate_basis(&mut self, basis_id: &str, decree: &str, at_utc: &str) -> Result<(), CaseError> {
        self.need(Act::Bases)?;
        let entries = self.entries()?;
        let usage = |text: &str| CaseError::Usage(format!("basis {basis_id}: {text}"));
        if decree.trim().is_empty() {
            return Err(usage("a validation needs its decree: --decree \"...\""));
        }
        let terms = terms(&entries)?.remove(basis_id);
        let issued = terms.and_then(|t| t.urgent_since_utc).ok_or_else(|| usage("is no urgent act of this case"))?;
        if entries.iter().any(|e| e.act == VALIDATE && e.subject == basis_id) {
            return Err(usage("is validated already"));
        }
        let (at, issued) = (instant("at", at_utc)?, instant("urgent", &issued)?);
        if at < issued || at > instant("now", &clock::now_utc())? {
            return Err(usage(&format!("was issued at {issued}; a validation at {at} is before that, or to come")));
        }
        if at > deadline(&issued.to_string())? {
            return Err(usage(&format!(
                "was issued at {issued} and had to be validated within {VALIDATION_HOURS} hours; {at} is too late, and it \
                 has lapsed"
            )));
        }
        let detail = serde_json::json!({ "decree": decree.trim(), "at_utc": at.to_string() });
        self.log.append(&self.who, VALIDATE, basis_id, detail)?;
        Ok(())
    }

    /// That a basis covers the tables that a file was read into.
    pub(crate) fn check_tables(&self, basis_id: &str, records: &[RecordFile]) -> Result<(), CaseError> {
        let Some(terms) = self.terms()?.remove(basis_id).filter(|t| !t.tables.is_empty()) else { return Ok(()) };
        // What the comparison of a reply found is ours, not the operator's.
        let foreign = |f: &&RecordFile| f.table != TableId::Reply && !terms.tables.iter().any(|t| t == f.table.name());
        match records.iter().find(foreign) {
            None => Ok(()),
            Some(file) => Err(CaseError::Usage(format!(
                "basis {basis_id}: covers {}; this file has {} records",
                terms.tables.join(", "),
                file.table.name()
            ))),
        }
    }

    /// How long what was acquired may be kept, basis by basis, those due first.
    ///
    /// # Errors
    /// Where the log or the database cannot be read.
    pub fn retention(&self) -> Result<Vec<Retention>, CaseError> {
        self.need(Act::SeeBases)?;
        let now = clock::now_utc();
        let today = now.split('T').next().unwrap_or_default();
        let sources = self.store.sources()?;
        let mut out: Vec<Retention> = self
            .terms()?
            .into_iter()
            .filter_map(|(basis_id, terms)| {
                let keep_until = terms.keep_until?;
                let of_basis = sources.iter().filter(|s| s.basis_id == basis_id);
                let sources = of_basis.map(|s| s.source_id.clone()).collect();
                Some(Retention { due: today > keep_until.as_str(), keep_until, sources, basis_id })
            })
            .collect();
        out.sort_by(|a, b| (&a.keep_until, &a.basis_id).cmp(&(&b.keep_until, &b.basis_id)));
        Ok(out)
    }
}
