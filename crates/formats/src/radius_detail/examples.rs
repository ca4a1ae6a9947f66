//! Examples of accounting. All invented.

use tutela_model::TableId;

use crate::format::{Content, Example, ExampleKind, Expect};
use crate::hostile::{self, Pieces};

const SESSIONS: &[u8] = b"\
Mon Mar  2 17:00:00 2026
\tAcct-Status-Type = Start
\tUser-Name = \"l1@isp.example\"
\tNAS-IP-Address = 192.0.2.1
\tFramed-IP-Address = 203.0.113.10
\tFramed-IPv6-Prefix = 2001:db8:10::/64
\tDelegated-IPv6-Prefix = 2001:db8:1000::/56
\tAcct-Session-Id = \"S1\"
\tAcct-Unique-Session-Id = \"00000000000000000000000000000001\"
\tTimestamp = 1772467200

Mon Mar  2 17:30:00 2026
\tAcct-Status-Type = Interim-Update
\tUser-Name = \"l1@isp.example\"
\tNAS-IP-Address = 192.0.2.1
\tFramed-IP-Address = 203.0.113.10
\tFramed-IPv6-Prefix = 2001:db8:10::/64
\tDelegated-IPv6-Prefix = 2001:db8:1000::/56
\tAcct-Session-Id = \"S1\"
\tAcct-Unique-Session-Id = \"00000000000000000000000000000001\"
\tAcct-Session-Time = 1800
\tTimestamp = 1772469000

Mon Mar  2 18:30:30 2026
\tAcct-Status-Type = Stop
\tUser-Name = \"l1@isp.example\"
\tNAS-IP-Address = 192.0.2.1
\tFramed-IP-Address = 203.0.113.10
\tAcct-Session-Id = \"S1\"
\tAcct-Unique-Session-Id = \"00000000000000000000000000000001\"
\tAcct-Session-Time = 5400
\tAcct-Delay-Time = 30
\tTimestamp = 1772472630

Mon Mar  2 18:31:00 2026
\tAcct-Status-Type = ::Start
\tUser-Name = \"l2@isp.example\"
\tNAS-IP-Address = 192.0.2.1
\tFramed-IP-Address = 203.0.113.10
\tAcct-Session-Id = \"S2\"
\tEvent-Timestamp = \"Mar  2 2026 17:31:00 UTC\"

Mon Mar  2 18:40:00 2026
\tAcct-Status-Type = Stop
\tUser-Name = \"l3@isp.example\"
\tNAS-IP-Address = 192.0.2.1
\tFramed-IP-Address = 203.0.113.12
\tAcct-Session-Id = \"S3\"
\tAcct-Session-Time = 600
\tTimestamp = 1772473200
";

const PORTS: &[u8] = b"\
Mon Mar  2 17:00:00 2026
\tAcct-Status-Type = Start
\tUser-Name = \"l1\"
\tNAS-Identifier = \"cgn1.isp.example\"
\tFramed-IP-Address = 100.64.0.10
\tAcct-Session-Id = \"S1\"
\tIP-Port-Range-Ext-IPv4-Addr = 203.0.113.7
\tIP-Port-Range-Range-Start = 1024
\tIP-Port-Range-Range-End = 1535
\tIP-Port-Range-Alloc = 1
\tTimestamp = 1772467200

Mon Mar  2 17:10:00 2026
\tAcct-Status-Type = Interim-Update
\tUser-Name = \"l1\"
\tNAS-Identifier = \"cgn1.isp.example\"
\tFramed-IP-Address = 100.64.0.10
\tAcct-Session-Id = \"S1\"
\tAcct-Session-Time = 600
\tIP-Port-Range = { Ext-IPv4-Addr = 203.0.113.7, Range-Start = 2048, Range-End = 2559, Alloc = Allocation }
\tTimestamp = 1772467800

Mon Mar  2 17:20:00 2026
\tAcct-Status-Type = Interim-Update
\tUser-Name = \"l1\"
\tNAS-Identifier = \"cgn1.isp.example\"
\tFramed-IP-Address = 100.64.0.10
\tAcct-Session-Id = \"S1\"
\tAcct-Session-Time = 1200
\tIP-Port-Range.Ext-IPv4-Addr = 203.0.113.7
\tIP-Port-Range.Range-Start = 2048
\tIP-Port-Range.Range-End = 2559
\tIP-Port-Range.Alloc = 2
\tTimestamp = 1772468400

