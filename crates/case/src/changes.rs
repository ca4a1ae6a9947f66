//! What changed between two runs, lead by lead: new records, other parameters, or records that had to leave.

use std::collections::BTreeMap;

use serde::Serialize;
use tutela_model::lead::{Lead, Outcome};

use crate::{Case, CaseError};

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
        let newest = self.current_run()?;
        let kept = |run: &String| *run != newest && self.run_dir(run).join("run.json").exists();
        let Some(before) = self.complete_runs()?.into_iter().rfind(kept) else { return Ok(None) };
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

    /// Logs what a basis that no longer holds took out of the leads, once for each run that shows it.
    pub(crate) fn log_lapse_effect(&mut self) -> Result<(), CaseError> {
        let bases: Vec<String> = self.lapses()?.into_keys().collect();
        let after = self.current_run()?;
        let Some((before, changes)) = self.changes()?.filter(|_| !bases.is_empty()) else { return Ok(()) };
        let detail = serde_json::json!({ "bases": bases, "before": before, "changes": changes });
        let known = |e: &crate::custody::Entry| e.act == LAPSE_EFFECT && e.subject == after && e.detail == detail;
        if !self.entries()?.iter().any(known) {
            self.log.append(&self.who, LAPSE_EFFECT, &after, detail)?;
        }
        Ok(())
    }
}
