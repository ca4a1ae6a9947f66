//! Four eyes, where a case is set up so: what one person proposes happens only when a second, different person with the same
//! right confirms it. Proposals and what became of them are entries of the custody log.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::lead::LeadsDocument;

use crate::custody::Entry;
use crate::people::{Person, people};
use crate::proposal::{CONFIRM, FOUR_EYES, PROPOSE, ProposalDetail, REJECT, WITHDRAW, proposals};
use crate::{
    Act, Case, CaseError, Confirmed, Decision, FourEyes, Proposal, ProposalState, Proposed, lead_digest, stated,
};

/// What is under four eyes.
pub(crate) fn four_eyes(entries: &[Entry]) -> Result<BTreeSet<FourEyes>, CaseError> {
    let set = entries.iter().rev().find(|e| e.act == FOUR_EYES);
    let acts = set.and_then(|e| Some((e, e.detail.get("acts")?)));
    acts.map_or(Ok(BTreeSet::new()), |(entry, acts)| {
        serde_json::from_value(acts.clone())
            .map_err(|e| CaseError::Damaged(format!("custody entry {}: {e}", entry.index)))
    })
}

/// That two people can do what is under four eyes: else nobody ever could.
pub(crate) fn check_enough(acts: &BTreeSet<FourEyes>, people: &[Person]) -> Result<(), CaseError> {
    for act in acts {
        let able: Vec<&str> =
            people.iter().filter(|p| act.acts().iter().all(|a| p.role.may(*a))).map(|p| p.name.as_str()).collect();
        if able.len() < 2 {
            return Err(CaseError::Usage(format!(
                "four eyes on {}: found {} with the right to it ({}); expected two people at least, who sign in with \
                 passwords of their own (tutela user add)",
                act.name(),
                able.len(),
                if able.is_empty() { "nobody".to_owned() } else { able.join(", ") }
            )));
        }
    }
    Ok(())
}

/// Notes in what an act says by which proposal it happens.
pub(crate) fn by_proposal(detail: &mut serde_json::Value, proposal: Option<&Proposal>) {
    if let (Some(map), Some(proposal)) = (detail.as_object_mut(), proposal) {
        map.insert("proposal".to_owned(), proposal.proposal_ref.clone().into());
        map.insert("proposed_by".to_owned(), proposal.who.clone().into());
    }
}

/// The digests of leads, as far as they are there.
pub(crate) fn digests<'a>(
    document: &LeadsDocument,
    leads: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, String>, CaseError> {
    let wanted: BTreeSet<&str> = leads.collect();
    let found = document.leads.iter().filter(|l| wanted.contains(l.lead_ref.as_str()));
    found.map(|l| Ok((l.lead_ref.clone(), lead_digest(l)?))).collect()
}

impl Case {
    /// What is under four eyes.
    ///
    /// # Errors
    /// Where the right is missing or the log cannot be read.
    pub fn four_eyes(&self) -> Result<BTreeSet<FourEyes>, CaseError> {
        self.need(Act::Pending)?;
        four_eyes(&self.entries()?)
    }

    pub(crate) fn is_under_four_eyes(&self, act: FourEyes) -> Result<bool, CaseError> {
        Ok(four_eyes(&self.entries()?)?.contains(&act))
    }

    /// Sets what is under four eyes. Less than before needs a second person itself.
    ///
    /// # Errors
    /// Where the right is missing, fewer than two people could act, or a second person has to confirm
    /// ([`CaseError::Pending`]).
    pub fn set_four_eyes(&mut self, acts: &BTreeSet<FourEyes>) -> Result<(), CaseError> {
        self.need(Act::People)?;
        let entries = self.entries()?;
        let now = four_eyes(&entries)?;
        if now == *acts {
            return Ok(());
        }
        check_enough(acts, &people(&entries))?;
        if !now.is_subset(acts) {
            let proposed = Proposed::FourEyes { acts: acts.clone() };
            return Err(self.propose(proposed, "less under four eyes", BTreeMap::new())?);
        }
        self.log.append(&self.who, FOUR_EYES, "case", serde_json::json!({ "acts": acts }))?;
        Ok(())
    }

    /// Every proposal, in the order they were made, with what became of it.
    ///
    /// # Errors
    /// Where the right is missing or the log cannot be read.
    pub fn proposals(&self) -> Result<Vec<Proposal>, CaseError> {
        self.need(Act::Pending)?;
        self.current_proposals()
    }

