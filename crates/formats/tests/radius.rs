//! RADIUS accounting: the intervals that come out, whatever the packets go through on their way.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod reading;

use std::fmt::Write as _;

use proptest::prelude::*;
use reading::read_bytes;
use tutela_model::TableId;

const BASE: i64 = 1_772_467_200;

/// A packet in short: what, when (seconds after the base), what it says of user, name, length and address.
#[derive(Clone, Debug)]
struct Packet {
    status: &'static str,
    at: i64,
    user: &'static str,
    session: &'static str,
    length: Option<i64>,
    more: String,
}

fn packet(status: &'static str, at: i64, session: &'static str, length: Option<i64>, more: &str) -> Packet {
    Packet { status, at, user: "l1@isp", session, length, more: more.to_owned() }
}

const A: &str = "Framed-IP-Address = 203.0.113.10";
const B: &str = "Framed-IP-Address = 203.0.113.11";

fn text(packets: &[Packet]) -> String {
    let mut text = String::new();
    for packet in packets {
        let Packet { status, at, user, session, length, more } = packet;
        write!(text, "Mon Mar  2 17:00:00 2026\n\tAcct-Status-Type = {status}\n\tNAS-IP-Address = 192.0.2.1\n")
            .unwrap();
        if !session.is_empty() {
            write!(text, "\tUser-Name = \"{user}\"\n\tAcct-Session-Id = \"{session}\"\n").unwrap();
        }
        if let Some(length) = length {
            writeln!(text, "\tAcct-Session-Time = {length}").unwrap();
        }
        for line in more.split('|').filter(|line| !line.is_empty()) {
            writeln!(text, "\t{line}").unwrap();
        }
        write!(text, "\tTimestamp = {}\n\n", BASE + at).unwrap();
    }
    text
}

/// The assignments: address with ports, beginning and end in seconds after the base.
fn intervals(text: &str) -> Vec<String> {
    let radius = tutela_formats::by_id("radius_detail").unwrap();
    let (_, collected) = read_bytes(radius, text.as_bytes(), None).unwrap();
    let seconds = |text: &String| tutela_model::time::parse_instant(text).unwrap().micros / 1_000_000 - BASE;
    let mut all: Vec<String> = collected
        .of(TableId::Assignment)
        .iter()
        .map(|columns| {
            let ports = match columns.get("port_from") {
                Some(from) => format!(":{from}-{}", columns["port_to"]),
                None => String::new(),
            };
            let until = columns.get("until_utc").map(|until| seconds(until).to_string()).unwrap_or_default();
            let ip = columns["ip"].trim_start_matches("203.0.113.");
            format!("{} {ip}{ports} {}..{until}", columns["line_ref"], seconds(&columns["from_utc"]))
        })
        .collect();
    all.sort();
    all
}

type Case = (&'static str, Vec<Packet>, Vec<&'static str>);

/// Each case comes out as it says, also with its packets in other orders.
fn check(cases: Vec<Case>) {
    for (name, mut packets, expected) in cases {
        let mut expected: Vec<String> = expected.iter().map(|text| (*text).to_owned()).collect();
        expected.sort();
        for turn in 0..packets.len() {
            packets.rotate_left(1);
            if turn % 2 == 1 {
                packets.reverse();
            }
            assert_eq!(intervals(&text(&packets)), expected, "{name}, turn {turn}");
        }
    }
}

/// What a session's own packets say of its beginning and end.
#[test]
fn sessions_become_intervals() {
    check(vec![
        (
            "Start and Stop",
            vec![packet("Start", 0, "s", None, A), packet("Stop", 600, "s", Some(600), A)],
            vec!["l1 10 0..600"],
        ),
        (
            "no Stop: the end is not known",
            vec![packet("Start", 0, "s", None, A), packet("3", 300, "s", Some(300), A)],
            vec!["l1 10 0.."],
        ),
        ("no Start", vec![packet("Stop", 600, "s", Some(500), A)], vec!["l1 10 100..600"]),
        ("neither", vec![packet("3", 300, "s", Some(200), A), packet("3", 400, "s", Some(301), A)], vec!["l1 10 99.."]),
        ("a Stop that says nothing of the length", vec![packet("Stop", 600, "s", None, A)], vec!["l1 10 600..600"]),
    ]);
}

