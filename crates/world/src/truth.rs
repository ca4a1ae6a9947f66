//! What really happened, for scoring alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::WorldError;
use crate::accounts::{Account, Activity, Platform, Style};
use crate::config::Config;
use crate::district::{District, Operator};
use crate::files::Lines;
use crate::network::{DAY_S, END_S};

pub(crate) fn write(
    config: &Config,
    district: &District,
    activity: &Activity,
    folder: &Path,
) -> Result<(), WorldError> {
    std::fs::create_dir_all(folder).map_err(|source| WorldError::Io { path: folder.to_path_buf(), source })?;
    let mut accounts = Lines::create(&folder.join("accounts.csv"))?;
    accounts.row(&["platform", "account_ref", "operators", "style", "decidable"])?;
    let mut lines = Lines::create(&folder.join("lines.csv"))?;
    lines.row(&["platform", "account_ref", "operator", "line_ref", "connections"])?;
    let mut users = Lines::create(&folder.join("users.csv"))?;
    users.row(&["platform", "account_ref", "person_ref", "connections"])?;
    let mut at_risk = BTreeSet::new();
    let known = named_identifiers(activity);
    for account in activity.accounts.iter().filter(|a| a.is_reported()) {
        let operators: Vec<&str> = account.operators.iter().map(|p| district.people[*p].person_ref.as_str()).collect();
        let style = account.style.map(|s| format!("{s:?}")).unwrap_or_default();
        let decidable = is_decidable(config, district, &known, account).to_string();
        let platform = account.platform.slug();
        accounts.row(&[platform, &account.account_ref, &operators.join(";"), &style, &decidable])?;
        for (line, connections) in used(account) {
            let line = &district.lines[line];
            lines.row(&[
                platform,
                &account.account_ref,
                line.operator.name(),
                &line.line_ref,
                &connections.to_string(),
            ])?;
        }
        for (person, connections) in tally(account.sessions.iter().filter_map(|s| s.person)) {
            let person = &district.people[person].person_ref;
            users.row(&[platform, &account.account_ref, person, &connections.to_string()])?;
        }
        at_risk.extend(innocents(district, account));
    }
    let mut people = Lines::create(&folder.join("persons_at_risk.csv"))?;
    people.row(&["person_ref"])?;
    for person in at_risk {
        people.row(&[&district.people[person].person_ref])?;
    }
    for file in [accounts, lines, users, people] {
        file.finish()?;
    }
    Ok(())
}

/// How often each of them comes.
fn tally(of: impl Iterator<Item = usize>) -> BTreeMap<usize, u64> {
    let mut out = BTreeMap::new();
    for one in of {
        *out.entry(one).or_insert(0) += 1;
    }
    out
}

/// The lines an account really used.
fn used(account: &Account) -> BTreeMap<usize, u64> {
    tally(account.sessions.iter().filter_map(|s| s.line))
}

/// People who could have been blamed: holders and housemates of the lines used, other than those who used the account.
fn innocents(district: &District, account: &Account) -> BTreeSet<usize> {
    let mut out = BTreeSet::new();
    for line in used(account).into_keys() {
        let Some(holder) = district.lines[line].holder else { continue };
        out.insert(holder);
        out.extend(&district.households[district.people[holder].household].people);
        let household = district.households.iter().find(|h| h.fixed_line == line);
        out.extend(household.into_iter().flat_map(|h| &h.people));
    }
    out.retain(|person| !account.operators.contains(person));
    out
}

/// The devices and telephone numbers that the records of named accounts keep: not every platform keeps devices, and not
/// everybody has an account.
fn named_identifiers(activity: &Activity) -> BTreeSet<&str> {
    let named = || activity.accounts.iter().filter(|a| a.holder.is_some());
    let devices = named().filter(|a| a.platform == Platform::Chatter).flat_map(|a| &a.sessions);
    devices.filter_map(|s| s.device.as_deref()).chain(named().filter_map(|a| a.telephone.as_deref())).collect()
}

/// Whether the records hold what names the one person: connections rightly recorded in two assignments or more that
/// operators still keep, and a device or number that only this person uses, in a way that housemates do not explain.
fn is_decidable(config: &Config, district: &District, known: &BTreeSet<&str>, account: &Account) -> bool {
    let kept_from_s = END_S - i64::from(config.retention_days) * DAY_S;
    let [person] = account.operators.as_slice() else { return false };
    let kept: BTreeSet<(usize, i64)> = account
        .sessions
        .iter()
        .filter(|s| s.recorded_right && s.at_s > kept_from_s)
        .filter_map(|s| Some((s.line?, s.assigned_s)))
        .filter(|(line, _)| {
            let line = &district.lines[*line];
            line.recorded_as < district.lines.len()
                && line.operator != Operator::Hosting
                && line.access_kind != "public_wifi"
        })
        .collect();
    let lines: BTreeSet<usize> = kept.iter().map(|(line, _)| *line).collect();
    let household = &district.households[district.people[*person].household];
    let alone = household.people.len() == 1;
    let shares_device = account.platform == Platform::Chatter
        && account.sessions.iter().filter_map(|s| s.device.as_deref()).any(|d| known.contains(d));
    let names_person = match account.style {
        Some(Style::Careless) => shares_device && (alone || lines.len() > 1),
        Some(Style::HomeComputer) => shares_device && alone,
        Some(Style::RecoveryPhone) => alone && account.telephone.as_deref().is_some_and(|t| known.contains(t)),
        _ => false,
    };
    // In a shared address without a port the line is only one of a set.
    let by_itself = kept.iter().filter(|(line, _)| {
        matches!(district.lines[*line].operator, Operator::Daily | Operator::Weekly) || config.port_share >= 0.2
    });
    names_person && by_itself.count() >= 2
}
