//! The episodes of one account, for pictures: when, on which line, and how many lines explain each as well.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::StepError;
use crate::citations::{accounts, integers, stage, texts};

/// All connections of an account inside one assignment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Episode {
    /// Its first connection, in microseconds since 1970 UTC.
    pub first_us: i64,
    /// Its last connection.
    pub last_us: i64,
    /// The operator of its line.
    pub operator: String,
    /// The line that explains most of the account's connections.
    pub line_ref: String,
    /// Connections in it.
    pub connections: u64,
    /// How many lines can explain it, that one included.
    pub lines: u64,
}

/// The episodes of the account of one lead, in order of time.
///
/// # Errors
/// Where the run's stages cannot be read.
pub fn episodes(run_dir: &Path, lead_ref: &str) -> Result<Vec<Episode>, StepError> {
    let of_lead = of_lead(run_dir, lead_ref)?;
    let names = lines(run_dir)?;
    let mut explained: BTreeMap<i64, u64> = BTreeMap::new();
    for batch in stage(run_dir, "count_episodes", "episode_line", &["episode_id", "account_id"])? {
        let batch = batch?;
        let (episode, account) = (integers(&batch, 0)?, integers(&batch, 1)?);
        for i in (0..batch.num_rows()).filter(|i| of_lead.contains(&account.value(*i))) {
            *explained.entry(episode.value(i)).or_default() += 1;
        }
    }
    let mut out = Vec::new();
    let columns = ["episode_id", "account_id", "line_id", "logins", "first_us", "last_us"];
    for batch in stage(run_dir, "count_episodes", "episode", &columns)? {
        let batch = batch?;
        let [id, account, line, logins, first, last] = [0, 1, 2, 3, 4, 5].map(|c| integers(&batch, c));
        let (id, account, line, logins, first, last) = (id?, account?, line?, logins?, first?, last?);
        for i in (0..batch.num_rows()).filter(|i| of_lead.contains(&account.value(*i))) {
            let Some((operator, line_ref)) = names.get(&line.value(i)).cloned() else { continue };
            out.push(Episode {
                first_us: first.value(i),
                last_us: last.value(i),
                operator,
                line_ref,
                connections: u64::try_from(logins.value(i)).unwrap_or(0),
                lines: explained.get(&id.value(i)).copied().unwrap_or(1),
            });
        }
    }
    out.sort();
    Ok(out)
}

/// Operator and reference of each line, by its number.
fn lines(run_dir: &Path) -> Result<BTreeMap<i64, (String, String)>, StepError> {
    let mut out = BTreeMap::new();
    for batch in stage(run_dir, "count_episodes", "known_line", &["line_id", "operator", "line_ref"])? {
        let batch = batch?;
        let (id, operator, line) = (integers(&batch, 0)?, texts(&batch, 1)?, texts(&batch, 2)?);
        for i in 0..batch.num_rows() {
            out.insert(id.value(i), (operator.value(i).to_owned(), line.value(i).to_owned()));
        }
    }
    Ok(out)
}

/// The rows of the sources that the connections of a lead's account were read from.
///
/// # Errors
/// Where the run's stages cannot be read.
pub fn session_rows(run_dir: &Path, lead_ref: &str) -> Result<BTreeSet<(String, u64)>, StepError> {
    let of_lead = of_lead(run_dir, lead_ref)?;
    let mut out = BTreeSet::new();
    for batch in stage(run_dir, "resolve_sessions", "login_row", &["account_id", "source_id", "row"])? {
        let batch = batch?;
        let (account, source, row) = (integers(&batch, 0)?, texts(&batch, 1)?, integers(&batch, 2)?);
        for i in (0..batch.num_rows()).filter(|i| of_lead.contains(&account.value(*i))) {
            out.insert((source.value(i).to_owned(), u64::try_from(row.value(i)).unwrap_or(0)));
        }
    }
    Ok(out)
}

fn of_lead(run_dir: &Path, lead_ref: &str) -> Result<BTreeSet<i64>, StepError> {
    Ok(accounts(run_dir)?.into_iter().filter(|(_, lead)| lead == lead_ref).map(|(id, _)| id).collect())
}
