//! What was found when a line was looked at outside the records: a search there, or the operator's check of the wire.
//!
//! An operator's reply can be consistently wrong: where the wires in a street cabinet are crossed, every request leads to
//! the same innocent household, and each further reply confirms the last. Only the wire itself can tell, and a search that
//! found nothing is the sign that it was not looked at. So such a search stands against every lead through that line.

use serde::{Deserialize, Serialize};
use tutela_model::lead::{Lead, LineRef, LineStatus};

use crate::custody::Entry;
use crate::{Act, Case, CaseError, clock};

const ACT: &str = "line_check";

/// What was found at a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineCheckKind {
    /// A search where the line is said to end found nothing of what the inquiry is about.
    NothingFound,
    /// The operator followed the wire: it ends where the register says.
    Confirmed,
    /// The operator followed the wire: it ends elsewhere.
    EndsElsewhere,
}

/// A look at a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineCheck {
    /// The line.
    pub line: LineRef,
    /// What was found.
    pub kind: LineCheckKind,
    /// The day, `YYYY-MM-DD`.
    pub on: String,
    /// Who looked and how, or the number of the report.
    pub how: String,
    /// Who noted it.
    pub who: String,
    /// When it was noted, UTC.
    pub utc: String,
    /// The number of its entry in the custody log.
    pub entry: u64,
}

/// What stands against naming anybody through a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineAlarm {
    /// The line.
    pub line: LineRef,
    /// Searches there that found nothing since the wire was last confirmed.
    pub searches: u64,
    /// Whether the wire is known to end elsewhere.
    pub ends_elsewhere: bool,
    /// The same in a sentence.
    pub words: String,
}

#[derive(Serialize, Deserialize)]
struct Detail {
    line: LineRef,
    kind: LineCheckKind,
    on: String,
    how: String,
}

impl Case {
    /// Notes what was found at a line.
    ///
    /// # Errors
    /// Where a field is empty, or the day is not one or is still to come.
    pub fn check_line(
        &mut self,
        line: &LineRef,
        kind: LineCheckKind,
        on: &str,
        how: &str,
    ) -> Result<LineCheck, CaseError> {
        self.need(Act::SignAttribution)?;
        for (name, value) in [("operator", &line.operator), ("line", &line.line_ref)] {
            if value.trim().is_empty() {
                return Err(CaseError::Usage(format!("line check: {name} is empty; expected text")));
            }
        }
        if how.trim().is_empty() {
            return Err(CaseError::Usage("line check: say who looked and how: --how \"...\"".to_owned()));
        }
        let day: jiff::civil::Date = on
            .parse()
            .map_err(|_| CaseError::Usage(format!("line check: on is {on}; expected a day as YYYY-MM-DD")))?;
        let now = clock::now_utc();
        if day.to_string().as_str() > now.split('T').next().unwrap_or_default() {
            return Err(CaseError::Usage(format!("line check: {on} is still to come")));
        }
        let detail = Detail { line: line.clone(), kind, on: day.to_string(), how: how.trim().to_owned() };
        let value = serde_json::to_value(&detail).unwrap_or_default();
        let entry = self.log.append(&self.who, ACT, &line.line_ref, value)?;
        Ok(line_check(detail, &entry))
    }

    /// What was found at lines, in the order it was noted.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn line_checks(&self) -> Result<Vec<LineCheck>, CaseError> {
        self.need(Act::Leads)?;
        checks_of(&self.entries()?)
    }

    /// That nothing found at a lead's lines stands against naming anybody.
    pub(crate) fn no_line_alarm(&self, lead: &Lead) -> Result<(), CaseError> {
        match line_alarms(&self.line_checks()?, lead).into_iter().next() {
            None => Ok(()),
            Some(alarm) => Err(CaseError::Usage(format!("lead {}: {}", lead.lead_ref, alarm.words))),
        }
    }
}

/// The looks at lines among entries of the log, in their order.
pub(crate) fn checks_of(entries: &[Entry]) -> Result<Vec<LineCheck>, CaseError> {
    let checks = entries.iter().filter(|e| e.act == ACT).map(|entry| {
        let detail = serde_json::from_value(entry.detail.clone())
            .map_err(|e| CaseError::Damaged(format!("custody entry {}: {e}", entry.index)))?;
        Ok(line_check(detail, entry))
    });
    checks.collect()
}

fn line_check(detail: Detail, entry: &Entry) -> LineCheck {
    LineCheck {
        line: detail.line,
        kind: detail.kind,
        on: detail.on,
        how: detail.how,
        who: entry.who.clone(),
        utc: entry.utc.clone(),
        entry: entry.index,
    }
}

/// What stands against naming anybody through the lines that a lead rests on.
#[must_use]
pub fn line_alarms(checks: &[LineCheck], lead: &Lead) -> Vec<LineAlarm> {
    let behind = |status| matches!(status, LineStatus::Single | LineStatus::Doubtful);
    let lines = lead.lines.iter().filter(|l| behind(l.status));
    lines.filter_map(|l| alarm(checks, &l.operator, &l.line_ref)).collect()
}

fn alarm(checks: &[LineCheck], operator: &str, line_ref: &str) -> Option<LineAlarm> {
    let mut of_line: Vec<&LineCheck> =
        checks.iter().filter(|c| c.line.operator == operator && c.line.line_ref == line_ref).collect();
    // By the day of the look; of one day, what was noted later is the later one.
    of_line.sort_by(|a, b| a.on.cmp(&b.on));
    let (mut searches, mut ends_elsewhere) = (0, false);
    for check in of_line {
        match check.kind {
            LineCheckKind::NothingFound => searches += 1,
            LineCheckKind::Confirmed => (searches, ends_elsewhere) = (0, false),
            LineCheckKind::EndsElsewhere => ends_elsewhere = true,
        }
    }
    let line = format!("line {line_ref} of {operator}");
    let words = match (ends_elsewhere, searches) {
        (true, _) => format!("{line} ends elsewhere than the register says; whoever it names is not behind it"),
        (false, 0) => return None,
        (false, 1) => format!(
            "a search at {line} found nothing; before anybody is named, the operator follows the wire (tutela line \
             check --found confirmed)"
        ),
        (false, n) => format!(
            "{n} searches at {line} found nothing, one after the other; the reply may be wrong each time in the same \
             way: no further search before the operator has followed the wire (tutela line check --found confirmed)"
        ),
    };
    let line = LineRef { operator: operator.to_owned(), line_ref: line_ref.to_owned() };
    Some(LineAlarm { line, searches, ends_elsewhere, words })
}
