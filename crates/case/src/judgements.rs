//! Judgements: what people decide about leads beyond the gates. Each is an entry of the custody log with its reason, the run
//! and what the lead said then; it is taken back by another entry, and never changed. A later run keeps them all, and says
//! where what it finds goes against one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tutela_model::lead::{Lead, LeadsDocument, Outcome};

use crate::custody::Entry;
use crate::{Act, Case, CaseError, lead_digest, stated};

const MADE: &str = "judgement";
const WITHDRAWN: &str = "judgement_withdraw";
const CONTRADICTED: &str = "judgement_contradicted";

/// Leads that one merge takes, at most.
const MERGED: usize = 50;
/// People that an account is split into, at most.
const PARTS: usize = 20;

/// What a person decides about a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgementKind {
    /// The person that the lead supports is the one.
    Confirm,
    /// What the lead says is wrong.
    Refute,
    /// The lead is not followed for now.
    SetAside,
    /// The account is two or more people's.
    Split,
    /// Two or more accounts are one person's.
    Merge,
}

impl JudgementKind {
    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Refute => "refute",
            Self::SetAside => "set_aside",
            Self::Split => "split",
            Self::Merge => "merge",
        }
    }
}

/// One of the people that an account is split into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What this part is called, as A or B.
    pub name: String,
    /// The person, by reference, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_ref: Option<String>,
    /// The items of evidence that are this person's: `evidence_ref` of the lead.
    #[serde(default)]
    pub evidence_refs: Vec<String>,
}

/// A judgement to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewJudgement {
    /// What is decided.
    pub kind: JudgementKind,
    /// The lead, or for a merge the leads: references, or the accounts'.
    pub leads: Vec<String>,
    /// For a split: the people that the account is split into.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// Why. It is kept for good.
    pub reason: String,
}

/// A lead as it stood when it was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The lead.
    pub lead_ref: String,
    /// SHA-256 of what it said.
    pub lead_digest: String,
    /// Its outcome.
    pub outcome: Outcome,
    /// The person it supported, by reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_ref: Option<String>,
}

/// Who took a judgement back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    /// By whom.
    pub who: String,
    /// When, UTC.
    pub utc: String,
    /// Why.
    pub reason: String,
}

/// That the findings of a run go against a judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// The run.
    pub run_id: String,
    /// What it finds, in sentences.
    pub why: Vec<String>,
}

/// A judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// Its reference: J and the number of its entry in the custody log.
    pub judgement_ref: String,
    /// What was decided.
    pub kind: JudgementKind,
    /// The leads, as they stood.
    pub leads: Vec<Judged>,
    /// The parts of a split.
    pub parts: Vec<Part>,
    /// Why.
    pub reason: String,
    /// By whom.
    pub who: String,
    /// When, UTC.
    pub utc: String,
    /// The run it was made on.
    pub run_id: String,
    /// Who took it back, if anybody did; then it does not stand.
    pub withdrawn: Option<Withdrawal>,
    /// Where the newest run goes against it, as far as it stands.
    pub contradicted: Option<Contradiction>,
    /// Why it was not compared with the newest run, where it was not.
    pub not_compared: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Detail {
    kind: JudgementKind,
    reason: String,
    run_id: String,
    leads: Vec<Judged>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Part>,
}

impl Judgement {
    /// Whether nobody took it back.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.withdrawn.is_none()
    }

    /// Whether it is about a lead.
    #[must_use]
    pub fn is_about(&self, lead_ref: &str) -> bool {
        self.leads.iter().any(|l| l.lead_ref == lead_ref)
    }
}

/// The judgements in the log, in the order they were made.
pub(crate) fn judgements_of(entries: &[Entry]) -> Result<Vec<Judgement>, CaseError> {
    let mut out: Vec<Judgement> = Vec::new();
    for entry in entries {
        match entry.act.as_str() {
            MADE => {
                let Detail { kind, reason, run_id, leads, parts } = stated::detail(entry)?;
                out.push(Judgement {
                    judgement_ref: format!("J{}", entry.index),
                    kind,
                    leads,
                    parts,
                    reason,
                    who: entry.who.clone(),
                    utc: entry.utc.clone(),
                    run_id,
                    withdrawn: None,
                    contradicted: None,
                    not_compared: None,
                });
            }
            WITHDRAWN => {
                let reason = entry.detail.get("reason").and_then(|r| r.as_str()).unwrap_or_default().to_owned();
                let withdrawal = Withdrawal { who: entry.who.clone(), utc: entry.utc.clone(), reason };
                if let Some(found) = out.iter_mut().find(|j| j.judgement_ref == entry.subject) {
                    found.withdrawn = Some(withdrawal);
                }
            }
            _ => {}
        }
    }
    Ok(out)
}

