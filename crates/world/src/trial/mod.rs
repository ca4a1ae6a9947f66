//! Trials: many worlds made, run and scored, and what that says of how often the leads are right.

mod report;
mod svg;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::calibration::{Trials, upper_bound};
use crate::score::{Key, rows};
use crate::{Score, WorldError};

pub use report::write_report;

/// A likelihood ratio that a run stated, and about what.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// The account's platform.
    pub platform: String,
    /// The account.
    pub account_ref: String,
    /// A line (operator and reference) at gate 1; a person at gate 2.
    pub subject: StatedOf,
    /// log10 of the ratio.
    pub log10_lr: f64,
}

/// What a stated ratio is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatedOf {
    /// A line, by operator and reference.
    Line(String, String),
    /// A person.
    Person(String),
}

/// What came of worlds of one configuration, or of all.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    worlds: u64,
    accounts: u64,
    resolved: u64,
    connections: u64,
    assigned: u64,
    innocents_at_risk: u64,
    supported_right: u64,
    supported_wrong: u64,
    decidable: u64,
    found: u64,
    insufficient: u64,
    insufficient_right: u64,
    undecidable: u64,
    lines_right: u64,
    lines_wrong: u64,
    lines_wrong_records_right: u64,
    gate1: Trials,
    gate2: Trials,
    /// Why decidable accounts were not found, and how often.
    lost: BTreeMap<String, u64>,
    /// Why the other accounts were left undecided, and how often.
    undecided: BTreeMap<String, u64>,
    /// Wrong persons, one line each. Must be empty.
    wrong: Vec<String>,
}

/// A trial: tallies by configuration, in the order they came.
#[derive(Debug, Clone, Default)]
pub struct Trial {
    seeds: BTreeSet<u64>,
    by_configuration: Vec<(String, Tally)>,
}

/// The figures of a tally, as they stand in `trial.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// Worlds made, run and scored.
    pub worlds: u64,
    /// Accounts under investigation.
    pub accounts: u64,
    /// Of these, those that a line stands alone behind.
    pub resolved: u64,
    /// Connections of these accounts.
    pub connections: u64,
    /// Of these, those that an assignment covers.
    pub assigned: u64,
    /// Innocent people who could have been blamed: holders and housemates of the lines used.
    pub innocents_at_risk: u64,
    /// Supported leads that name somebody who used the account.
    pub supported_right: u64,
    /// Supported leads that name somebody who did not. Must be 0.
    pub supported_wrong: u64,
    /// Accounts whose operator the records can tell.
    pub decidable: u64,
    /// Of these, found.
    pub found: u64,
    /// Share found.
    pub recall: Option<f64>,
    /// Accounts whose operator the records cannot tell.
    pub undecidable: u64,
    /// Leads that support nobody.
    pub insufficient: u64,
    /// Of these, those whose account the records cannot decide.
    pub insufficient_right: u64,
    /// Share of the leads that support nobody which do so rightly.
    pub insufficient_right_share: Option<f64>,
    /// Wrong persons in 1,000 supported leads.
    pub false_per_1000: Option<f64>,
    /// The same, upper 95 % bound.
    pub false_per_1000_upper: Option<f64>,
    /// Upper 95 % bound of wrong persons in 1,000 innocent people who could have been blamed.
    pub blamed_per_1000_upper: Option<f64>,
    /// Single lines that the account used.
    pub lines_right: u64,
    /// Single lines that it did not use.
    pub lines_wrong: u64,
    /// Of these, those where every record of the account and the wiring of the line are right. Must be 0.
    pub lines_wrong_records_right: u64,
    /// Log-likelihood-ratio cost of gate 1.
    pub cllr_gate1: Option<f64>,
    /// Of gate 2.
    pub cllr_gate2: Option<f64>,
    /// Gate 1 in full.
    pub gate1: GateFigures,
    /// Gate 2 in full.
    pub gate2: GateFigures,
    /// Why decidable accounts were not found.
    pub lost: BTreeMap<String, u64>,
    /// Why the other accounts were left undecided.
    pub undecided: BTreeMap<String, u64>,
}