/// A packet that was held up does not move a beginning or an end by much.
#[test]
fn late_packets_do_not_stretch_a_session() {
    check(vec![
        (
            "a packet sent again, late",
            vec![
                packet("Start", 0, "s", None, A),
                packet("Start", 20, "s", None, &format!("{A}|Acct-Delay-Time = 20")),
                packet("Stop", 600, "s", Some(600), A),
                packet("Stop", 630, "s", Some(600), A),
            ],
            vec!["l1 10 0..600"],
        ),
        (
            "a Stop that waited without saying so",
            vec![packet("Start", 0, "s", None, A), packet("Stop", 1600, "s", Some(600), A)],
            vec!["l1 10 0..600"],
        ),
        (
            "a Start that waited without saying so",
            vec![packet("Start", 900, "s", None, A), packet("Stop", 1600, "s", Some(1600), A)],
            vec!["l1 10 900..1600"],
        ),
    ]);
}

/// Servers count their sessions anew after a restart.
#[test]
fn a_name_used_again_is_another_session() {
    check(vec![
        (
            "a name used again",
            vec![
                packet("Start", 0, "s", None, A),
                packet("Stop", 600, "s", Some(600), A),
                packet("Start", 1000, "s", None, B),
                packet("Stop", 2000, "s", Some(1000), B),
            ],
            vec!["l1 10 0..600", "l1 11 1000..2000"],
        ),
        (
            "a name used again, whose second Start is lost",
            vec![
                packet("Start", 0, "s", None, A),
                packet("Stop", 600, "s", Some(600), A),
                packet("3", 1500, "s", Some(500), B),
                packet("Stop", 2000, "s", Some(1000), B),
            ],
            vec!["l1 10 0..600", "l1 11 1000..2000"],
        ),
        (
            "a name used again, whose first Stop is lost",
            vec![
                packet("Start", 0, "s", None, A),
                packet("Start", 1000, "s", None, B),
                packet("Stop", 2000, "s", Some(1000), B),
            ],
            vec!["l1 10 0..", "l1 11 1000..2000"],
        ),
    ]);
}

/// What a session holds, and what ends it from outside.
#[test]
fn addresses_and_ports_come_and_go() {
    check(vec![
        (
            "the address comes with the first update",
            vec![
                packet("Start", 0, "s", None, ""),
                packet("3", 60, "s", Some(60), A),
                packet("Stop", 600, "s", Some(600), ""),
            ],
            vec!["l1 10 0..600"],
        ),
        (
            "the address changes",
            vec![
                packet("Start", 0, "s", None, A),
                packet("3", 300, "s", Some(300), B),
                packet("Stop", 600, "s", Some(600), B),
            ],
            vec!["l1 10 0..300", "l1 11 300..600"],
        ),
        (
            "the server restarts",
            vec![
                packet("Start", 0, "s", None, A),
                packet("3", 300, "s", Some(300), A),
                packet("Accounting-On", 200, "", None, ""),
                packet("Accounting-Off", 900, "", None, ""),
            ],
            vec!["l1 10 0..900"],
        ),
        (
            "the next holder does not end a session",
            vec![packet("Start", 0, "s", None, A), Packet { user: "l2@isp", ..packet("Start", 900, "t", None, A) }],
            vec!["l1 10 0..", "l2 10 900.."],
        ),
    ]);
}

