//! What the formats of shared addresses say: who had which ports when, to the letter.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

mod reading;

use std::path::PathBuf;

use reading::{Collected, mapping, open, read_bytes, read_file};
use tutela_formats::{Mapping, ReadSummary};
use tutela_model::TableId;

fn read_example(id: &str, name: &str) -> (ReadSummary, Collected) {
    let format = tutela_formats::by_id(id).unwrap();
    let example = format.examples().iter().find(|example| example.name == name).unwrap();
    let (mut file, length) = open(example);
    read_file(format, &mut *file, length, example.file_name, mapping(example).as_ref()).unwrap()
}

/// `operator line ip:first-last from..until`, sorted.
fn assignments(collected: &Collected) -> Vec<String> {
    let mut lines: Vec<String> = collected
        .of(TableId::Assignment)
        .iter()
        .map(|columns| {
            let get = |name: &str| columns.get(name).map_or("-", String::as_str);
            let ports = format!("{}-{}", get("port_from"), get("port_to"));
            let times = format!("{}..{}", get("from_utc"), get("until_utc"));
            format!("{} {} {}:{ports} {times}", get("operator"), get("line_ref"), get("ip"))
        })
        .collect();
    lines.sort();
    lines
}

/// Format, example, and its assignments.
const RECORDS: &[(&str, &str, &[&str])] = &[
    (
        "cgnat_syslog_juniper",
        "blocks given, sent again, taken back, and one still held",
        &[
            "Example Net 100.64.1.2 203.0.113.9:1024-1535 2026-03-02T16:10:00Z..2026-03-02T17:10:00Z",
            "Example Net 100.64.1.3 203.0.113.9:1024-1535 2026-03-02T17:15:00Z..-",
        ],
    ),
    (
        "cgnat_syslog_juniper",
        "times with their zone, and the host as operator",
        &["cgn1.isp.example 2001:db8::2 203.0.113.9:1024-1535 2026-03-02T16:10:00Z..2026-03-02T17:10:00Z"],
    ),
    (
        "cgnat_syslog_cisco",
        "several records a line, with and without a VRF",
        &[
            "Example Net 100.64.1.2 203.0.113.9:1024-1535 2026-03-02T16:10:00Z..2026-03-02T17:10:00.25Z",
            "Example Net 100.64.1.2@red 203.0.113.9:1536-2047 2026-03-02T16:10:00Z..-",
            "Example Net 100.64.1.3 203.0.113.9:1024-1535 2026-03-02T17:10:00.25Z..-",
        ],
    ),
    (
        "cgnat_syslog_cisco",
        "sessions, DS-Lite, and the host as operator",
        &[
            "cgn1.isp.example 100.64.1.2 203.0.113.9:4242-4242 2026-03-02T15:10:00Z..-",
            "cgn1.isp.example 100.64.1.3 203.0.113.9:4242-4242 2026-03-02T15:10:00Z..2026-03-02T15:10:30Z",
            "cgn2.isp.example 2001:db8::2 203.0.113.9:1024-1535 2026-03-02T15:11:00Z..-",
        ],
    ),
    (
        "sharing_rule",
        "blocks of ports by deterministic NAT",
        &[
            "Example Net 1002 203.0.113.1:64528-65535 2026-03-01T00:00:00Z..2026-03-02T00:00:00Z",
            "Example Net L-1 203.0.113.0:1024-2031 2026-03-01T00:00:00Z..-",
        ],
    ),
    ("sharing_rule", "a whole address by MAP-T", &["Example Net L-1 192.0.2.18:--- 2026-03-01T00:00:00Z..-"]),
    (
        "etsi_102_657",
        "a use with ports, an address inside, a prefix, and the subscriber",
        &[
            "Example Net L-1 2001:db8:1::/56:--- 2026-03-02T16:10:00Z..2026-03-02T18:10:00Z",
            "Example Net L-1 203.0.113.9:1024-1535 2026-03-02T16:20:00Z..2026-03-02T18:10:00Z",
        ],
    ),
    (
        "etsi_102_657",
        "a national extension for mobile lines",
        &["Example Mobile 390000000001 2001:db8::5:--- 2026-03-02T16:10:00Z..-"],
    ),
    (
        "ipfix_nat",
        "blocks given, sent again, taken back, and one still held",
        &[
            "Example Net 100.64.1.2 203.0.113.9:1024-1535 2026-03-02T16:10:00Z..2026-03-02T17:10:00Z",
            "Example Net 100.64.1.3 203.0.113.9:1024-1535 2026-03-02T17:11:40Z..-",
        ],
    ),
    (
        "ipfix_nat",
        "sessions in two VRFs",
        &[
            "Example Net 100.64.1.2 203.0.113.9:4242-4242 2026-03-02T16:10:00Z..2026-03-02T16:11:00Z",
            "Example Net 100.64.1.2@5 203.0.113.9:4242-4242 2026-03-02T16:10:05Z..-",
        ],
    ),
    (
        "ipfix_nat",
        "flows of NetFlow 9",
        &[
            "Example Net 100.64.1.2 203.0.113.9:4242-4242 2026-03-02T16:09:41Z..2026-03-02T16:09:45Z",
            "Example Net 100.64.1.2 203.0.113.9:4242-4242 2026-03-02T16:09:51Z..2026-03-02T16:09:55Z",
            "Example Net 100.64.1.2 203.0.113.9:4243-4243 2026-03-02T16:09:42Z..2026-03-02T16:09:42Z",
            "Example Net 100.64.1.2 203.0.113.9:4243-4243 2026-03-02T16:09:52Z..2026-03-02T16:09:52Z",
        ],
    ),
];

#[test]
fn blocks_have_their_subscribers_and_times() {
    for (id, name, expected) in RECORDS {
        assert_eq!(assignments(&read_example(id, name).1), *expected, "{id}: {name}");
    }
}

