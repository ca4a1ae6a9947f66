//! What a hostile file may cost: memory, and rows it must not invent.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod reading;

use reading::read_bytes;

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

/// Neither a line nor a packet of 1 GiB may lie in memory. Only this test binary's memory is measured.
#[cfg(target_os = "linux")]
#[test]
fn a_gibibyte_takes_little_memory() {
    for id in ["csv", "radius_detail", "ncmec_report_json"] {
        let format = tutela_formats::by_id(id).unwrap();
        let huge = format.examples().iter().find(|example| example.name.contains("1 GiB")).unwrap();
        let (mut file, length) = reading::open(huge);
        assert!(length >= 1 << 30);
        let _ = reading::read_file(format, &mut *file, length, huge.file_name, None);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak_kib: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak_kib < 256 << 10, "{peak_kib} KiB");
}
