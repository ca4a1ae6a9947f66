//! Seizures and exhibits: what was seized, from whom, where, when, under which act, and through whose hands it went since, with
//! its seals. A step that the chain does not allow is refused; a seal that is not the one expected is recorded, as an alarm.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::chain::{SEAL, SEIZED, TRANSFER, exhibits, resealed, transferred};
use crate::{Act, Case, CaseError, ChainLink, Exhibit, NewExhibit, NewSeal, NewTransfer, SealChange, stated};

/// The act that says that a source was taken from an exhibit.
pub(crate) const SOURCE: &str = "source_exhibit";

fn seals(name: &str, given: &BTreeSet<String>) -> Result<BTreeSet<String>, CaseError> {
    given.iter().map(|seal| stated::reference(name, seal)).collect()
}

impl Case {
    /// Records an exhibit.
    ///
    /// # Errors
    /// Where a field is missing, the reference is taken, the basis did not hold on that day, or the exhibit that it was part of is
    /// not known or was in other hands then.
    pub fn add_exhibit(&mut self, new: &NewExhibit) -> Result<Exhibit, CaseError> {
        self.need(Act::KeepExhibits)?;
        let known = exhibits(&self.entries()?)?;
        let exhibit_ref = stated::reference("exhibit", &new.exhibit_ref)?;
        if known.contains_key(&exhibit_ref) {
            return Err(CaseError::Usage(format!("exhibit {exhibit_ref}: is there already")));
        }
        if new.from_person.is_none() && new.from_whom.is_none() {
            return Err(CaseError::Usage(format!(
                "exhibit {exhibit_ref}: from whom is missing; expected a person_ref, or words where no record knows the person"
            )));
        }
        if let Some(person) = &new.from_person {
            self.check_person(person)?;
        }
        let at = stated::moment("when it was seized", &new.seized_utc)?;
        self.check_seizure_basis(&new.basis_id, at)?;
        let holder = stated::text("holder", &new.holder)?;
        if let Some(parent) = &new.parent_ref {
            let found = known.get(parent).ok_or_else(|| unknown(parent, &known))?;
            match found.holder_at(at) {
                Some(keeper) if keeper == holder => {}
                keeper => {
                    return Err(CaseError::Usage(format!(
                        "exhibit {exhibit_ref}: was part of {parent}, which {} kept at {at}; found holder {holder}",
                        keeper.unwrap_or("nobody yet")
                    )));
                }
            }
        }
        let seized = NewExhibit {
            exhibit_ref: exhibit_ref.clone(),
            description: stated::text("description", &new.description)?,
            from_person: new.from_person.clone(),
            from_whom: new.from_whom.as_ref().map(|t| stated::text("from whom", t)).transpose()?,
            place: stated::text("place", &new.place)?,
            seized_utc: at.to_string(),
            basis_id: new.basis_id.clone(),
            authority: stated::text("authority", &new.authority)?,
            holder,
            seals: seals("seal", &new.seals)?,
            image_sha256: new.image_sha256.as_ref().map(|d| stated::sha256("image", d)).transpose()?,
            parent_ref: new.parent_ref.clone(),
        };
        let entry = self.log.append(&self.who, SEIZED, &exhibit_ref, stated::value(&seized)?)?;
        let made = exhibits(std::slice::from_ref(&entry))?.into_values().next();
        made.ok_or_else(|| CaseError::Damaged(format!("exhibit {exhibit_ref}: was not kept")))
    }

