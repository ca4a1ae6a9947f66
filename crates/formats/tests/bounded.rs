//! What a hostile file may cost: memory, and rows it must not invent.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod common;

use common::read_bytes;

/// A cell that is too long is passed over as a whole; the rows inside its quotes are not rows.
#[test]
fn a_long_quoted_cell_gives_no_rows() {
    let inside = "\"\"p9\"\",F\np8,F\n\n".repeat(100_000);
    let cases = [
        (format!("person_ref,sex\np1,F\np2,\"{inside}\"\np3,M\n"), vec!["p1", "p3"]),
        (format!("person_ref,sex\np1,F\n\"{inside}\",F\np3,M\n"), vec!["p1", "p3"]),
        (format!("person_ref,sex\r\np1,F\r\n\"{inside}\",F\r\np3,M\r\n"), vec!["p1", "p3"]),
        (format!("person_ref,sex\np1,F\np2,\"{inside}\"\"\n\",x\r\np3,M\n"), vec!["p1", "p3"]),
        (format!("person_ref,sex\np1,F\np2,\"a\"{}\np3,M\n", "x\"y".repeat(1 << 20)), vec!["p1", "p3"]),
        (format!("person_ref,sex\np1,F\np2,\"{inside}"), vec!["p1"]),
        (format!("person_ref,sex\np1,F\np2{}\np3,M\n", ",\"a\nb\"".repeat(1 << 18)), vec!["p1", "p3"]),
    ];
    let csv = tutela_formats::by_id("csv").unwrap();
    for (text, expected) in cases {
        let (summary, collected) = read_bytes(csv, text.as_bytes(), None).unwrap();
        let people: Vec<_> = collected.records.iter().map(|(_, _, columns)| columns["person_ref"].as_str()).collect();
        assert_eq!(people, expected, "{:?}", collected.issues);
        assert_eq!(summary.rows_refused, 1);
    }
}