Mon Mar  2 17:30:00 2026
\tAcct-Status-Type = Stop
\tUser-Name = \"l1\"
\tNAS-Identifier = \"cgn1.isp.example\"
\tAcct-Session-Id = \"S1\"
\tAcct-Session-Time = 1800
\tTimestamp = 1772469000
";

const RESTART: &[u8] = b"\
Mon Mar  2 17:00:00 2026\r
\tAcct-Status-Type = Start\r
\tUser-Name = \"l1@isp.example\"\r
\tNAS-IP-Address = 192.0.2.1\r
\tFramed-IP-Address = 203.0.113.10\r
\tAcct-Session-Id = \"00000001\"\r
\tTimestamp = 1772467200\r
\r
Mon Mar  2 17:30:00 2026\r
\tAcct-Status-Type = Accounting-On\r
\tNAS-IP-Address = 192.0.2.1\r
\tTimestamp = 1772469000\r
\r
Mon Mar  2 17:40:00 2026\r
\tAcct-Status-Type = Start\r
\tUser-Name = \"l1@isp.example\"\r
\tNAS-IP-Address = 192.0.2.1\r
\tFramed-IP-Address = 203.0.113.11\r
\tAcct-Session-Id = \"00000001\"\r
\tTimestamp = 1772469600\r
\r
Mon Mar  2 17:50:00 2026\r
\tAcct-Status-Type = Stop\r
\tUser-Name = \"l1@isp.example\"\r
\tNAS-IP-Address = 192.0.2.1\r
\tFramed-IP-Address = 203.0.113.11\r
\tAcct-Session-Id = \"00000001\"\r
\tAcct-Session-Time = 600\r
\tTimestamp = 1772470200\r
";

const BROKEN: &[u8] = b"\
Mon Mar  2 17:00:00 2026
\tAcct-Status-Type = Failed
\tTimestamp = 1772467200

Mon Mar  2 17:00:00 2026
\tUser-Name = \"l1@isp.example\"
\tTimestamp = 1772467200

Mon Mar  2 17:00:00 2026
\tAcct-Status-Type = Start
\tUser-Name = \"l1@isp.example\"
\tFramed-IP-Address = 203.0.113.10
\tAcct-Session-Id = \"S1\"

Mon Mar  2 17:00:00 2026
\tAcct-Status-Type = Start
\tUser-Name = \"l1@isp.example\"
\tFramed-IP-Address = 203.0.113.300
\tAcct-Session-Id = \"S1\"
\tTimestamp = 1772467200

Mon Mar  2 17:00:00 2026
\tAcct-Status-Type = Start
\tFramed-IP-Address = 203.0.113.10
\tAcct-Session-Id = \"S1\"
\tTimestamp = 1772467200

Mon Mar  2 17:00:00 2026
\tAcct-Status-Type = Start
\tUser-Name = \"l1@isp.example\"
\tFramed-IP-Address = 203.0.113.10
\tTimestamp = 1772467200

Mon Mar  2 17:00:00 2026
\tAcct-Status-Type = Start
\tUser-Name = \"l1@isp.example\"
\tAcct-Session-Id = \"S1\"
\tIP-Port-Range-Ext-IPv4-Addr = 203.0.113.7
\tIP-Port-Range-Range-Start = 2048
\tTimestamp = 1772467200

Mon Mar  2 17:00:00 2026
\tAcct-Status-Type = Start
\tUser-Name = \"never-an-address@isp.example\"
\tFramed-IP-Address = 255.255.255.254
\tAcct-Session-Id = \"S2\"
\tTimestamp = 1772467200
Mon Mar  2 17:00:00 2026
\tAcct-Status-Type = Stop
\tUser-Name = \"never-an-address@isp.example\"
\tAcct-Session-Id = \"S2\"
\tTimestamp = 1772467300

Mon Mar  2 17:00:00 2026
\tAcct-Status-Type = Accounting-Off
\tTimestamp = 1772467300

words

Mon Mar  2 17:00:00 2026
\tAcct-Status-Type = Start
\tUser-Name = \"l1@isp.example\"
\tFramed-IP-Address = 203.0.113.10
\tAcct-Session-Id = \"S1\"
\tTimestamp = 1772467200";

const fn example(kind: ExampleKind, name: &'static str, content: Content, expect: Expect) -> Example {
    Example { name, kind, file_name: "detail-20260302", content, mapping: None, expect }
}