    fn current_proposals(&self) -> Result<Vec<Proposal>, CaseError> {
        let entries = self.entries()?;
        let (mut out, people) = (proposals(&entries)?, people(&entries));
        let open = |p: &Proposal| matches!(p.state, ProposalState::Pending | ProposalState::Confirmed);
        // The leads are read once, and only where something stands on them.
        let stands_on_leads = out.iter().any(|p| open(p) && !p.lead_digests.is_empty());
        let leads = if stands_on_leads { self.newest_leads().ok() } else { None };
        for proposal in out.iter_mut().filter(|p| open(p)) {
            proposal.stale = self.stale(proposal, leads.as_ref().map(|(_, l)| l), &people)?;
            if proposal.stale.is_some() {
                proposal.state = ProposalState::Stale;
            }
        }
        Ok(out)
    }

    /// Why a proposal no longer stands on what it was made on.
    fn stale(
        &self,
        proposal: &Proposal,
        leads: Option<&LeadsDocument>,
        people: &[Person],
    ) -> Result<Option<String>, CaseError> {
        let needs = proposal.proposed.needs();
        if !people.iter().any(|p| p.name == proposal.who && p.role.may(needs)) {
            return Ok(Some(format!("{} no longer has the right to it", proposal.who)));
        }
        let now = match leads {
            Some(document) => digests(document, proposal.lead_digests.keys().map(String::as_str))?,
            None => BTreeMap::new(),
        };
        let changed = proposal.lead_digests.iter().find(|(lead, digest)| now.get(*lead) != Some(digest));
        if let Some((lead, _)) = changed {
            return Ok(Some(format!("lead {lead} says something else by now, or is not shown")));
        }
        Ok(match &proposal.proposed {
            Proposed::Delete { source_id, .. } if self.store.has_source(source_id)?.is_none() => {
                Some("the source is no longer in the case".to_owned())
            }
            _ => None,
        })
    }

    /// Makes a proposal, or finds the one that waits already; gives the error that says so.
    pub(crate) fn propose(
        &mut self,
        proposed: Proposed,
        reason: &str,
        lead_digests: BTreeMap<String, String>,
    ) -> Result<CaseError, CaseError> {
        // A reveal is for whoever asks; anything else is the same whoever asks.
        let own = |p: &Proposal| p.who == self.who || !matches!(p.proposed, Proposed::Reveal { .. });
        let waiting = self.current_proposals()?.into_iter();
        let waiting = waiting.filter(|p| p.state == ProposalState::Pending && p.proposed == proposed);
        let found = waiting.into_iter().find(own).map(|p| (p.proposal_ref, p.who));
        let (proposal_ref, by) = match found {
            Some(found) => found,
            None => {
                let subject = proposed.subject();
                let detail = ProposalDetail { proposed, reason: stated::text("reason", reason)?, lead_digests };
                let entry = self.log.append(&self.who, PROPOSE, &subject, stated::value(&detail)?)?;
                (format!("P{}", entry.index), entry.who)
            }
        };
        let root = self.root.display();
        let message = format!(
            "{proposal_ref}, proposed by {by}: waits for a second person with the right (tutela pending confirm {root} \
             {proposal_ref}); nothing has happened yet"
        );
        Ok(CaseError::Pending { proposal_ref, message })
    }

    /// The proposal of that reference, where it waits and whoever asks has the right to what it proposes.
    fn waiting(&self, proposal_ref: &str) -> Result<Proposal, CaseError> {
        self.need(Act::Pending)?;
        let found = self.current_proposals()?.into_iter().find(|p| p.proposal_ref == proposal_ref);
        let found = found.ok_or_else(|| {
            CaseError::Usage(format!("proposal {proposal_ref}: not in this case (see: tutela pending list)"))
        })?;
        self.need(found.proposed.needs())?;
        let decided = format!(
            "by {} at {}",
            found.decided_by.as_deref().unwrap_or("-"),
            found.decided_utc.as_deref().unwrap_or("-")
        );
        let state = match found.state {
            ProposalState::Pending => return Ok(found),
            ProposalState::Stale => {
                format!("is stale: {}; it has to be proposed anew", found.stale.as_deref().unwrap_or_default())
            }
            ProposalState::Confirmed | ProposalState::Done => format!("was confirmed already, {decided}"),
            ProposalState::Rejected => format!("was rejected, {decided}"),
            ProposalState::Withdrawn => format!("was taken back, {decided}"),
        };
        Err(CaseError::Usage(format!("proposal {proposal_ref}: {state}")))
    }

