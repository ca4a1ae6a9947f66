//! The sealed sources, what could not be read of them, and the check of the whole case.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::SourceRow;
use tutela_case::clock::{Stopwatch, now_utc};
use tutela_formats::{Issue, Severity};

use super::{Paging, case_named};
use crate::App;
use crate::jobs::Work;
use crate::problem::{Asked, Named, Problem};

/// Which part of a list is wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    /// The page, counted from 1.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    page: Option<u64>,
    /// Entries a page, at most 500.
    #[schemars(range(min = 1, max = 500))]
    per_page: Option<u64>,
    /// Only entries whose file name, format or digest contains this.
    search: Option<String>,
    /// Only sources of which rows were refused or noted.
    only_issues: Option<bool>,
}

/// A page of sources.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SourcesPage {
    total: u64,
    /// All sources of the case.
    all: u64,
    page: u64,
    per_page: u64,
    sources: Vec<Source>,
}

/// A sealed source.
#[derive(Debug, Serialize, JsonSchema)]
struct Source {
    /// SHA-256 of the sealed file.
    source_id: String,
    file_name: String,
    size_bytes: u64,
    format: String,
    basis_id: String,
    rows: u64,
    rows_in_records: u64,
    rows_refused: u64,
    /// Rows about which something is noted; they are in records.
    notes: u64,
    taken_utc: String,
    taken_by: String,
}

/// A page of issues.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct IssuesPage {
    total: u64,
    page: u64,
    per_page: u64,
    issues: Vec<IssueRow>,
}

/// What could not be read, and where it stands.
#[derive(Debug, Serialize, JsonSchema)]
struct IssueRow {
    row: Option<u64>,
    byte_offset: Option<u64>,
    column: Option<String>,
    /// What was found, by its shape: letters are `a`, digits are `9`.
    found_shape: String,
    expected: String,
    /// Whether the row was lost.
    refused: bool,
}

/// What a check of the case found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Verified {
    whole: bool,
    /// When it ended, UTC.
    utc: String,
    seconds: f64,
    /// Log entries read.
    entries: u64,
    sealed: u64,
    records: u64,
    stages: u64,
    /// What is broken, named.
    broken: Vec<String>,
    /// What a crash left and the next act puts right.
    unfinished: Vec<String>,
}

pub(super) async fn list(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<SourcesPage>, Problem> {
    let paging = Paging::new(query.page, query.per_page)?;
    let case = case_named(&app, &name)?;
    let all = case.act(|c| c.sources()).await?;
    let issues = case.issues().await?;
    let search = query.search.unwrap_or_default().trim().to_lowercase();
    let with_issues = |s: &&SourceRow| query.only_issues != Some(true) || issues.by_source.contains_key(&s.source_id);
    let contains = |s: &&SourceRow| {
        [&s.file_name, &s.format, &s.source_id].iter().any(|text| text.to_lowercase().contains(&search))
    };
    let found: Vec<&SourceRow> = all.iter().filter(with_issues).filter(contains).collect();
    let row = |s: &SourceRow| {
        let (numbers, refused) = issues.by_source.get(&s.source_id).map_or((0, 0), |(n, r)| (n.len() as u64, *r));
        Source {
            source_id: s.source_id.clone(),
            file_name: s.file_name.clone(),
            size_bytes: s.size_bytes,
            format: s.format.clone(),
            basis_id: s.basis_id.clone(),
            rows: s.rows,
            rows_in_records: s.rows_in_records,
            rows_refused: s.rows_refused,
            notes: numbers.saturating_sub(refused),
            taken_utc: s.taken_utc.clone(),
            taken_by: s.taken_by.clone(),
        }
    };
    Ok(Json(SourcesPage {
        total: found.len() as u64,
        all: all.len() as u64,
        page: paging.page,
        per_page: paging.per_page,
        sources: paging.of(found).into_iter().map(row).collect(),
    }))
}

pub(super) async fn issues(
    State(app): State<App>,
    Named((name, source)): Named<(String, String)>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<IssuesPage>, Problem> {
    let paging = Paging::new(query.page, query.per_page)?;
    let case = case_named(&app, &name)?;
    let id = source.clone();
    if !case.act(move |c| Ok(c.sources()?.iter().any(|s| s.source_id == id))).await? {
        return Err(Problem::not_found(format!("source {source}: not in this case")));
    }
    let issues = case.issues().await?;
    let numbers = issues.by_source.get(&source).map(|(n, _)| n.as_slice()).unwrap_or_default();
    let shown = paging.of(numbers).into_iter().filter_map(|i| issues.all.get(*i)).map(issue_row).collect();
    Ok(Json(IssuesPage { total: numbers.len() as u64, page: paging.page, per_page: paging.per_page, issues: shown }))
}

fn issue_row(issue: &Issue) -> IssueRow {
    IssueRow {
        row: issue.row,
        byte_offset: issue.byte_offset,
        column: issue.column.clone(),
        found_shape: shape(&issue.found),
        expected: issue.expected.clone(),
        refused: issue.severity == Severity::Refused,
    }
}

/// A text by its shape: enough to see what is wrong with a date or an address, not whose it is.
fn shape(text: &str) -> String {
    let letter = |c: char| match c {
        c if c.is_numeric() => '9',
        c if c.is_uppercase() => 'A',
        c if c.is_alphabetic() => 'a',
        c => c,
    };
    text.chars().map(letter).collect()
}

/// Checks the case, beside whoever works on it; where something seems broken, once more while nobody does: an act that is
/// half written must not look like damage.
pub(super) fn verified(work: &Work) -> Result<Verified, Problem> {
    let watch = Stopwatch::start();
    let root = work.held.root.clone();
    let options = tutela_case::audit_options(None, &[])?;
    work.tell("files", 0, 0);
    let mut found = tutela_case::verify(&root, &options)?;
    if !found.is_whole() || !found.unfinished.is_empty() {
        work.stop.check()?;
        work.tell("again", 0, 0);
        found = work.held.act_as(&work.actor, |_| tutela_case::verify(&root, &options))?;
    }
    Ok(Verified {
        whole: found.is_whole(),
        utc: now_utc(),
        seconds: watch.seconds(),
        entries: found.entries,
        sealed: found.sealed,
        records: found.records,
        stages: found.stages,
        broken: found.broken,
        unfinished: found.unfinished.into_iter().chain(found.not_checked).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_shows_no_letter_and_no_digit_of_what_was_found() {
        assert_eq!(shape("2026-13-45"), "9999-99-99");
        assert_eq!(shape("Müller, 5 <a@b>"), "Aaaaaa, 9 <a@a>");
    }
}
