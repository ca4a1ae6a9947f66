//! What changed between two runs, lead by lead: new records, other parameters, or records that had to leave.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tutela_model::lead::{Lead, Outcome};

use crate::{Act, Case, CaseError};

const LAPSE_EFFECT: &str = "lapse_effect";

/// How one lead differs between two runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The lead.
    pub lead_ref: String,
    /// The account, as `platform:account_ref`.
    pub account: String,
    /// How it stood; absent where there was no such lead.
    pub before: Option<Standing>,
    /// How it stands; absent where it is gone.
    pub after: Option<Standing>,
}

/// How a lead stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// The outcome.
    pub outcome: Outcome,
    /// The person supported.
    pub person_ref: Option<String>,
    /// log10 LR of gate 1.
    pub resolution_log10_lr: Option<f64>,
    /// log10 LR of gate 2.
    pub attribution_log10_lr: Option<f64>,
    /// Episodes.
    pub episodes: u64,
}

/// How one lead from payments differs between two runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PaymentChange {
    /// The lead.
    pub lead_ref: String,
    /// How it stood; absent where there was no such lead.
    pub before: Option<PaymentStanding>,
    /// How it stands; absent where it is gone.
    pub after: Option<PaymentStanding>,
}

/// How a lead from payments stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PaymentStanding {
    /// The outcome.
    pub outcome: String,
    /// What the account is taken for.
    pub role: String,
    /// log10 of the likelihood ratio.
    pub log10_lr: Option<f64>,
}

impl From<&Lead> for Standing {
    fn from(lead: &Lead) -> Self {
        Self {
            outcome: lead.outcome,
            person_ref: lead.person_ref.clone(),
            resolution_log10_lr: lead.resolution.log10_lr,
            attribution_log10_lr: lead.attribution.log10_lr,
            episodes: lead.counts.episodes,
        }
    }
}

impl Case {
    /// The last run before the newest one, and what changed since; nothing where none is kept.
    ///
    /// # Errors
    /// Where the log or either run's leads cannot be read.
    pub fn changes(&self) -> Result<Option<(String, Vec<Change>)>, CaseError> {
        self.need(Act::Leads)?;
        let Some((before, newest)) = self.last_two_runs()? else { return Ok(None) };
        let standings = |run: &str| -> Result<BTreeMap<String, (String, Standing)>, CaseError> {
            let document = tutela_analysis::leads(&self.run_dir(run))?;
            Ok(document
                .leads
                .iter()
                .map(|l| {
                    let account = format!("{}:{}", l.account.platform, l.account.account_ref);
                    (l.lead_ref.clone(), (account, Standing::from(l)))
                })
                .collect())
        };
        let (old, new) = (standings(&before)?, standings(&newest)?);
        let mut leads: Vec<&String> = old.keys().chain(new.keys()).collect();
        leads.sort();
        leads.dedup();
        let changes = leads.into_iter().filter_map(|lead_ref| {
            let (was, is) = (old.get(lead_ref), new.get(lead_ref));
            let account = was.or(is).map(|(account, _)| account.clone())?;
            let (before, after) = (was.map(|(_, s)| s.clone()), is.map(|(_, s)| s.clone()));
            (before != after).then(|| Change { lead_ref: lead_ref.clone(), account, before, after })
        });
        let changes = changes.collect();
        Ok(Some((before, changes)))
    }

    /// The newest run, and the last one before it that is kept.
    fn last_two_runs(&self) -> Result<Option<(String, String)>, CaseError> {
        let newest = self.current_run()?;
        let kept = |run: &String| *run != newest && self.run_dir(run).join("run.json").exists();
        Ok(self.complete_runs()?.into_iter().rfind(kept).map(|before| (before, newest)))
    }

    /// The same for leads from payments.
    ///
    /// # Errors
    /// As [`Case::changes`].
    pub fn payment_changes(&self) -> Result<Option<(String, Vec<PaymentChange>)>, CaseError> {
        self.need(Act::Payments)?;
        let Some((before, newest)) = self.last_two_runs()? else { return Ok(None) };
        let standings = |run: &str| -> Result<BTreeMap<String, PaymentStanding>, CaseError> {
            let found = tutela_analysis::payments(&self.run_dir(run))?.leads.into_iter();
            Ok(found
                .map(|l| (l.lead_ref, PaymentStanding { outcome: l.outcome, role: l.role, log10_lr: l.log10_lr }))
                .collect())
        };
        let (old, new) = (standings(&before)?, standings(&newest)?);
        let leads: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let changes = leads.into_iter().filter_map(|lead_ref| {
            let (before, after) = (old.get(lead_ref).cloned(), new.get(lead_ref).cloned());
            (before != after).then(|| PaymentChange { lead_ref: lead_ref.clone(), before, after })
        });
        let changes = changes.collect();
        Ok(Some((before, changes)))
    }

    /// Logs what a basis that no longer holds took out of the leads, once for each run that shows it.
    pub(crate) fn log_lapse_effect(&mut self) -> Result<(), CaseError> {
        let bases: Vec<String> = self.lapses()?.into_keys().collect();
        let after = self.current_run()?;
        let Some((before, changes)) = self.changes()?.filter(|_| !bases.is_empty()) else { return Ok(()) };
        let payments = self.payment_changes()?.map(|(_, changes)| changes).unwrap_or_default();
        let detail =
            serde_json::json!({ "bases": bases, "before": before, "changes": changes, "payment_changes": payments });
        let known = |e: &crate::custody::Entry| e.act == LAPSE_EFFECT && e.subject == after && e.detail == detail;
        if !self.entries()?.iter().any(known) {
            self.log.append(&self.who, LAPSE_EFFECT, &after, detail)?;
        }
        Ok(())
    }
}