/// The calibration of one gate.
#[derive(Debug, Clone, Serialize)]
pub struct GateFigures {
    /// Ratios stated where the first proposition is true.
    pub same: usize,
    /// Where the second is.
    pub different: usize,
    /// Cost in bits.
    pub cllr: Option<f64>,
    /// Cost after the best monotone recalibration.
    pub cllr_min: Option<f64>,
    /// What wrong scaling costs.
    pub cllr_cal: Option<f64>,
    /// Share of ratios below one where the first proposition is true.
    pub misleading_same: Option<f64>,
    /// Share of ratios above one where the second is.
    pub misleading_different: Option<f64>,
    /// The log10 LR that so many ratios can bear out.
    pub log10_lr_bound: f64,
    /// The greatest log10 LR stated.
    pub log10_lr_greatest: Option<f64>,
    /// Empirical cross-entropy at prior odds, as log10, from -3 to 3.
    pub ece: Vec<(f64, f64)>,
    /// Tippett: a log10 LR from -3 to 3, and the share of ratios above it where the first proposition is true, and where
    /// the second is.
    pub tippett: Vec<(f64, f64, f64)>,
}

impl Trial {
    /// Adds a world in `dir` that was run: its leads document and the ratios that were stated. Returns the score.
    ///
    /// # Errors
    /// Where the truth cannot be read, or the leads are not of the published form.
    pub fn add(
        &mut self,
        configuration: &str,
        seed: u64,
        leads: &Value,
        stated: &[Stated],
        dir: &Path,
    ) -> Result<Score, WorldError> {
        let score = crate::score(leads, dir)?;
        self.seeds.insert(seed);
        let known = self.by_configuration.iter().position(|(name, _)| name == configuration);
        let at = known.unwrap_or_else(|| {
            self.by_configuration.push((configuration.to_owned(), Tally::default()));
            self.by_configuration.len() - 1
        });
        if let Some((_, tally)) = self.by_configuration.get_mut(at) {
            tally.add_score(&format!("{configuration}, seed {seed}"), &score, &reasons(leads));
            tally.add_funnel(leads);
            tally.add_stated(stated, dir)?;
        }
        Ok(score)
    }

    /// All configurations together.
    #[must_use]
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        for (_, tally) in &self.by_configuration {
            total.add(tally);
        }
        total
    }

    /// `trial.json`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut json = serde_json::to_value(self.total().figures()).unwrap_or_default();
        let by: serde_json::Map<String, Value> = self
            .by_configuration
            .iter()
            .map(|(name, tally)| (name.clone(), serde_json::to_value(tally.figures()).unwrap_or_default()))
            .collect();
        if let Some(object) = json.as_object_mut() {
            object.insert("seeds".to_owned(), serde_json::json!(self.seeds));
            object.insert("by_configuration".to_owned(), by.into());
        }
        json
    }
}

/// Why each lead stands as it does, by account.
fn reasons(leads: &Value) -> BTreeMap<Key, String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = leads.get("leads").and_then(Value::as_array).into_iter().flatten();
    list.map(|lead| {
        let of = |path: &str| text(lead.pointer(path));
        ((of("/account/platform"), of("/account/account_ref")), of("/attribution/reason"))
    })
    .collect()
}

impl Tally {
    fn add_funnel(&mut self, leads: &Value) {
        let of = |name: &str| leads.pointer(&format!("/funnel/{name}")).and_then(Value::as_u64).unwrap_or(0);
        self.accounts += of("accounts");
        self.resolved += of("resolved");
        self.connections += of("connections");
        self.assigned += of("assigned");
    }

    fn add_score(&mut self, world: &str, score: &Score, reasons: &BTreeMap<Key, String>) {
        self.worlds += 1;
        self.innocents_at_risk += score.innocents_at_risk;
        self.supported_right += score.right;
        self.supported_wrong += score.wrong;
        self.lines_right += score.lines_right;
        self.lines_wrong += score.lines_wrong;
        self.lines_wrong_records_right += score.lines_wrong_records_right;
        for account in &score.accounts {
            let reason = || {
                let key = (account.platform.clone(), account.account_ref.clone());
                reasons.get(&key).cloned().unwrap_or_else(|| "no lead".to_owned())
            };
            let right = account.right == Some(true);
            if account.right == Some(false) {
                let person = account.person_ref.as_deref().unwrap_or("-");
                self.wrong.push(format!("{world}: {}:{} named {person}", account.platform, account.account_ref));
            }
            if account.decidable {
                self.decidable += 1;
                self.found += u64::from(right);
            } else {
                self.undecidable += 1;
            }
            if account.right.is_none() {
                self.insufficient += 1;
                self.insufficient_right += u64::from(!account.decidable);
            }
            match (account.decidable, right) {
                (true, false) => *self.lost.entry(reason()).or_insert(0) += 1,
                (false, false) => *self.undecided.entry(reason()).or_insert(0) += 1,
                (_, true) => {}
            }
        }
    }

