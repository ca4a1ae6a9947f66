//! Names behind references: only on request, with a reason, and logged before anything is shown.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array as _, StringArray};
use tutela_engine::read_batches;
use tutela_model::TableId;
use tutela_model::lead::Lead;

use crate::custody::Entry;
use crate::explain_payment::find_payment_lead;
use crate::judgements::find_lead;
use crate::pending::{by_proposal, digests};
use crate::store::record_path;
use crate::{Act, Case, CaseError, FourEyes, Proposed, stated};

/// The name of a person, as a register gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The given name.
    pub given_name: String,
    /// The family name.
    pub family_name: String,
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.given_name, self.family_name)
    }
}

/// How long a reveal opens the personal data of a lead's records to whoever gave its reason, in hours.
pub const REVEAL_HOURS: i64 = 12;

const REVEAL: &str = "reveal";
const READ: &str = "read";

impl Case {
    /// The names of people, by reference. The reveal, its reason and the references are in the custody log first.
    ///
    /// # Errors
    /// Where no reason is given, the records cannot be read, or a second person has to confirm it ([`CaseError::Pending`]).
    pub fn reveal(&mut self, people: &[String], reason: &str) -> Result<BTreeMap<String, Name>, CaseError> {
        self.reveal_of(None, people.iter().cloned().collect(), reason)
    }

    /// The names of the people of a lead of the newest run; from then on its records can be explained unmasked.
    ///
    /// # Errors
    /// As [`Case::reveal`], and where there is no such lead.
    pub fn reveal_lead(&mut self, lead: &str, reason: &str) -> Result<BTreeMap<String, Name>, CaseError> {
        self.need(Act::RevealPersonal)?;
        let (lead_ref, people) = self.people_of(lead)?;
        self.reveal_of(Some(lead_ref), people, reason)
    }

    /// The reference of a lead, of a person or of payments, and whom a reveal of it shows.
    fn people_of(&self, named: &str) -> Result<(String, BTreeSet<String>), CaseError> {
        let (run_id, document) = self.leads()?;
        match find_lead(&document, &run_id, named) {
            Ok(lead) => {
                let people = lead.people.iter().map(|p| p.person_ref.clone()).chain(lead.person_ref.clone());
                Ok((lead.lead_ref.clone(), people.collect()))
            }
            Err(unknown) => {
                let (_, payments) = self.payments()?;
                let lead = find_payment_lead(&payments.leads, named)?.ok_or(unknown)?;
                Ok((lead.lead_ref.clone(), BTreeSet::from([lead.account_ref.clone()])))
            }
        }
    }

    fn reveal_of(
        &mut self,
        lead: Option<String>,
        people: BTreeSet<String>,
        reason: &str,
    ) -> Result<BTreeMap<String, Name>, CaseError> {
        self.need(Act::RevealPersonal)?;
        if reason.trim().is_empty() {
            return Err(CaseError::Usage("a name is shown only with a reason: --reveal --reason \"...\"".to_owned()));
        }
        let reason = stated::text("reason", reason)?;
        let mut detail = serde_json::json!({ "reason": reason, "people": people });
        if let (Some(map), Some(lead)) = (detail.as_object_mut(), &lead) {
            map.insert("lead".to_owned(), lead.clone().into());
        }
        if self.is_under_four_eyes(FourEyes::Reveal)? {
            match self.granted_reveal(lead.as_deref(), &people)? {
                Some(granted) => by_proposal(&mut detail, Some(&granted)),
                None => return Err(self.propose_reveal(lead, people, &reason)?),
            }
        }
        self.log.append(&self.who, REVEAL, lead.as_deref().unwrap_or("names"), detail)?;
        self.names(&people)
    }

    fn propose_reveal(
        &mut self,
        lead_ref: Option<String>,
        people: BTreeSet<String>,
        reason: &str,
    ) -> Result<CaseError, CaseError> {
        let digests = match self.newest_leads() {
            Ok((_, document)) => {
                let about = |l: &&Lead| {
                    let named = l.people.iter().map(|p| &p.person_ref).chain(&l.person_ref);
                    lead_ref.as_ref() == Some(&l.lead_ref) || named.into_iter().any(|p| people.contains(p))
                };
                digests(&document, document.leads.iter().filter(about).map(|l| l.lead_ref.as_str()))?
            }
            Err(_) => BTreeMap::new(),
        };
        self.propose(Proposed::Reveal { lead_ref, people }, reason, digests)
    }