/// The lead of that reference or account.
pub(crate) fn find_lead<'a>(document: &'a LeadsDocument, run_id: &str, named: &str) -> Result<&'a Lead, CaseError> {
    if let Some(lead) = document.leads.iter().find(|l| l.lead_ref == named) {
        return Ok(lead);
    }
    let is = |l: &&Lead| {
        let of = &l.account;
        of.account_ref == named || named.split_once(':') == Some((of.platform.as_str(), of.account_ref.as_str()))
    };
    let found: Vec<&Lead> = document.leads.iter().filter(is).collect();
    match found.as_slice() {
        [only] => Ok(only),
        [] => Err(CaseError::Usage(format!("lead {named}: not in run {run_id}"))),
        several => Err(CaseError::Usage(format!(
            "lead {named}: {} accounts are called so; name the lead: {}",
            several.len(),
            several.iter().map(|l| l.lead_ref.as_str()).collect::<Vec<_>>().join(", ")
        ))),
    }
}

impl Case {
    /// Records a judgement on leads of the newest run.
    ///
    /// # Errors
    /// Where there is no reason or no such lead, a confirmation finds nobody to confirm, a split or a merge is not of two
    /// or more, or another judgement on the same lead stands.
    pub fn judge(&mut self, new: &NewJudgement) -> Result<Judgement, CaseError> {
        self.need(Act::Judge)?;
        let reason = stated::reason("a judgement", &new.reason)?;
        let (run_id, document) = self.leads()?;
        let mut leads = new.leads.iter().map(|l| find_lead(&document, &run_id, l)).collect::<Result<Vec<_>, _>>()?;
        leads.sort_by(|a, b| a.lead_ref.cmp(&b.lead_ref));
        leads.dedup_by(|a, b| a.lead_ref == b.lead_ref);
        check_shape(new, &leads)?;
        new.parts.iter().filter_map(|p| p.person_ref.as_deref()).try_for_each(|p| self.check_person(p))?;
        let known = judgements_of(&self.entries()?)?;
        check_beside(new.kind, &leads, &known)?;
        let judged = leads.iter().map(|l| {
            Ok(Judged {
                lead_ref: l.lead_ref.clone(),
                lead_digest: lead_digest(l)?,
                outcome: l.outcome,
                person_ref: l.person_ref.clone(),
            })
        });
        let detail = Detail {
            kind: new.kind,
            reason,
            run_id: run_id.clone(),
            leads: judged.collect::<Result<_, CaseError>>()?,
            parts: new.parts.clone(),
        };
        let subject = leads.iter().map(|l| l.lead_ref.as_str()).collect::<Vec<_>>().join("+");
        let entry = self.log.append(&self.who, MADE, &subject, stated::value(&detail)?)?;
        let made = judgements_of(std::slice::from_ref(&entry))?;
        let mut made =
            made.into_iter().next().ok_or_else(|| CaseError::Damaged("a judgement was not kept".to_owned()))?;
        made.contradicted = contradiction(&made, &run_id, &by_ref(&document));
        Ok(made)
    }

    /// Takes a judgement back. Both stay in the log.
    ///
    /// # Errors
    /// Where there is no such judgement, no reason, or it was taken back already.
    pub fn withdraw_judgement(&mut self, judgement_ref: &str, reason: &str) -> Result<Judgement, CaseError> {
        self.need(Act::Judge)?;
        let reason = stated::reason("taking a judgement back", reason)?;
        let known = judgements_of(&self.entries()?)?;
        let found = known.into_iter().find(|j| j.judgement_ref == judgement_ref);
        let mut found = found.ok_or_else(|| {
            CaseError::Usage(format!("judgement {judgement_ref}: not in this case (see: tutela judgement list)"))
        })?;
        if let Some(earlier) = &found.withdrawn {
            return Err(CaseError::Usage(format!(
                "judgement {judgement_ref}: was taken back already, by {} at {}",
                earlier.who, earlier.utc
            )));
        }
        let detail = serde_json::json!({ "reason": reason });
        let entry = self.log.append(&self.who, WITHDRAWN, judgement_ref, detail)?;
        found.withdrawn = Some(Withdrawal { who: entry.who, utc: entry.utc, reason });
        Ok(found)
    }

    /// Every judgement, in the order they were made, compared with the newest run.
    ///
    /// # Errors
    /// Where the right is missing or the log cannot be read.
    pub fn judgements(&self) -> Result<Vec<Judgement>, CaseError> {
        self.need(Act::Leads)?;
        match self.newest_leads() {
            Ok((run_id, document)) => self.judgements_on(&run_id, &document),
            Err(why) => {
                let mut out = judgements_of(&self.entries()?)?;
                for judgement in &mut out {
                    judgement.not_compared = Some(why.to_string());
                }
                Ok(out)
            }
        }
    }

