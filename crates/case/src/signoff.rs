//! Sign-off, gate by gate: a person's decision on a lead, with a reason. The custody log holds it and nothing else does;
//! it is never overwritten, and it stands on what the lead said when it was made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tutela_model::lead::{Gate, GateStatus, Lead};

use crate::custody::Entry;
use crate::judgements::find_lead;
use crate::pending::{by_proposal, digests};
use crate::{Act, Case, CaseError, FourEyes, Proposal, Proposed, stated};

/// Which of the two gates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateName {
    /// Gate 1: from connections to lines.
    Resolution,
    /// Gate 2: from lines to a person.
    Attribution,
}

/// What a person decides about a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The person has read it and stands by it.
    Signed,
    /// The person does not accept it.
    Refused,
    /// The person takes an earlier decision back.
    Withdrawn,
}

/// A decision about a gate of a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignOff {
    /// The lead.
    pub lead_ref: String,
    /// The gate.
    pub gate: GateName,
    /// The decision.
    pub decision: Decision,
    /// Why.
    pub reason: String,
    /// By whom; under four eyes by whoever proposed it.
    pub who: String,
    /// Who confirmed it, under four eyes.
    pub confirmed_by: Option<String>,
    /// When, UTC.
    pub utc: String,
    /// The run whose lead it was.
    pub run_id: String,
    /// SHA-256 of what the lead said then.
    pub lead_digest: String,
}

#[derive(Serialize, Deserialize)]
struct Detail {
    gate: GateName,
    decision: Decision,
    reason: String,
    run_id: String,
    lead_digest: String,
    #[serde(default, skip_serializing)]
    proposed_by: Option<String>,
}

const ACT: &str = "sign_off";

/// The newest decisions, by lead and gate.
pub type SignOffs = BTreeMap<(String, GateName), SignOff>;

/// SHA-256 of what a lead says.
///
/// # Errors
/// Where it cannot be written as JSON.
pub fn lead_digest(lead: &Lead) -> Result<String, CaseError> {
    let text = serde_json::to_vec(lead).map_err(|source| CaseError::Json { path: "lead".into(), source })?;
    Ok(hex::encode(Sha256::digest(text)))
}

/// How the gates of a lead stand, in a word or two each: `-`, `signed`, `refused`, or either with `, changed since`.
#[must_use]
pub fn standing(sign_offs: &SignOffs, lead: &Lead, gate: GateName) -> String {
    let Some(found) = sign_offs.get(&(lead.lead_ref.clone(), gate)) else { return "-".to_owned() };
    let word = match found.decision {
        Decision::Signed => "signed",
        Decision::Refused => "refused",
        Decision::Withdrawn => return "-".to_owned(),
    };
    match lead_digest(lead) {
        Ok(digest) if digest == found.lead_digest => word.to_owned(),
        _ => format!("{word}, changed since"),
    }
}

impl Case {
    /// Records a decision about a gate of a lead of the newest run.
    ///
    /// # Errors
    /// Where there is no such lead, no reason, the evidence does not pass the gate, gate 1 is not signed before gate 2,
    /// a search at the line found nothing and the wire was not followed since, there is nothing to take back, or a second
    /// person has to confirm it ([`CaseError::Pending`]).
    pub fn sign_off(
        &mut self,
        lead: &str,
        gate: GateName,
        decision: Decision,
        reason: &str,
    ) -> Result<SignOff, CaseError> {
        self.need(match gate {
            GateName::Resolution => Act::SignResolution,
            GateName::Attribution => Act::SignAttribution,
        })?;
        let reason = stated::reason("a decision", reason)?;
        if decision == Decision::Signed && self.is_under_four_eyes(FourEyes::SignOff)? {
            let (run_id, document) = self.leads()?;
            let lead = find_lead(&document, &run_id, lead)?;
            self.check_decision(lead, gate, decision)?;
            let digests = digests(&document, std::iter::once(lead.lead_ref.as_str()))?;
            let proposed = Proposed::SignOff { lead_ref: lead.lead_ref.clone(), gate };
            return Err(self.propose(proposed, &reason, digests)?);
        }
        self.decide(lead, gate, decision, &reason, None)
    }

