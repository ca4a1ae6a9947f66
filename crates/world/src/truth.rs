//! What really happened, for scoring alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::WorldError;
use crate::accounts::{Account, Activity, Platform, Session};
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
    accounts.row(&["platform", "account_ref", "operators", "style", "decidable", "wrong_records"])?;
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
        let wrong = wrong_records(config, account).to_string();
        accounts.row(&[platform, &account.account_ref, &operators.join(";"), &style, &decidable, &wrong])?;
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
    let mut crossed = Lines::create(&folder.join("crossed_lines.csv"))?;
    crossed.row(&["operator", "line_ref", "recorded_as"])?;
    for (_, line) in district.lines.iter().enumerate().filter(|(n, l)| l.recorded_as != *n) {
        let recorded = &district.lines[line.recorded_as];
        crossed.row(&[line.operator.name(), &line.line_ref, &recorded.line_ref])?;
    }
    for file in [accounts, lines, users, people, crossed] {
        file.finish()?;
    }
    Ok(())
}

/// How many connections of an account the platform recorded wrongly; all of them where its clock is off.
fn wrong_records(config: &Config, account: &Account) -> usize {
    account.sessions.iter().filter(|s| !s.recorded_right || config.clock_shift_s != 0).count()
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
        let households = district.households.iter().filter(|h| h.fixed_line == line);
        out.extend(households.flat_map(|h| &h.people));
    }
    out.retain(|person| !account.operators.contains(person));
    out
}

/// What the records of named accounts say of a device or a telephone number.
#[derive(Default)]
struct Known {
    people: BTreeSet<usize>,
    lines: BTreeSet<usize>,
    span: Option<(i64, i64)>,
}

/// The devices and telephone numbers that the records of named accounts keep: not every platform keeps devices, and not
/// everybody has an account.
fn named_identifiers(activity: &Activity) -> BTreeMap<&str, Known> {
    let mut out: BTreeMap<&str, Known> = BTreeMap::new();
    for account in &activity.accounts {
        let Some(holder) = account.holder else { continue };
        if let Some(telephone) = account.telephone.as_deref() {
            out.entry(telephone).or_default().people.insert(holder);
        }
        for session in account.sessions.iter().filter(|_| account.platform == Platform::Chatter) {
            let Some(device) = session.device.as_deref() else { continue };
            let known = out.entry(device).or_default();
            known.people.insert(holder);
            known.lines.extend(session.line.filter(|_| session.recorded_right));
            let (first, last) = known.span.unwrap_or((session.at_s, session.at_s));
            known.span = Some((first.min(session.at_s), last.max(session.at_s)));
        }
    }
    out
}

/// Whether the records hold what names the one person. They must hold
///
/// * connections, rightly recorded, in two assignments or more of one line, which the operator still keeps, whose
///   records are right and which the address, the prefix or the port sets apart; one entry alone proves no line;
/// * a device that named accounts of this person use, in the same period, and nobody else's do; or, on a line that
///   the register gives the person, the telephone number of the person's named accounts;
/// * what tells the people of the household apart: the person lives alone, or carried the device from line to line.
fn is_decidable(config: &Config, district: &District, known: &BTreeMap<&str, Known>, account: &Account) -> bool {
    let [person] = account.operators.as_slice() else { return false };
    let kept_from_s = END_S - i64::from(config.retention_days) * DAY_S;
    let kept: Vec<(usize, &Session)> = account
        .sessions
        .iter()
        .filter(|s| s.recorded_right && s.at_s > kept_from_s)
        .filter_map(|s| Some((s.line?, s)))
        .filter(|(line, session)| is_told_apart(district, *line, session))
        .collect();
    let mut assignments: BTreeMap<usize, BTreeSet<i64>> = BTreeMap::new();
    for (line, session) in &kept {
        assignments.entry(*line).or_default().insert(session.assigned_s);
    }
    assignments.retain(|_, starts| starts.len() > 1);
    if assignments.is_empty() {
        return false;
    }
    let household = &district.households[district.people[*person].household];
    let alone = household.people.len() == 1
        && district.households.iter().filter(|h| h.fixed_line == household.fixed_line).count() == 1;
    let theirs = |known: &&Known| known.people.iter().eq([person]);
    let by_device = account.platform == Platform::Chatter
        && account.sessions.iter().filter_map(|s| s.device.as_deref()).collect::<BTreeSet<_>>().into_iter().any(
            |device| {
                let Some(found) = known.get(device).filter(theirs) else { return false };
                let uses = || kept.iter().filter(|(_, s)| s.device.as_deref() == Some(device));
                let common: BTreeSet<usize> =
                    uses().map(|(line, _)| *line).filter(|l| found.lines.contains(l)).collect();
                let overlaps =
                    found.span.is_some_and(|(first, last)| uses().any(|(_, s)| (first..=last).contains(&s.at_s)));
                overlaps && (alone || common.len() > 1)
            },
        );
    let holder = district.lines[household.fixed_line].holder;
    let by_number = account.telephone.as_deref().and_then(|t| known.get(t)).filter(theirs).is_some()
        && alone
        && assignments.contains_key(&household.fixed_line)
        && holder.is_some_and(|h| district.people[h].household == district.people[*person].household);
    by_device || by_number
}

/// Whether the records tell the line of a connection: its own, and it alone.
fn is_told_apart(district: &District, line: usize, session: &Session) -> bool {
    let this = &district.lines[line];
    let alone = match this.operator {
        Operator::Daily | Operator::Weekly => true,
        Operator::StaticGroup | Operator::PortBlocks | Operator::Mobile => session.port.is_some(),
        Operator::Business | Operator::Hosting => false,
    };
    alone && this.recorded_as == line
}