    /// The same, compared with leads that were read already: those of the newest run.
    ///
    /// # Errors
    /// Where the right is missing or the log cannot be read.
    pub fn judgements_on(&self, run_id: &str, document: &LeadsDocument) -> Result<Vec<Judgement>, CaseError> {
        self.need(Act::Leads)?;
        let mut out = judgements_of(&self.entries()?)?;
        let leads = by_ref(document);
        for judgement in out.iter_mut().filter(|j| j.stands()) {
            judgement.contradicted = contradiction(judgement, run_id, &leads);
        }
        Ok(out)
    }

    /// Logs which judgements the newest run goes against, once for each run and state.
    pub(crate) fn log_contradictions(&mut self) -> Result<(), CaseError> {
        if !self.entries()?.iter().any(|e| e.act == MADE) {
            return Ok(());
        }
        let (run_id, document) = self.newest_leads()?;
        let against: BTreeMap<String, Vec<String>> = self
            .judgements_on(&run_id, &document)?
            .into_iter()
            .filter_map(|j| Some((j.judgement_ref, j.contradicted?.why)))
            .collect();
        let detail = serde_json::json!({ "judgements": against });
        let entries = self.entries()?;
        let said = entries.iter().rev().find(|e| e.act == CONTRADICTED);
        let known = said.as_ref().is_some_and(|e| e.subject == run_id && e.detail == detail);
        // A run that goes against none is worth an entry only where the one before did.
        let cleared = against.is_empty() && said.is_none_or(|e| e.detail == detail);
        if !known && !cleared {
            self.log.append(&self.who, CONTRADICTED, &run_id, detail)?;
        }
        Ok(())
    }
}

/// That a judgement is of as many leads and parts as its kind asks for, and a confirmation of somebody.
fn check_shape(new: &NewJudgement, leads: &[&Lead]) -> Result<(), CaseError> {
    let kind = new.kind.name();
    match (new.kind, leads) {
        (JudgementKind::Merge, leads) if !(2..=MERGED).contains(&leads.len()) => Err(CaseError::Usage(format!(
            "merge: found {} leads; expected 2 to {MERGED} different ones, which are one person's",
            leads.len()
        ))),
        (JudgementKind::Merge, _) => Ok(()),
        (JudgementKind::Split, [lead]) => check_parts(&new.parts, lead),
        (JudgementKind::Confirm, [lead]) if lead.outcome != Outcome::Supported => Err(CaseError::Usage(format!(
            "lead {}: is {} and supports nobody ({}); there is nobody to confirm",
            lead.lead_ref,
            lead.outcome.name(),
            lead.attribution.reason
        ))),
        (_, [_]) => Ok(()),
        (_, several) => Err(CaseError::Usage(format!("{kind}: found {} leads; expected one", several.len()))),
    }?;
    if new.kind != JudgementKind::Split && !new.parts.is_empty() {
        return Err(CaseError::Usage(format!("{kind}: has parts; only a split has them")));
    }
    Ok(())
}