    fn add_stated(&mut self, stated: &[Stated], dir: &Path) -> Result<(), WorldError> {
        let folder = dir.join("truth");
        let mut lines = BTreeSet::new();
        for row in rows(&folder.join("lines.csv"))? {
            if let [platform, account, operator, line, _] = row.as_slice() {
                lines.insert([platform, account, operator, line].map(Clone::clone));
            }
        }
        let mut users = BTreeSet::new();
        for row in rows(&folder.join("users.csv"))? {
            if let [platform, account, person, _] = row.as_slice() {
                users.insert([platform, account, person].map(Clone::clone));
            }
        }
        for ratio in stated {
            let (platform, account) = (ratio.platform.clone(), ratio.account_ref.clone());
            match &ratio.subject {
                StatedOf::Line(operator, line) => {
                    let used = lines.contains(&[platform, account, operator.clone(), line.clone()]);
                    self.gate1.push(used, ratio.log10_lr);
                }
                StatedOf::Person(person) => {
                    self.gate2.push(users.contains(&[platform, account, person.clone()]), ratio.log10_lr);
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, other: &Self) {
        self.worlds += other.worlds;
        self.accounts += other.accounts;
        self.resolved += other.resolved;
        self.connections += other.connections;
        self.assigned += other.assigned;
        self.innocents_at_risk += other.innocents_at_risk;
        self.supported_right += other.supported_right;
        self.supported_wrong += other.supported_wrong;
        self.decidable += other.decidable;
        self.found += other.found;
        self.insufficient += other.insufficient;
        self.insufficient_right += other.insufficient_right;
        self.undecidable += other.undecidable;
        self.lines_right += other.lines_right;
        self.lines_wrong += other.lines_wrong;
        self.lines_wrong_records_right += other.lines_wrong_records_right;
        self.gate1.extend(&other.gate1);
        self.gate2.extend(&other.gate2);
        for (into, from) in [(&mut self.lost, &other.lost), (&mut self.undecided, &other.undecided)] {
            for (reason, count) in from {
                *into.entry(reason.clone()).or_insert(0) += count;
            }
        }
        self.wrong.extend(other.wrong.iter().cloned());
    }

    /// The figures of this tally.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let supported = self.supported_right + self.supported_wrong;
        let per_1000 = |rate: Option<f64>| rate.map(|r| rounded(r * 1000.0));
        Figures {
            worlds: self.worlds,
            accounts: self.accounts,
            resolved: self.resolved,
            connections: self.connections,
            assigned: self.assigned,
            innocents_at_risk: self.innocents_at_risk,
            supported_right: self.supported_right,
            supported_wrong: self.supported_wrong,
            decidable: self.decidable,
            found: self.found,
            recall: share(self.found, self.decidable),
            undecidable: self.undecidable,
            insufficient: self.insufficient,
            insufficient_right: self.insufficient_right,
            insufficient_right_share: share(self.insufficient_right, self.insufficient),
            false_per_1000: per_1000(share(self.supported_wrong, supported)),
            false_per_1000_upper: per_1000(upper_bound(self.supported_wrong, supported)),
            blamed_per_1000_upper: per_1000(upper_bound(self.supported_wrong, self.innocents_at_risk)),
            lines_right: self.lines_right,
            lines_wrong: self.lines_wrong,
            lines_wrong_records_right: self.lines_wrong_records_right,
            cllr_gate1: self.gate1.cllr().map(rounded),
            cllr_gate2: self.gate2.cllr().map(rounded),
            gate1: gate(&self.gate1),
            gate2: gate(&self.gate2),
            lost: self.lost.clone(),
            undecided: self.undecided.clone(),
        }
    }
}

fn gate(trials: &Trials) -> GateFigures {
    let (cllr, cllr_min) = (trials.cllr(), trials.cllr_min());
    let at: Vec<f64> = (-3..=3).map(f64::from).collect();
    let (same, different) = trials.tippett(&at);
    let greatest = trials.same.iter().chain(&trials.different).copied().max_by(f64::total_cmp);
    GateFigures {
        same: trials.same.len(),
        different: trials.different.len(),
        cllr: cllr.map(rounded),
        cllr_min: cllr_min.map(rounded),
        cllr_cal: cllr.zip(cllr_min).map(|(all, least)| rounded(all - least)),
        misleading_same: trials.misleading_same().map(rounded),
        misleading_different: trials.misleading_different().map(rounded),
        log10_lr_bound: rounded(trials.bound()),
        log10_lr_greatest: greatest,
        ece: (-6..=6).map(|n| f64::from(n) / 2.0).filter_map(|odds| Some((odds, rounded(trials.ece(odds)?)))).collect(),
        tippett: at.into_iter().zip(same).zip(different).map(|((x, s), d)| (x, rounded(s), rounded(d))).collect(),
    }
}

/// To four decimals: more would be noise.
fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| rounded(part as f64 / whole as f64))
}
