//! Measures that an authority ordered against a person: custody, a duty to report, a ban on leaving, or any other. The person
//! appears by reference only. A measure and each change of it are entries of the custody log.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::custody::Entry;
use crate::judgements::find_lead;
use crate::{Act, Case, CaseError, stated};

const ORDERED: &str = "measure";
const STEP: &str = "measure_step";

/// Measures with a name of their own. The list is open: any other is stated in words.
pub const MEASURE_KINDS: [&str; 8] = [
    "custody",
    "house_arrest",
    "duty_to_report",
    "ban_on_leaving",
    "ban_on_approaching",
    "ban_on_contact",
    "device_ban",
    "seizure_of_assets",
];

/// A measure to be recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMeasure {
    /// Which: one of [`MEASURE_KINDS`], or any other in words.
    pub kind: String,
    /// Against whom, by reference.
    pub person_ref: String,
    /// First day, `YYYY-MM-DD`.
    pub from_date: String,
    /// Last day; absent where it holds until it is ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_date: Option<String>,
    /// Who ordered it, with the number of the order.
    pub authority: String,
    /// The legal basis of the case that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis_id: Option<String>,
    /// The lead that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_ref: Option<String>,
    /// What else is to be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where a measure stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureState {
    /// Its first day is to come.
    ToCome,
    /// It holds.
    InForce,
    /// Its last day has come, or is over, and nobody has ended or prolonged it.
    Due,
    /// It has ended.
    Ended,
    /// It was revoked.
    Revoked,
}

/// What happened to a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeasureStep {
    /// `ended`, `revoked` or `prolonged`.
    pub step: String,
    /// The day from which that holds; for a prolongation the new last day.
    pub date: String,
    /// Why, and on whose order.
    pub reason: String,
    /// Who recorded it.
    pub who: String,
    /// When, UTC.
    pub utc: String,
}

/// A measure, as it stands today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// Its reference: M and the number of its entry in the custody log.
    pub measure_ref: String,
    /// What was ordered; its last day is the one that holds now.
    #[serde(flatten)]
    pub ordered: NewMeasure,
    /// Where it stands.
    pub state: MeasureState,
    /// Days until its last day, negative after it; absent where it has none or has ended.
    pub days_left: Option<i32>,
    /// Whether the legal basis that it rests on no longer holds.
    pub basis_lapsed: bool,
    /// What happened to it.
    pub steps: Vec<MeasureStep>,
    /// Who recorded it.
    pub who: String,
    /// When, UTC.
    pub utc: String,
}

#[derive(Serialize, Deserialize)]
struct Step {
    step: String,
    date: String,
    reason: String,
}

impl Measure {
    /// Whether nobody has ended or revoked it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.state, MeasureState::Ended | MeasureState::Revoked)
    }
}

/// The measures in the log, in the order they were recorded, as they stand on a day.
fn measures(entries: &[Entry], today: Date) -> Result<Vec<Measure>, CaseError> {
    let mut out: Vec<Measure> = Vec::new();
    for entry in entries {
        match entry.act.as_str() {
            ORDERED => out.push(Measure {
                measure_ref: format!("M{}", entry.index),
                ordered: stated::detail(entry)?,
                state: MeasureState::InForce,
                days_left: None,
                basis_lapsed: false,
                steps: Vec::new(),
                who: entry.who.clone(),
                utc: entry.utc.clone(),
            }),
            STEP => {
                let Step { step, date, reason } = stated::detail(entry)?;
                let Some(found) = out.iter_mut().find(|m| m.measure_ref == entry.subject) else { continue };
                match step.as_str() {
                    "ended" => found.state = MeasureState::Ended,
                    "revoked" => found.state = MeasureState::Revoked,
                    _ => found.ordered.until_date = Some(date.clone()),
                }
                found.steps.push(MeasureStep { step, date, reason, who: entry.who.clone(), utc: entry.utc.clone() });
            }
            _ => {}
        }
    }
    for measure in out.iter_mut().filter(|m| m.is_open()) {
        let left = |text: &String| Some(text.parse::<Date>().ok()?.since(today).ok()?.get_days());
        measure.days_left = measure.ordered.until_date.as_ref().and_then(left);
        let begun = measure.ordered.from_date.parse::<Date>().is_ok_and(|from| from <= today);
        measure.state = match measure.days_left {
            Some(left) if left <= 0 => MeasureState::Due,
            _ if begun => MeasureState::InForce,
            _ => MeasureState::ToCome,
        };
    }
    Ok(out)
}