#[test]
fn the_sets_of_map_are_those_of_the_standard() {
    let (_, collected) = read_example("sharing_rule", "sets of ports by MAP-E");
    let all = assignments(&collected);
    let until = "2026-03-01T00:00:00Z..2026-03-31T22:00:00Z";
    for ports in ["1232-1235", "2256-2259", "63696-63699", "64720-64723"] {
        let expected = format!("Example Net L-1 192.0.2.18:{ports} {until}");
        assert!(all.contains(&expected), "{expected}");
    }
    assert_eq!(all.iter().filter(|line| line.contains(" L-1 ")).count(), 63);
    assert!(all.contains(&"Example Net L-2 192.0.2.18:1236-1239 2026-03-15T09:00:00Z..-".to_owned()));
}

#[test]
fn lines_carry_where_they_are() {
    let name = "a use with ports, an address inside, a prefix, and the subscriber";
    let lines = read_example("etsi_102_657", name).1.of(TableId::Line);
    let get = |column: &str| lines[0].get(column).map(String::as_str);
    assert_eq!(get("line_ref"), Some("L&1"));
    assert_eq!(get("address"), Some("Via Prova, 2, Paese"));
    assert_eq!(get("address_kind"), Some("installation"));
    assert_eq!(get("from_utc"), Some("2025-01-01T00:00:00Z"));
    let lines = read_example("etsi_102_657", "a national extension for mobile lines").1.of(TableId::Line);
    assert_eq!(lines[0].get("line_ref").map(String::as_str), Some("001010123456789"));
    assert_eq!(lines[0].get("access_kind").map(String::as_str), Some("mobile"));
}

/// One constant for the operators of several hosts may make one line of several.
#[test]
fn several_hosts_of_one_operator_are_noted() {
    let (_, collected) = read_example("cgnat_syslog_juniper", "rows that cannot be");
    let notes = collected.issues.iter().filter(|issue| issue.row.is_none()).count();
    assert_eq!(notes, 1, "{:#?}", collected.issues);
}

/// The folder of real datagrams, where it lies beside the project or `TUTELA_SAMPLES` says so.
fn datagrams() -> Option<PathBuf> {
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples"));
    let samples = std::env::var_os("TUTELA_SAMPLES").map_or(beside, PathBuf::from).join("netflow");
    samples.is_dir().then_some(samples)
}

fn operator() -> Mapping {
    Mapping::of_constants([("operator", "Example Net")])
}

#[test]
fn real_datagrams_are_accounted_for() {
    let Some(folder) = datagrams() else {
        eprintln!("passed over: the sample files do not lie beside this project");
        return;
    };
    let ipfix = tutela_formats::by_id("ipfix_nat").unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "dat") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let read = read_bytes(ipfix, &bytes, Some(&operator()));
        match (name.contains("invalid"), read) {
            (true, Err(_)) => {}
            (true, Ok((summary, _))) => panic!("{name} was read: {summary:?}"),
            // `read_bytes` has checked that each row is in a record or refused.
            (false, Ok(_)) => {
                let chosen = tutela_formats::probe(&bytes, &name).map(|format| format.meta().id);
                assert_eq!(chosen.ok(), Some("ipfix_nat"), "{name}");
            }
            (false, Err(error)) => panic!("{name}: {error}"),
        }
        seen += 1;
    }
    assert!(seen > 0);
}

/// Data after their templates: as many rows as the table beside the samples says. None of them is of a translation.
#[test]
fn real_templates_read_real_data() {
    let Some(folder) = datagrams() else {
        eprintln!("passed over: the sample files do not lie beside this project");
        return;
    };
    let ipfix = tutela_formats::by_id("ipfix_nat").unwrap();
    let cases: &[(&[&str], u64)] = &[
        (&["netflow9_test_cisco_asa_2_tpl_26x", "netflow9_test_cisco_asa_2_data"], 19),
        (&["netflow9_test_valid01"], 7),
        (&["ipfix_test_openbsd_pflow_tpl", "ipfix_test_openbsd_pflow_data"], 26),
        (&["ipfix_test_vmware_vds_tpl", "ipfix_test_vmware_vds_data266_267"], 2),
        (&["ipfix_test_yaf_tpl45841", "ipfix_test_yaf_data45841"], 1),
        (&["ipfix_test_yaf_tpls_option_tpl", "ipfix_test_yaf_data45873"], 1),
        (&["ipfix_test_viptela_tpl257", "ipfix_test_viptela_data257"], 1),
        (&["netflow9_test_h3c_tpl3281", "netflow9_test_h3c_data3281"], 16),
        (&["netflow9_test_ubnt_edgerouter_tpl", "netflow9_test_ubnt_edgerouter_data1024"], 8),
        (&["netflow9_test_paloalto_panos_tpl", "netflow9_test_paloalto_panos_data"], 8),
        (&["netflow9_test_cisco_wlc_tpl", "netflow9_test_cisco_wlc_data261"], 19),
        (&["netflow9_cisco_asr1001x_tpl259"], 25),
        (&["netflow9_test_0length_fields_tpl_data"], 10),
        (&["netflow5_test_juniper_mx80"], 29),
        (&["ipfix"], 12),
    ];
    for (names, rows) in cases {
        let files = names.iter().map(|name| std::fs::read(folder.join(format!("{name}.dat"))).unwrap());
        let bytes = files.collect::<Vec<_>>().concat();
        let (summary, collected) = read_bytes(ipfix, &bytes, Some(&operator())).unwrap();
        assert_eq!(summary.rows, *rows, "{names:?}");
        assert!(collected.issues.iter().all(|issue| !issue.found.contains("of template")), "{names:?}");
    }
}
