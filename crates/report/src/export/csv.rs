//! Tables as CSV (RFC 4180, UTF-8, a heading line), in a ZIP.
//!
//! A text that a spreadsheet would take for a formula gets an apostrophe before it: evidence must not run.

use super::extract::Extract;
use super::tables::{Cell, tables};
use crate::ReportError;
use crate::archive::{self, Entry};

pub(super) fn write(extract: &Extract) -> Result<Vec<u8>, ReportError> {
    let entries: Vec<Entry> = tables(extract)
        .into_iter()
        .map(|table| {
            let headings: Vec<String> = table.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
            let mut text = line(&headings);
            for row in &table.rows {
                text.push_str(&line(&row.iter().map(cell).collect::<Vec<_>>()));
            }
            Entry::new(format!("{}.csv", table.name), text)
        })
        .collect();
    archive::pack(&entries)
}

fn line(cells: &[String]) -> String {
    let quoted: Vec<String> = cells.iter().map(|c| quote(c)).collect();
    quoted.join(",") + "\r\n"
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.as_deref().map(harmless).unwrap_or_default(),
        Cell::Whole(number) => number.map(|n| n.to_string()).unwrap_or_default(),
        Cell::Real(number) => number.map(|n| n.to_string()).unwrap_or_default(),
        Cell::Flag(flag) => flag.to_string(),
    }
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    if formula { format!("'{text}") } else { text.to_owned() }
}

fn quote(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_do_not_run_and_quotes_are_doubled() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("@sum"), "'@sum");
        assert_eq!(harmless("-2.5"), "-2.5");
        assert_eq!(harmless("+39 06"), "'+39 06");
        assert_eq!(line(&["a".to_owned(), "b,\"c\"\n".to_owned()]), "a,\"b,\"\"c\"\"\n\"\r\n");
    }
}