impl Case {
    /// Records a measure that was ordered.
    ///
    /// # Errors
    /// Where a field is missing, the days are none or in the wrong order, no record or lead knows the person, or neither a basis
    /// nor a lead of the case is named.
    pub fn add_measure(&mut self, new: &NewMeasure) -> Result<Measure, CaseError> {
        self.need(Act::KeepMeasures)?;
        let from = stated::day("from", &new.from_date)?;
        let until = new.until_date.as_ref().map(|day| stated::day("until", day)).transpose()?;
        if let Some(until) = until.filter(|until| *until < from) {
            return Err(CaseError::Usage(format!("measure: until {until} is before from {from}")));
        }
        self.check_person(&new.person_ref)?;
        if new.basis_id.is_none() && new.lead_ref.is_none() {
            return Err(CaseError::Usage(
                "measure: rests on nothing; expected a legal basis or a lead of this case, or both".to_owned(),
            ));
        }
        if let Some(basis) = &new.basis_id
            && !self.store.bases()?.iter().any(|b| b.basis_id == *basis)
        {
            return Err(CaseError::Usage(format!("basis {basis}: not in this case (see: tutela basis list)")));
        }
        let lead_ref = match &new.lead_ref {
            Some(lead) => {
                let (run_id, document) = self.leads()?;
                Some(find_lead(&document, &run_id, lead)?.lead_ref.clone())
            }
            None => None,
        };
        let ordered = NewMeasure {
            kind: stated::text("kind", &new.kind)?,
            person_ref: new.person_ref.clone(),
            from_date: from.to_string(),
            until_date: until.map(|day| day.to_string()),
            authority: stated::text("authority", &new.authority)?,
            basis_id: new.basis_id.clone(),
            lead_ref,
            note: new.note.as_ref().map(|t| stated::text("note", t)).transpose()?,
        };
        let entry = self.log.append(&self.who, ORDERED, &new.person_ref, stated::value(&ordered)?)?;
        let today = stated::day("today", &stated::today())?;
        let made = measures(std::slice::from_ref(&entry), today)?.pop();
        made.ok_or_else(|| CaseError::Damaged("a measure was not kept".to_owned()))
    }

    /// Records that a measure ended by itself or by a decision.
    ///
    /// # Errors
    /// Where there is no such measure, it has ended already, the day is before its first, or a reason is missing.
    pub fn end_measure(&mut self, measure_ref: &str, date: &str, reason: &str) -> Result<Measure, CaseError> {
        self.step_measure(measure_ref, "ended", date, reason)
    }

    /// Records that a measure was revoked.
    ///
    /// # Errors
    /// As [`Case::end_measure`].
    pub fn revoke_measure(&mut self, measure_ref: &str, date: &str, reason: &str) -> Result<Measure, CaseError> {
        self.step_measure(measure_ref, "revoked", date, reason)
    }

    /// Records that a measure was prolonged: it now has another last day.
    ///
    /// # Errors
    /// As [`Case::end_measure`].
    pub fn prolong_measure(&mut self, measure_ref: &str, until: &str, reason: &str) -> Result<Measure, CaseError> {
        self.step_measure(measure_ref, "prolonged", until, reason)
    }

    fn step_measure(&mut self, measure_ref: &str, step: &str, date: &str, reason: &str) -> Result<Measure, CaseError> {
        self.need(Act::KeepMeasures)?;
        let reason = stated::reason("a change of a measure", reason)?;
        let date = stated::day("day", date)?;
        let found = self.current_measures()?.into_iter().find(|m| m.measure_ref == measure_ref);
        let found = found.ok_or_else(|| {
            CaseError::Usage(format!("measure {measure_ref}: not in this case (see: tutela measure list)"))
        })?;
        if !found.is_open() {
            return Err(CaseError::Usage(format!("measure {measure_ref}: has ended already")));
        }
        let least = match &found.ordered.until_date {
            Some(until) if step == "prolonged" => until,
            _ => &found.ordered.from_date,
        };
        if date.to_string() < *least {
            return Err(CaseError::Usage(format!(
                "measure {measure_ref}: found {date}; expected a day from {least} on"
            )));
        }
        let detail = Step { step: step.to_owned(), date: date.to_string(), reason };
        self.log.append(&self.who, STEP, measure_ref, stated::value(&detail)?)?;
        let now = self.current_measures()?.into_iter().find(|m| m.measure_ref == measure_ref);
        now.ok_or_else(|| CaseError::Damaged(format!("measure {measure_ref}: was not kept")))
    }

    /// The measures, in the order they were recorded, as they stand today.
    ///
    /// # Errors
    /// Where the right is missing or the log cannot be read.
    pub fn measures(&self) -> Result<Vec<Measure>, CaseError> {
        self.need(Act::SeeMeasures)?;
        self.current_measures()
    }

    pub(crate) fn current_measures(&self) -> Result<Vec<Measure>, CaseError> {
        let lapses = self.lapses()?;
        let mut out = measures(&self.entries()?, stated::day("today", &stated::today())?)?;
        for measure in &mut out {
            measure.basis_lapsed = measure.ordered.basis_id.as_ref().is_some_and(|id| lapses.contains_key(id));
        }
        Ok(out)
    }
}