    /// That whoever decides is another person, and not one whom the first has made up since.
    fn check_second(&self, proposal: &Proposal) -> Result<(), CaseError> {
        let made = |e: &Entry| {
            e.act == crate::people::SET && e.subject == self.who && e.who == proposal.who && e.index > proposal.entry
        };
        let why = if proposal.who == self.who {
            format!("{} made it; a second, different person decides", self.who)
        } else if self.entries()?.iter().any(made) {
            format!("{} set the password of {} after making it; somebody else decides", proposal.who, self.who)
        } else {
            return Ok(());
        };
        let detail = serde_json::json!({ "proposal_refused": proposal.proposal_ref });
        self.log.append(&self.who, "refused", "decide about their own proposal", detail)?;
        Err(CaseError::Usage(format!("proposal {}: {why}", proposal.proposal_ref)))
    }

    /// Confirms a proposal as the second person. What was proposed happens at once, in the same entry; of a reveal nothing is
    /// shown to the second person, and whoever proposed it can look once.
    ///
    /// # Errors
    /// Where the right is missing, it is one's own, it does not wait any more, or the act itself cannot be done.
    pub fn confirm(&mut self, proposal_ref: &str) -> Result<Confirmed, CaseError> {
        let proposal = self.waiting(proposal_ref)?;
        self.check_second(&proposal)?;
        match &proposal.proposed {
            Proposed::Reveal { .. } => {
                self.log.append(&self.who, CONFIRM, &proposal.proposal_ref, serde_json::json!({}))?;
                Ok(Confirmed::Reveal)
            }
            Proposed::SignOff { lead_ref, gate } => {
                let signed = self.decide(lead_ref, *gate, Decision::Signed, &proposal.reason, Some(&proposal))?;
                Ok(Confirmed::SignOff(signed))
            }
            Proposed::Delete { source_id, order } => {
                let (entry, gone, proof) = self.delete_now(source_id, order, &proposal.reason, Some(&proposal))?;
                Ok(Confirmed::Delete(entry, gone, proof))
            }
            Proposed::Purge { person_sha256 } => {
                let person = self.person_of(person_sha256)?;
                let (entry, changed, proof) = self.purge_now(&person, &proposal.reason, Some(&proposal))?;
                Ok(Confirmed::Purge(entry, changed, proof))
            }
            Proposed::FourEyes { acts } => {
                let mut detail = serde_json::json!({ "acts": acts });
                by_proposal(&mut detail, Some(&proposal));
                self.log.append(&self.who, FOUR_EYES, "case", detail)?;
                Ok(Confirmed::FourEyes(acts.clone()))
            }
        }
    }

    /// Rejects a proposal as the second person.
    ///
    /// # Errors
    /// Where the right or a reason is missing, it is one's own, or it does not wait any more.
    pub fn reject(&mut self, proposal_ref: &str, reason: &str) -> Result<(), CaseError> {
        let proposal = self.waiting(proposal_ref)?;
        self.check_second(&proposal)?;
        let reason = stated::reason("a rejection", reason)?;
        self.log.append(&self.who, REJECT, &proposal.proposal_ref, serde_json::json!({ "reason": reason }))?;
        Ok(())
    }

    /// Takes one's own proposal back.
    ///
    /// # Errors
    /// Where the right or a reason is missing, it is another's, or it does not wait any more.
    pub fn withdraw_proposal(&mut self, proposal_ref: &str, reason: &str) -> Result<(), CaseError> {
        let proposal = self.waiting(proposal_ref)?;
        if proposal.who != self.who {
            return Err(CaseError::Usage(format!(
                "proposal {proposal_ref}: {} made it; only they take it back, others reject it",
                proposal.who
            )));
        }
        let reason = stated::reason("taking a proposal back", reason)?;
        self.log.append(&self.who, WITHDRAW, &proposal.proposal_ref, serde_json::json!({ "reason": reason }))?;
        Ok(())
    }

    /// The confirmed proposal under which whoever asks may look at these people now.
    pub(crate) fn granted_reveal(
        &self,
        lead: Option<&str>,
        wanted: &BTreeSet<String>,
    ) -> Result<Option<Proposal>, CaseError> {
        let granted = |p: &Proposal| {
            let covers = matches!(&p.proposed, Proposed::Reveal { lead_ref, people }
                if lead_ref.as_deref() == lead && wanted.is_subset(people));
            p.state == ProposalState::Confirmed && p.who == self.who && covers
        };
        Ok(self.current_proposals()?.into_iter().find(granted))
    }
}