    /// That whoever asks has lately given a reason to see the people of a lead.
    pub(crate) fn check_revealed<'a>(
        &self,
        lead_ref: &str,
        people: impl Iterator<Item = &'a str> + Clone,
    ) -> Result<(), CaseError> {
        let since = stated::now()? - jiff::SignedDuration::from_hours(REVEAL_HOURS);
        let opens = |e: &Entry| {
            let of: BTreeSet<&str> = e
                .detail
                .get("people")
                .and_then(|p| p.as_array())
                .into_iter()
                .flatten()
                .filter_map(|p| p.as_str())
                .collect();
            let named = match e.detail.get("lead").and_then(|l| l.as_str()) {
                Some(named) => named == lead_ref,
                None => people.clone().all(|p| of.contains(p)),
            };
            named && e.utc.parse::<jiff::Timestamp>().is_ok_and(|at| at >= since)
        };
        if self.entries()?.iter().any(|e| e.act == REVEAL && e.who == self.who && opens(e)) {
            return Ok(());
        }
        Err(CaseError::Usage(format!(
            "lead {lead_ref}: its personal data are shown only after a reveal with a reason, by whoever looks and at most \
             {REVEAL_HOURS} hours before: --reveal --reason \"...\""
        )))
    }

    /// Notes that somebody looks at a lead's personal data, before they are shown.
    pub(crate) fn log_read(&self, lead_ref: &str, unmasked: bool) -> Result<(), CaseError> {
        if unmasked {
            self.log.append(&self.who, READ, lead_ref, serde_json::json!({}))?;
        }
        Ok(())
    }

    /// That whoever asks has lately given a reason to see somebody's data.
    pub(crate) fn check_reason_given(&self) -> Result<(), CaseError> {
        let since = stated::now()? - jiff::SignedDuration::from_hours(REVEAL_HOURS);
        let lately = |e: &Entry| e.utc.parse::<jiff::Timestamp>().is_ok_and(|at| at >= since);
        if self.entries()?.iter().any(|e| e.act == REVEAL && e.who == self.who && lately(e)) {
            return Ok(());
        }
        Err(CaseError::Usage("personal data are shown only after a reveal with a reason".to_owned()))
    }

    /// That a record or a lead knows a person by that reference: a name typed in its place would stand in the log for good.
    pub(crate) fn check_person(&self, person_ref: &str) -> Result<(), CaseError> {
        let known = self.newest_leads().is_ok_and(|(_, document)| {
            document.leads.iter().any(|l| l.people.iter().any(|p| p.person_ref == person_ref))
        });
        if known || self.names(&BTreeSet::from([person_ref.to_owned()]))?.contains_key(person_ref) {
            return Ok(());
        }
        Err(CaseError::Usage(
            "person: no record and no lead has that reference; expected a person_ref as leads show it, never a name"
                .to_owned(),
        ))
    }

    /// The names that the registers give.
    fn names(&self, people: &BTreeSet<String>) -> Result<BTreeMap<String, Name>, CaseError> {
        let mut out = BTreeMap::new();
        for file in self.usable_record_files()?.iter().filter(|f| f.table == TableId::Person) {
            let path = record_path(&self.root, file.table, &file.source_id);
            for batch in read_batches(&path, &["person_ref", "given_name", "family_name"])? {
                let batch = batch?;
                let text = |i: usize| {
                    let column = batch.column(i).as_any().downcast_ref::<StringArray>();
                    column.ok_or_else(|| CaseError::Damaged(format!("{}: column {i} holds no text", path.display())))
                };
                let (person, given, family) = (text(0)?, text(1)?, text(2)?);
                let or_empty =
                    |c: &StringArray, i: usize| if c.is_null(i) { String::new() } else { c.value(i).to_owned() };
                for i in (0..batch.num_rows()).filter(|i| people.contains(person.value(*i))) {
                    let name = Name { given_name: or_empty(given, i), family_name: or_empty(family, i) };
                    out.entry(person.value(i).to_owned()).or_insert(name);
                }
            }
        }
        Ok(out)
    }
}