fn check_parts(parts: &[Part], lead: &Lead) -> Result<(), CaseError> {
    let usage = |text: String| CaseError::Usage(format!("lead {}: split: {text}", lead.lead_ref));
    if !(2..=PARTS).contains(&parts.len()) {
        let found = parts.len();
        return Err(usage(format!(
            "found {found} parts; expected 2 to {PARTS}, one for each person: --part A --part B"
        )));
    }
    let items: BTreeSet<&str> = lead.against.iter().chain(&lead.r#for).map(|e| e.evidence_ref.as_str()).collect();
    let (mut names, mut taken) = (BTreeSet::new(), BTreeMap::new());
    for part in parts {
        stated::text("part", &part.name)?;
        if !names.insert(part.name.as_str()) {
            return Err(usage(format!("two parts are called {}", part.name)));
        }
        for item in part.evidence_refs.iter().map(String::as_str) {
            if !items.contains(item) {
                let known = items.iter().copied().collect::<Vec<_>>().join(", ");
                return Err(usage(format!(
                    "part {}: the lead has no item of evidence {item}; it has: {known}",
                    part.name
                )));
            }
            if let Some(other) = taken.insert(item, part.name.as_str()) {
                return Err(usage(format!("{item} is given to {other} and to {}; expected one of them", part.name)));
            }
        }
    }
    Ok(())
}

/// That no judgement that stands says something else about the same leads.
fn check_beside(kind: JudgementKind, leads: &[&Lead], known: &[Judgement]) -> Result<(), CaseError> {
    use JudgementKind::{Merge, Split};
    let refs: BTreeSet<&str> = leads.iter().map(|l| l.lead_ref.as_str()).collect();
    let excludes = |other: &Judgement| match (kind, other.kind) {
        (Merge, Merge) => {
            other.leads.len() == refs.len() && other.leads.iter().all(|l| refs.contains(l.lead_ref.as_str()))
        }
        (Merge, Split) | (Split, Merge) => true,
        (Merge, _) | (_, Merge) => false,
        _ => true,
    };
    let about = |j: &&Judgement| j.leads.iter().any(|l| refs.contains(l.lead_ref.as_str()));
    match known.iter().filter(|j| j.stands()).filter(about).find(|j| excludes(j)) {
        None => Ok(()),
        Some(other) => Err(CaseError::Usage(format!(
            "{}: {}, {} by {} at {}, stands; nothing is overwritten. Take it back first: tutela judgement withdraw",
            leads.iter().map(|l| l.lead_ref.as_str()).collect::<Vec<_>>().join(", "),
            other.judgement_ref,
            other.kind.name(),
            other.who,
            other.utc
        ))),
    }
}

fn by_ref(document: &LeadsDocument) -> BTreeMap<&str, &Lead> {
    document.leads.iter().map(|l| (l.lead_ref.as_str(), l)).collect()
}

/// Where a run goes against a judgement.
fn contradiction(of: &Judgement, run_id: &str, leads: &BTreeMap<&str, &Lead>) -> Option<Contradiction> {
    let mut why = Vec::new();
    for judged in &of.leads {
        match leads.get(judged.lead_ref.as_str()) {
            Some(lead) => why.extend(against(of, judged, lead, of.run_id != run_id)),
            None => why.push(format!("lead {}: is not in this run", judged.lead_ref)),
        }
    }
    if of.kind == JudgementKind::Merge {
        let found = of.leads.iter().filter_map(|j| leads.get(j.lead_ref.as_str()));
        let named: Vec<(&str, &str)> =
            found.filter_map(|l| Some((l.lead_ref.as_str(), l.person_ref.as_deref()?))).collect();
        if named.iter().map(|(_, person)| person).collect::<BTreeSet<_>>().len() > 1 {
            let named: Vec<String> = named.iter().map(|(lead, person)| format!("lead {lead} {person}")).collect();
            why.push(format!("declared one person's, and the findings name different people: {}", named.join(", ")));
        }
    }
    (!why.is_empty()).then(|| Contradiction { run_id: run_id.to_owned(), why })
}

/// What one lead says against a judgement. A finding that was there when it was refuted or split is no news; that a later run
/// comes to it again is.
fn against(of: &Judgement, judged: &Judged, lead: &Lead, later: bool) -> Vec<String> {
    let name = &lead.lead_ref;
    let supported = (lead.outcome == Outcome::Supported).then(|| lead.person_ref.as_deref().unwrap_or("-"));
    let was = judged.person_ref.as_deref().unwrap_or("-");
    let mut why = Vec::new();
    match (of.kind, supported) {
        (JudgementKind::Confirm, None) => {
            let outcome = lead.outcome.name();
            why.push(format!("lead {name}: confirmed for {was}, now {outcome}: {}", lead.attribution.reason));
        }
        (JudgementKind::Confirm, Some(now)) if now != was => {
            why.push(format!("lead {name}: confirmed for {was}, now supports another person, {now}"));
        }
        (JudgementKind::Refute, Some(now)) if later && (judged.person_ref.is_none() || now == was) => {
            why.push(format!("lead {name}: refuted, and supported again, for {now}"));
        }
        (JudgementKind::SetAside, Some(now)) if later && judged.outcome != Outcome::Supported => {
            why.push(format!("lead {name}: set aside when it was {}, now supported, for {now}", judged.outcome.name()));
        }
        (JudgementKind::SetAside, Some(now)) if later && now != was => {
            why.push(format!("lead {name}: set aside when it supported {was}, now supports another person, {now}"));
        }
        (JudgementKind::Split, Some(now)) if later => {
            why.push(format!("lead {name}: declared {} people's, and supported for one, {now}", of.parts.len()));
        }
        _ => {}
    }
    let items: BTreeSet<&str> = lead.against.iter().chain(&lead.r#for).map(|e| e.evidence_ref.as_str()).collect();
    for part in &of.parts {
        let gone = part.evidence_refs.iter().filter(|item| !items.contains(item.as_str()));
        why.extend(gone.map(|item| format!("lead {name}: part {} rests on {item}, which it no longer has", part.name)));
    }
    why
}

#[cfg(test)]
#[path = "judgements_tests.rs"]
mod tests;
