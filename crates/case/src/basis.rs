//! Legal bases.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Act, Basis, Case, CaseError, RecordFile, Terms, clock};

/// Why a legal basis no longer holds, so that what was acquired under it may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LapseKind {
    /// An urgent act was not validated in time.
    NotValidated,
    /// A court annulled it.
    Annulled,
    /// It was withdrawn.
    Withdrawn,
}

/// That a legal basis no longer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lapse {
    /// Why.
    pub kind: LapseKind,
    /// The decision, in words.
    pub reason: String,
}

const LAPSE: &str = "basis_lapse";

impl Case {
    /// Adds the act under which sources are acquired.
    ///
    /// # Errors
    /// Where a field is empty, a date is not one, or the reference is taken.
    pub fn add_basis(&mut self, basis: &Basis) -> Result<(), CaseError> {
        self.add_basis_with(basis, &Terms::default())
    }

    /// Adds the act under which sources are acquired, with what it is bound to.
    ///
    /// # Errors
    /// As [`Case::add_basis`], and where the terms cannot be kept to.
    pub fn add_basis_with(&mut self, basis: &Basis, terms: &Terms) -> Result<(), CaseError> {
        self.need(Act::Bases)?;
        terms.check()?;
        for (name, value) in
            [("id", &basis.basis_id), ("act", &basis.act), ("authority", &basis.authority), ("scope", &basis.scope)]
        {
            if value.trim().is_empty() {
                return Err(CaseError::Usage(format!("basis: {name} is empty; expected text")));
            }
            if value.contains('\0') {
                return Err(CaseError::Usage(format!("basis: {name} holds a NUL, which no database keeps as text")));
            }
        }
        let date = |name: &str, text: &str| {
            text.parse::<jiff::civil::Date>()
                .map_err(|_| CaseError::Usage(format!("basis: {name} is {text}; expected a day as YYYY-MM-DD")))
        };
        let (from, until) = (date("from", &basis.from_date)?, date("until", &basis.until_date)?);
        if until < from {
            return Err(CaseError::Usage(format!("basis: until {until} is before from {from}")));
        }
        if self.store.bases()?.iter().any(|b| b.basis_id == basis.basis_id) {
            return Err(CaseError::Usage(format!("basis {}: is there already", basis.basis_id)));
        }
        self.store.ready()?;
        let mut detail = serde_json::to_value(basis).unwrap_or_default();
        if let (Some(map), true) = (detail.as_object_mut(), *terms != Terms::default()) {
            map.insert("terms".to_owned(), serde_json::to_value(terms).unwrap_or_default());
        }
        let entry = self.log.append(&self.who, "basis_add", &basis.basis_id, detail)?;
        self.store.add_basis(basis, &entry.utc, &entry.who)
    }

    /// The legal bases of the case.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn bases(&self) -> Result<Vec<Basis>, CaseError> {
        self.need(Act::SeeBases)?;
        self.store.bases()
    }

    /// Records that a legal basis no longer holds. What was acquired under it leaves every finding with the next run, and
    /// until then no lead is shown.
    ///
    /// # Errors
    /// Where there is no such basis, no reason, or it has lapsed already.
    pub fn lapse_basis(&mut self, basis_id: &str, lapse: &Lapse) -> Result<u64, CaseError> {
        self.need(Act::Bases)?;
        if lapse.reason.trim().is_empty() {
            return Err(CaseError::Usage("a lapse needs a reason: --reason \"...\"".to_owned()));
        }
        if !self.store.bases()?.iter().any(|b| b.basis_id == basis_id) {
            return Err(CaseError::Usage(format!("basis {basis_id}: not in this case")));
        }
        if self.lapses()?.contains_key(basis_id) {
            return Err(CaseError::Usage(format!("basis {basis_id}: has lapsed already")));
        }
        self.log.append(&self.who, LAPSE, basis_id, serde_json::to_value(lapse).unwrap_or_default())?;
        Ok(self.store.sources()?.iter().filter(|s| s.basis_id == basis_id).count() as u64)
    }

    /// The bases that no longer hold, as the custody log says.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn lapses(&self) -> Result<BTreeMap<String, Lapse>, CaseError> {
        self.need(Act::SeeBases)?;
        let entries = self.entries()?;
        let mut out = crate::terms::not_validated(&entries)?;
        let said: BTreeMap<String, Lapse> = entries
            .iter()
            .filter(|e| e.act == LAPSE)
            .cloned()
            .map(|e| {
                let lapse = serde_json::from_value(e.detail)
                    .map_err(|why| CaseError::Damaged(format!("custody entry {}: {why}", e.index)))?;
                Ok((e.subject, lapse))
            })
            .collect::<Result<_, CaseError>>()?;
        out.extend(said);
        Ok(out)
    }

    /// The sources whose legal basis no longer holds.
    pub(crate) fn unusable_sources(&self) -> Result<BTreeSet<String>, CaseError> {
        let lapses = self.lapses()?;
        let sources = self.store.sources()?.into_iter();
        Ok(sources.filter(|s| lapses.contains_key(&s.basis_id)).map(|s| s.source_id).collect())
    }

    /// The files of records that may be used: those of bases that hold.
    pub(crate) fn usable_record_files(&self) -> Result<Vec<RecordFile>, CaseError> {
        let unusable = self.unusable_sources()?;
        Ok(self.store.record_files()?.into_iter().filter(|f| !unusable.contains(&f.source_id)).collect())
    }

    /// The basis of that reference, where it holds today.
    pub(crate) fn basis_in_force(&self, basis_id: &str) -> Result<Basis, CaseError> {
        let bases = self.store.bases()?;
        let known: Vec<&str> = bases.iter().map(|b| b.basis_id.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let basis = bases.iter().find(|b| b.basis_id == basis_id).ok_or_else(|| {
            CaseError::Usage(format!(
                "basis {basis_id}: not in this case (there is: {known}); add it with: tutela basis add"
            ))
        })?;
        if self.lapses()?.contains_key(basis_id) {
            return Err(CaseError::Usage(format!("basis {basis_id}: has lapsed; nothing can be taken in under it")));
        }
        let now = clock::now_utc();
        let today = now.split('T').next().unwrap_or_default();
        if today < basis.from_date.as_str() || today > basis.until_date.as_str() {
            return Err(CaseError::Usage(format!(
                "basis {basis_id}: holds from {} until {}, and today is {today}",
                basis.from_date, basis.until_date
            )));
        }
        Ok(basis.clone())
    }
}