    /// That a basis held when something was seized under it.
    fn check_seizure_basis(&self, basis_id: &str, at: Timestamp) -> Result<(), CaseError> {
        let bases = self.store.bases()?;
        let basis = bases.iter().find(|b| b.basis_id == basis_id).ok_or_else(|| {
            let known: Vec<&str> = bases.iter().map(|b| b.basis_id.as_str()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            CaseError::Usage(format!("basis {basis_id}: not in this case (there is: {known})"))
        })?;
        let day = at.to_string();
        let day = day.split('T').next().unwrap_or_default();
        if day < basis.from_date.as_str() || day > basis.until_date.as_str() {
            return Err(CaseError::Usage(format!(
                "basis {basis_id}: holds from {} until {}, and the seizure was on {day}",
                basis.from_date, basis.until_date
            )));
        }
        match self.lapses()?.get(basis_id) {
            None => Ok(()),
            Some(lapse) => Err(CaseError::Usage(format!("basis {basis_id}: has lapsed ({})", lapse.reason))),
        }
    }

    /// The exhibit, and the time of a step, which must not lie before the last one.
    fn next_step(&self, exhibit_ref: &str, at_utc: &str) -> Result<(Exhibit, String), CaseError> {
        let mut known = exhibits(&self.entries()?)?;
        let Some(exhibit) = known.remove(exhibit_ref) else { return Err(unknown(exhibit_ref, &known)) };
        let (at, last) = (stated::moment("at", at_utc)?, exhibit.last_at());
        if at < last {
            return Err(CaseError::Usage(format!(
                "exhibit {exhibit_ref}: found {at}, which is before its last step at {last}; steps are recorded in order"
            )));
        }
        Ok((exhibit, at.to_string()))
    }

    /// Records that an exhibit went from its present holder to another. Seals other than those expected are recorded as an alarm.
    ///
    /// # Errors
    /// Where there is no such exhibit, it is not its present holder who gives it, the time goes backwards, or a field is missing.
    pub fn transfer_exhibit(&mut self, exhibit_ref: &str, new: &NewTransfer) -> Result<ChainLink, CaseError> {
        self.need(Act::KeepExhibits)?;
        let (exhibit, at_utc) = self.next_step(exhibit_ref, &new.at_utc)?;
        let new = NewTransfer {
            at_utc,
            from: stated::text("from", &new.from)?,
            to: stated::text("to", &new.to)?,
            seals_found: seals("seal found", &new.seals_found)?,
            seals_after: new.seals_after.as_ref().map(|after| seals("seal after", after)).transpose()?,
            reason: stated::reason("a transfer", &new.reason)?,
        };
        if new.from != exhibit.present_holder {
            return Err(CaseError::Usage(format!(
                "exhibit {exhibit_ref}: its present holder is {}; found from {}",
                exhibit.present_holder, new.from
            )));
        }
        if new.to == new.from {
            return Err(CaseError::Usage(format!("exhibit {exhibit_ref}: from and to are both {}", new.to)));
        }
        let entry = self.log.append(&self.who, TRANSFER, exhibit_ref, stated::value(&new)?)?;
        Ok(ChainLink { who: entry.who, recorded_utc: entry.utc, entry: entry.index, ..transferred(&exhibit, &new) })
    }

    /// Records that a seal was put on, broken or replaced. A seal that was not on the exhibit is recorded as an alarm.
    ///
    /// # Errors
    /// Where there is no such exhibit, the time goes backwards, or which seal is missing.
    pub fn seal_exhibit(&mut self, exhibit_ref: &str, new: &NewSeal) -> Result<ChainLink, CaseError> {
        self.need(Act::KeepExhibits)?;
        let (exhibit, at_utc) = self.next_step(exhibit_ref, &new.at_utc)?;
        let (old, put) = (new.change != SealChange::Applied, new.change != SealChange::Broken);
        if new.seal.is_some() != old || new.new_seal.is_some() != put {
            return Err(CaseError::Usage(format!(
                "exhibit {exhibit_ref}: a seal put on needs the new seal, a broken one the seal, a replaced one both"
            )));
        }
        let given = |name: &str, seal: &Option<String>| seal.as_ref().map(|s| stated::reference(name, s)).transpose();
        let new = NewSeal {
            at_utc,
            change: new.change,
            seal: given("seal", &new.seal)?,
            new_seal: given("new seal", &new.new_seal)?,
            reason: stated::reason("a change of a seal", &new.reason)?,
        };
        let entry = self.log.append(&self.who, SEAL, exhibit_ref, stated::value(&new)?)?;
        Ok(ChainLink { who: entry.who, recorded_utc: entry.utc, entry: entry.index, ..resealed(&exhibit, &new) })
    }

    /// The exhibits, by reference.
    ///
    /// # Errors
    /// Where the right is missing or the log cannot be read.
    pub fn exhibits(&self) -> Result<Vec<Exhibit>, CaseError> {
        self.need(Act::SeeExhibits)?;
        let lapses = self.lapses()?;
        let mut out = exhibits(&self.entries()?)?;
        for (source, of) in self.sources_by_exhibit()? {
            for exhibit in of {
                if let Some(found) = out.get_mut(&exhibit) {
                    found.sources.push(source.clone());
                }
            }
        }
        for exhibit in out.values_mut() {
            exhibit.basis_lapsed = lapses.contains_key(&exhibit.seized.basis_id);
        }
        Ok(out.into_values().collect())
    }

    /// The exhibits that each source was taken from, by the source's SHA-256; sources of which that was not stated are left out.
    ///
    /// # Errors
    /// Where the right is missing, or the log or the database cannot be read.
    pub fn source_exhibits(&self) -> Result<BTreeMap<String, BTreeSet<String>>, CaseError> {
        self.need(Act::SeeExhibits)?;
        self.sources_by_exhibit()
    }

    pub(crate) fn sources_by_exhibit(&self) -> Result<BTreeMap<String, BTreeSet<String>>, CaseError> {
        let there: BTreeSet<String> = self.store.sources()?.into_iter().map(|s| s.source_id).collect();
        let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for entry in self.entries()?.iter().filter(|e| e.act == "intake" || e.act == SOURCE) {
            let Some(exhibit) = entry.detail.get("exhibit").and_then(|e| e.as_str()) else { continue };
            if there.contains(&entry.subject) {
                out.entry(entry.subject.clone()).or_default().insert(exhibit.to_owned());
            }
        }
        Ok(out)
    }

    /// That an exhibit is in the case.
    pub(crate) fn check_exhibit(&self, exhibit_ref: &str) -> Result<(), CaseError> {
        let known = exhibits(&self.entries()?)?;
        if known.contains_key(exhibit_ref) { Ok(()) } else { Err(unknown(exhibit_ref, &known)) }
    }
}

fn unknown(exhibit_ref: &str, known: &BTreeMap<String, Exhibit>) -> CaseError {
    let names = known.keys().cloned().collect::<Vec<_>>().join(", ");
    CaseError::Usage(format!(
        "exhibit {exhibit_ref}: not in this case (there is: {}); record it with: tutela exhibit add",
        if names.is_empty() { "none".to_owned() } else { names }
    ))
}