/// Blocks of ports of a translator, and networks of IPv6.
#[test]
fn blocks_and_networks_are_held() {
    check(vec![
        (
            "a block of ports is given and taken back",
            vec![
                packet("Start", 0, "s", None, "Framed-IP-Address = 100.64.0.1"),
                packet(
                    "3",
                    100,
                    "s",
                    Some(100),
                    "IP-Port-Range = { Ext-IPv4-Addr = 203.0.113.7, Range-Start = 1024, Range-End = 2047, Alloc = 1 }",
                ),
                packet(
                    "3",
                    200,
                    "s",
                    Some(200),
                    "IP-Port-Range = { Ext-IPv4-Addr = 203.0.113.7, Range-Start = 1024, Range-End = 2047, Alloc = 1 }",
                ),
                packet(
                    "3",
                    300,
                    "s",
                    Some(300),
                    "IP-Port-Range = { Ext-IPv4-Addr = 203.0.113.7, Range-Start = 1024, Range-End = 2047, Alloc = 2 }",
                ),
                packet(
                    "3",
                    400,
                    "s",
                    Some(400),
                    "IP-Port-Range = { Ext-IPv4-Addr = 203.0.113.7, Range-Start = 1024, Range-End = 2047, Alloc = 1 }",
                ),
                packet("Stop", 600, "s", Some(600), ""),
            ],
            vec!["l1 7:1024-2047 100..300", "l1 7:1024-2047 400..600"],
        ),
        (
            "two blocks in one packet, and one taken back that was given before the file",
            vec![
                packet(
                    "3",
                    100,
                    "s",
                    Some(300),
                    "IP-Port-Range-Ext-IPv4-Addr = 203.0.113.7|IP-Port-Range-Start = 0|IP-Port-Range-End = 1023|IP-Port-Range-Ext-IPv4-Addr = 203.0.113.7|IP-Port-Range-Start = 1024|IP-Port-Range-End = 2047|IP-Port-Range-Alloc = Deallocation",
                ),
                packet("Stop", 600, "s", Some(800), ""),
            ],
            vec!["l1 7:0-1023 -200..600", "l1 7:1024-2047 -200..100"],
        ),
        (
            "networks",
            vec![
                packet(
                    "Start",
                    0,
                    "s",
                    None,
                    "Framed-IPv6-Prefix = 2001:db8:1::/64|Delegated-IPv6-Prefix = 2001:DB8:1:100::1/56|Framed-IPv6-Address = 2001:db8::5",
                ),
                packet("Stop", 600, "s", Some(600), ""),
            ],
            vec!["l1 2001:db8:1:100::/56 0..600", "l1 2001:db8:1::/64 0..600", "l1 2001:db8::5 0..600"],
        ),
    ]);
}

/// The intervals that are stated beside the sample file.
#[test]
fn the_sample_file_gives_its_intervals() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples/radius/detail_v3.txt");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("passed over: the sample files do not lie beside this project");
        return;
    };
    let expected = ["line-0001 10 0..5400", "line-0002 11 60..9060", "line-0003 10 5460..9000"];
    assert_eq!(intervals(&text), expected);
}

#[test]
fn operator_and_line_come_from_the_user_or_the_mapping() {
    let radius = tutela_formats::by_id("radius_detail").unwrap();
    let file = text(&[packet("Start", 0, "s", None, A)]);
    let read = |file: &str, mapping: Option<&tutela_formats::Mapping>| {
        let (_, collected) = read_bytes(radius, file.as_bytes(), mapping).unwrap();
        let columns = collected.of(TableId::Assignment).remove(0);
        (columns["operator"].clone(), columns["line_ref"].clone())
    };
    let pair = |operator: &str, line: &str| (operator.to_owned(), line.to_owned());
    assert_eq!(read(&file, None), pair("isp", "l1"));
    let mapping = tutela_formats::Mapping::of_constants([("operator", "isp_one")]);
    assert_eq!(read(&file, Some(&mapping)), pair("isp_one", "l1@isp"));
    assert_eq!(read(&file.replace("@isp", ""), None), pair("192.0.2.1", "l1"));
    assert_eq!(read(&file.replace("\"l1@isp\"", "\"ISP\\\\l1@isp\""), None), pair("isp", "ISP\\l1"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Sessions of several lines come out the same from packets in any order.
    #[test]
    fn the_order_of_packets_does_not_matter(
        kinds in prop::collection::vec((0..4_usize, 0..40_i64, 0..3_usize, prop::option::of(0..40_i64), 0..4_usize), 1..24),
        order in any::<prop::sample::Index>(),
    ) {
        let packets: Vec<Packet> = kinds.iter().map(|(status, at, session, length, more)| {
            let status = ["Start", "Interim-Update", "Stop", "Accounting-On"][*status];
            let session = if status == "Accounting-On" { "" } else { ["s", "t", "u"][*session] };
            let more = ["", A, B, "IP-Port-Range = { Ext-IPv4-Addr = 203.0.113.7, Range-Start = 1024, Range-End = 2047, Alloc = 2 }"][*more];
            packet(status, at * 70, session, length.map(|length| length * 70), more)
        }).collect();
        let mut shuffled = packets.clone();
        let turn = order.index(shuffled.len());
        shuffled.rotate_left(turn);
        shuffled.reverse();
        let half = shuffled.len() / 2;
        shuffled.swap(0, half);
        prop_assert_eq!(intervals(&text(&packets)), intervals(&text(&shuffled)));
    }
}
