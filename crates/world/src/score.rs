//! Leads against the truth of a world.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::WorldError;

/// How leads compare with the truth.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Supported leads that name somebody who used the account.
    pub right: u64,
    /// Supported leads that name somebody who did not. Must be 0.
    pub wrong: u64,
    /// Accounts whose operator the records could tell, without a supported lead.
    pub missed: u64,
    /// Accounts whose operator the records could tell.
    pub decidable: u64,
    /// Accounts that the records could not decide, and that no lead decides.
    pub right_insufficient: u64,
    /// Lines found to stand alone, that the account really used.
    pub lines_right: u64,
    /// Lines found to stand alone, that it did not use.
    pub lines_wrong: u64,
    /// Of these, those where every record is right: no connection of the account was recorded wrongly, and the line is
    /// not wired crosswise. Must be 0.
    pub lines_wrong_records_right: u64,
    /// Innocent people who could have been blamed.
    pub innocents_at_risk: u64,
    /// Account by account.
    pub accounts: Vec<AccountScore>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountScore {
    /// The platform.
    pub platform: String,
    /// The account.
    pub account_ref: String,
    /// How its operator behaved.
    pub style: String,
    /// Whether the records could tell who it was.
    pub decidable: bool,
    /// The lead's outcome; absent where there is no lead.
    pub outcome: Option<String>,
    /// The lead's person.
    pub person_ref: Option<String>,
    /// Whether a supported lead names somebody who used the account.
    pub right: Option<bool>,
}

pub(crate) type Key = (String, String);

/// Compares a leads document with the truth beside a world.
///
/// # Errors
/// Where the truth cannot be read or the document is not of the published form.
pub fn score(leads: &Value, dir: &Path) -> Result<Score, WorldError> {
    let folder = dir.join("truth");
    let mut by_account: BTreeMap<Key, &Value> = BTreeMap::new();
    let list = leads.get("leads").and_then(Value::as_array);
    for lead in list.ok_or_else(|| WorldError::Form("leads: found no list `leads`".to_owned()))? {
        let account = lead.get("account").unwrap_or(&Value::Null);
        by_account.insert((text(account, "platform"), text(account, "account_ref")), lead);
    }
    let mut used: BTreeSet<(Key, Key)> = BTreeSet::new();
    for row in rows(&folder.join("lines.csv"))? {
        if let [platform, account, operator, line, _] = row.as_slice() {
            used.insert(((platform.clone(), account.clone()), (operator.clone(), line.clone())));
        }
    }
    let mut crossed: BTreeSet<Key> = BTreeSet::new();
    for row in rows(&folder.join("crossed_lines.csv"))? {
        if let [operator, line, _] = row.as_slice() {
            crossed.insert((operator.clone(), line.clone()));
        }
    }
    let mut out =
        Score { innocents_at_risk: rows(&folder.join("persons_at_risk.csv"))?.len() as u64, ..Score::default() };
    for row in rows(&folder.join("accounts.csv"))? {
        let [platform, account, operators, style, decidable, wrong_records] = row.as_slice() else { continue };
        let key = (platform.clone(), account.clone());
        let operators: Vec<&str> = operators.split(';').collect();
        out.add(key.clone(), &operators, style, decidable == "true", by_account.get(&key).copied());
        if let Some(lead) = by_account.get(&key) {
            let records_right = |line: &Key| wrong_records == "0" && !crossed.contains(line);
            out.add_lines(&key, lead, &used, records_right);
        }
    }
    Ok(out)
}

impl Score {
    fn add(&mut self, key: Key, operators: &[&str], style: &str, decidable: bool, lead: Option<&Value>) {
        let outcome = lead.map(|l| text(l, "outcome"));
        let person_ref = lead.map(|l| text(l, "person_ref")).filter(|p| !p.is_empty());
        let supported = outcome.as_deref() == Some("supported");
        let right = supported.then(|| person_ref.as_deref().is_some_and(|p| operators.contains(&p)));
        match right {
            Some(true) => self.right += 1,
            Some(false) => self.wrong += 1,
            None if decidable => self.missed += 1,
            None => self.right_insufficient += 1,
        }
        self.decidable += u64::from(decidable);
        let (platform, account_ref) = key;
        let style = style.to_owned();
        self.accounts.push(AccountScore { platform, account_ref, style, decidable, outcome, person_ref, right });
    }

    fn add_lines(
        &mut self,
        key: &Key,
        lead: &Value,
        used: &BTreeSet<(Key, Key)>,
        records_right: impl Fn(&Key) -> bool,
    ) {
        for line in lead.get("lines").and_then(Value::as_array).into_iter().flatten() {
            if text(line, "status") == "single" {
                let found = (key.clone(), (text(line, "operator"), text(line, "line_ref")));
                if used.contains(&found) {
                    self.lines_right += 1;
                } else {
                    self.lines_wrong += 1;
                    self.lines_wrong_records_right += u64::from(records_right(&found.1));
                }
            }
        }
    }
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The rows of one of our own CSV files, which quote nothing.
pub(crate) fn rows(path: &Path) -> Result<Vec<Vec<String>>, WorldError> {
    let read = std::fs::read_to_string(path).map_err(|source| WorldError::Io { path: path.to_path_buf(), source })?;
    Ok(read.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect())
}
