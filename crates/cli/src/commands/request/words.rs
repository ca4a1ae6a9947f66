//! Plans, replies and requests as text.

use std::collections::BTreeMap;
use std::path::Path;

use tutela_case::{IntakeStatus, Plan, ReplyFile, ReplyRow, RequestState};

use crate::output::table;

/// Rows that are told one by one; the JSON form has all.
const TOLD: usize = 40;

pub(super) fn plan(plan: &Plan, case: &Path) -> String {
    let rows: Vec<Vec<String>> = plan
        .requests
        .iter()
        .take(TOLD)
        .map(|r| {
            vec![
                r.account.clone(),
                r.operator.clone(),
                r.ip.clone(),
                r.port.map_or_else(|| "absent".to_owned(), |p| p.to_string()),
                r.asked_utc.clone(),
                r.expected_lines.to_string(),
                format!("{:.1}", r.bits),
                r.days_left.to_string(),
                r.lease_logins.to_string(),
                r.why.clone(),
            ]
        })
        .collect();
    let headings = ["account", "operator", "ip", "port", "UTC", "lines", "bits", "days left", "stands for", "why"];
    let mut out = if rows.is_empty() { "nothing to ask".to_owned() } else { table(&headings, &rows) };
    let rest = plan.requests.len().saturating_sub(TOLD);
    if rest > 0 {
        out += &format!("\n... and {rest} more; --format json or --account shows them");
    }
    let mut by_reason: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
    for left in &plan.left_out {
        let group = by_reason.entry((&left.reason, &left.meaning)).or_default();
        *group = (group.0 + left.connections, group.1 + 1);
    }
    let rows: Vec<Vec<String>> = by_reason
        .into_iter()
        .map(|((reason, meaning), (connections, accounts))| {
            vec![connections.to_string(), accounts.to_string(), reason.to_owned(), meaning.to_owned()]
        })
        .collect();
    out += &format!("\n\nleft out:\n{}", table(&["connections", "accounts", "reason", "meaning"], &rows));
    let asking = plan.accounts.iter().filter(|a| a.requests > 0).count();
    let decided = plan.accounts.iter().filter(|a| a.decided).count();
    out += &format!(
        "\n\n{} requests about {asking} of {} accounts ({decided} decided at gate 1); retention counted from {}\nwrite them with: tutela request export {} --basis ID --out DIR",
        plan.requests.len(),
        plan.accounts.len(),
        plan.as_of_utc,
        case.display()
    );
    out
}

pub(super) fn reply(file: &ReplyFile) -> String {
    if file.intake.status == IntakeStatus::Already {
        return format!("{}: taken in before; nothing changed", file.intake.file_name);
    }
    let mut out = format!(
        "{}: {} requests; {} rows accepted, {} noted, {} blocked",
        file.intake.file_name, file.requests, file.accepted, file.noted, file.blocked
    );
    let unread = file.intake.rows_refused.saturating_sub(file.blocked);
    if unread > 0 {
        out += &format!(", {unread} unreadable (see: tutela issues)");
    }
    for row in file.rows.iter().take(TOLD) {
        out += &format!("\n  {}", finding(row));
    }
    if file.rows.len() > TOLD {
        out += &format!("\n  ... and {} more; see: tutela request list", file.rows.len() - TOLD);
    }
    out
}

fn finding(row: &ReplyRow) -> String {
    let place = format!("{} row {} ({})", row.request_ref, row.row, row.table);
    if row.outcome == "accepted" {
        return format!("{place}: accepted, it agrees with what was asked");
    }
    let mut out = format!("{place}: {} by {}", row.outcome, row.check);
    if let (Some(field), Some(found), Some(expected)) = (&row.field, &row.found, &row.expected) {
        out += &format!("; {field}: found {found}, expected {expected}");
    }
    out
}

pub(super) fn list(states: &[RequestState]) -> String {
    let rows: Vec<Vec<String>> = states
        .iter()
        .map(|s| {
            let checks: Vec<&str> =
                s.rows.iter().filter(|r| r.outcome != "accepted").map(|r| r.check.as_str()).collect();
            let mut checks: Vec<String> = checks.into_iter().map(str::to_owned).collect();
            checks.extend((!s.refusals.is_empty()).then(|| format!("{} replies refused", s.refusals.len())));
            checks.sort();
            checks.dedup();
            vec![
                s.request.request_ref.clone(),
                s.request.operator.clone(),
                s.request.ip.clone(),
                s.request.port_text(),
                s.asked_utc.clone(),
                s.outcome.clone(),
                checks.join(", "),
            ]
        })
        .collect();
    table(&["request", "operator", "ip", "port", "UTC", "outcome", "checks"], &rows)
}

pub(super) fn show(state: &RequestState) -> String {
    let r = &state.request;
    let mut out = format!(
        "request {}: {}\n  operator   {}\n  basis      {}\n  address    {}\n  port       {}\n  moment     {} ({}, {})\n  \
         copied     from row {} of source {}\n  checksum   {}\n  written    {}\n  answered   {}",
        r.request_ref,
        state.outcome,
        r.operator,
        r.basis_ref,
        r.ip,
        r.port_text(),
        state.asked_utc,
        r.asked_local,
        r.zone,
        r.session_row,
        r.session_source_id,
        r.checksum,
        state.sent_utc,
        state.answered_utc.as_deref().unwrap_or("-")
    );
    for row in &state.rows {
        out += &format!("\n  {}", finding(row));
    }
    for refusal in &state.refusals {
        out += &format!("\n  a reply was refused whole at {refusal}");
    }
    out
}