const fn read(in_records: u64, refused: u64, assignments: &'static [(TableId, u64)]) -> Expect {
    Expect::Read { rows: in_records + refused, in_records, refused, records: assignments }
}

const ONE: &[(TableId, u64)] = &[(TableId::Assignment, 1)];

/// A good packet, without its last blank line.
const PACKET: &[u8] = b"Mon Mar  2 17:00:00 2026\n\tAcct-Status-Type = Start\n\tUser-Name = \"l1@isp.example\"\n\
\tFramed-IP-Address = 203.0.113.10\n\tAcct-Session-Id = \"S1\"\n\tTimestamp = 1772467200\n";

pub(super) static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "sessions with and without Start and Stop",
        Content::Bytes(SESSIONS),
        read(5, 0, &[(TableId::Assignment, 5)]),
    ),
    example(ExampleKind::Good, "blocks of ports", Content::Bytes(PORTS), read(4, 0, &[(TableId::Assignment, 2)])),
    example(
        ExampleKind::Good,
        "a server that restarts and uses a name again",
        Content::Bytes(RESTART),
        read(4, 0, &[(TableId::Assignment, 2)]),
    ),
    Example {
        mapping: Some("constants: {operator: isp_one, request_ref: q1}\ndates: {from_utc: {zone: Europe/Rome}}\n"),
        ..example(
            ExampleKind::Good,
            "the operator and the zone of the first line from a mapping",
            Content::Bytes(
                b"Mon Mar  2 17:00:00 2026\n Acct-Status-Type = Start\n User-Name = l1@isp.example\n\
                  \x20Framed-IPv6-Address = 2001:DB8::1\n Acct-Session-Id = S1\n",
            ),
            read(1, 0, ONE),
        )
    },
    example(ExampleKind::Bad, "packets that cannot be", Content::Bytes(BROKEN), read(1, 11, ONE)),
    example(
        ExampleKind::Bad,
        "cut inside the last packet",
        Content::Made(|| [PACKET, b"\n", &PACKET[..PACKET.len() - 3]].concat()),
        read(1, 1, ONE),
    ),
    example(
        ExampleKind::Bad,
        "carriage returns alone",
        Content::Made(|| {
            [PACKET, b"\n", PACKET].concat().iter().map(|b| if *b == b'\n' { b'\r' } else { *b }).collect()
        }),
        read(2, 0, ONE),
    ),
    example(ExampleKind::Hostile, "empty", hostile::EMPTY, Expect::Refused("an empty file")),
    example(ExampleKind::Hostile, "gzip", hostile::GZIP, Expect::Refused("a gzip archive")),
    example(
        ExampleKind::Hostile,
        "a line of 1 GiB",
        Content::Streamed(|| {
            let long = b"\nMon Mar  2 17:00:00 2026\n\tUser-Name = \"".to_vec();
            Pieces::streamed(vec![
                (PACKET.to_vec(), 1),
                (long, 1),
                (vec![b'x'; 1 << 20], 1 << 10),
                (b"\"\n\n".to_vec(), 1),
                (PACKET.to_vec(), 1),
            ])
        }),
        read(2, 1, ONE),
    ),
    example(
        ExampleKind::Hostile,
        "NUL bytes, half letters and braces in braces",
        Content::Made(|| {
            let deep =
                [b"Mon\n\tAcct-Status-Type = Start\n\tIP-Port-Range = ".to_vec(), b"{a=".repeat(10_000)].concat();
            [b"Mon\n\tUser-Name = \"\x00\"\n\nMon\n\tUser-Name = \"\xff\"\n\n", deep.as_slice(), b"\n\n", PACKET]
                .concat()
        }),
        read(1, 3, ONE),
    ),
    example(
        ExampleKind::Hostile,
        "a session that begins a thousand times",
        Content::Made(|| {
            let packet = |number: u64| {
                format!(
                    "Mon\n\tAcct-Status-Type = {}\n\tUser-Name = \"l1@isp.example\"\n\tFramed-IP-Address = 203.0.113.10\n\
                     \tAcct-Session-Id = \"S1\"\n\tAcct-Session-Time = {number}\n\tTimestamp = {}\n\n",
                    number % 3 + 1,
                    1_772_467_200 + number * 1000,
                )
            };
            (0..1000).map(packet).collect::<String>().into_bytes()
        }),
        read(1000, 0, &[(TableId::Assignment, 667)]),
    ),
];