    /// The same, once nobody has to be waited for.
    pub(crate) fn decide(
        &mut self,
        lead: &str,
        gate: GateName,
        decision: Decision,
        reason: &str,
        proposal: Option<&Proposal>,
    ) -> Result<SignOff, CaseError> {
        let (run_id, document) = self.leads()?;
        let lead = find_lead(&document, &run_id, lead)?;
        self.check_decision(lead, gate, decision)?;
        let detail = Detail {
            gate,
            decision,
            reason: reason.to_owned(),
            run_id,
            lead_digest: lead_digest(lead)?,
            proposed_by: proposal.map(|p| p.who.clone()),
        };
        let mut value = stated::value(&detail)?;
        by_proposal(&mut value, proposal);
        let entry = self.log.append(&self.who, ACT, &lead.lead_ref, value)?;
        Ok(sign_off(&lead.lead_ref, detail, entry.who, entry.utc))
    }

    fn check_decision(&self, lead: &Lead, gate: GateName, decision: Decision) -> Result<(), CaseError> {
        let known = self.sign_offs()?;
        let of = |gate| standing(&known, lead, gate);
        let finding: &Gate = match gate {
            GateName::Resolution => &lead.resolution,
            GateName::Attribution => &lead.attribution,
        };
        match decision {
            Decision::Signed if finding.status != GateStatus::Passed => Err(CaseError::Usage(format!(
                "lead {}: the evidence does not pass this gate ({}); it can be refused, not signed",
                lead.lead_ref, finding.reason
            ))),
            Decision::Signed if gate == GateName::Attribution && of(GateName::Resolution) != "signed" => {
                Err(CaseError::Usage(format!(
                    "lead {}: gate 1 stands at `{}`; it is signed before gate 2, as the lead stands now",
                    lead.lead_ref,
                    of(GateName::Resolution)
                )))
            }
            Decision::Signed if gate == GateName::Attribution => self.no_line_alarm(lead),
            Decision::Withdrawn if of(gate) == "-" => {
                Err(CaseError::Usage(format!("lead {}: there is no decision to take back", lead.lead_ref)))
            }
            _ => Ok(()),
        }
    }

    /// The newest decision about each gate of each lead; older ones stay in the custody log.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn sign_offs(&self) -> Result<SignOffs, CaseError> {
        self.need(Act::Leads)?;
        let entries = self.entries()?;
        let all = entries.iter().filter(|e| e.act == ACT).cloned().map(read);
        all.map(|found| found.map(|f| ((f.lead_ref.clone(), f.gate), f))).collect()
    }

    /// Every decision about a lead that some entries of the log hold, the oldest first.
    pub(crate) fn decisions_of(&self, entries: &[Entry], lead_ref: &str) -> Result<Vec<SignOff>, CaseError> {
        entries.iter().filter(|e| e.act == ACT && e.subject == lead_ref).cloned().map(read).collect()
    }
}

fn read(entry: Entry) -> Result<SignOff, CaseError> {
    let detail: Detail = serde_json::from_value(entry.detail)
        .map_err(|e| CaseError::Damaged(format!("custody entry {}: {e}", entry.index)))?;
    Ok(sign_off(&entry.subject, detail, entry.who, entry.utc))
}

fn sign_off(lead_ref: &str, detail: Detail, who: String, utc: String) -> SignOff {
    let (who, confirmed_by) = match detail.proposed_by {
        Some(first) => (first, Some(who)),
        None => (who, None),
    };
    SignOff {
        lead_ref: lead_ref.to_owned(),
        gate: detail.gate,
        decision: detail.decision,
        reason: detail.reason,
        who,
        confirmed_by,
        utc,
        run_id: detail.run_id,
        lead_digest: detail.lead_digest,
    }
}
