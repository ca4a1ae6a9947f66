//! Examples of datagrams, put together from numbers. All invented.

use tutela_model::TableId;

use crate::format::{Content, Example, ExampleKind, Expect};
use crate::hostile::{self, Pieces};

const OPERATOR: &str = "constants: {operator: Example Net, request_ref: R-7}";
/// 2026-03-02T16:10:00Z.
const SENT_S: u32 = 1_772_467_800;
const SENT_MS: u64 = 1_772_467_800_000;

fn set(id: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 4).unwrap_or(u16::MAX);
    [&id.to_be_bytes()[..], &length.to_be_bytes(), body].concat()
}

fn template(id: u16, fields: &[(u16, u16)]) -> Vec<u8> {
    let count = u16::try_from(fields.len()).unwrap_or(u16::MAX);
    let head = [id.to_be_bytes(), count.to_be_bytes()].concat();
    let fields = fields.iter().flat_map(|(element, length)| [element.to_be_bytes(), length.to_be_bytes()].concat());
    head.into_iter().chain(fields).collect()
}

fn ipfix(domain: u32, sets: &[Vec<u8>]) -> Vec<u8> {
    let sets = sets.concat();
    let length = u16::try_from(sets.len() + 16).unwrap_or(u16::MAX);
    let head =
        [&10_u16.to_be_bytes()[..], &length.to_be_bytes(), &SENT_S.to_be_bytes(), &[0; 4], &domain.to_be_bytes()];
    [head.concat(), sets].concat()
}

fn netflow9(count: u16, uptime_ms: u32, sets: &[Vec<u8>]) -> Vec<u8> {
    let head = [
        &9_u16.to_be_bytes()[..],
        &count.to_be_bytes(),
        &uptime_ms.to_be_bytes(),
        &SENT_S.to_be_bytes(),
        &[0; 4],
        &7_u32.to_be_bytes(),
    ];
    [head.concat(), sets.concat()].concat()
}

/// Blocks of ports: time, event, inside, outside, first and last port.
const BLOCKS: &[(u16, u16)] = &[(323, 8), (230, 1), (8, 4), (225, 4), (361, 2), (362, 2)];

fn block(after_s: u64, event: u8, inside: u8, ports: (u16, u16)) -> Vec<u8> {
    [
        &(SENT_MS + after_s * 1000).to_be_bytes()[..],
        &[event, 100, 64, 1, inside, 203, 0, 113, 9],
        &ports.0.to_be_bytes(),
        &ports.1.to_be_bytes(),
    ]
    .concat()
}

fn blocks() -> Vec<u8> {
    let records = [
        block(0, 16, 2, (1024, 1535)),
        block(1800, 16, 2, (1024, 1535)),
        block(3600, 17, 2, (1024, 1535)),
        block(3700, 16, 3, (1024, 1535)),
    ];
    // An options template with its record, and padding, are no rows.
    let options = [&[1, 1, 0, 2, 0, 1][..], &[0, 143, 0, 4, 0, 160, 0, 8]].concat();
    let scope = [&1_u32.to_be_bytes()[..], &SENT_MS.to_be_bytes()].concat();
    let first = ipfix(1, &[set(2, &template(256, BLOCKS)), set(3, &options), set(257, &scope)]);
    let second = ipfix(1, &[set(256, &[records.concat(), vec![0; 3]].concat())]);
    [first, second].concat()
}

/// A session with a field of an enterprise's own and one of any length, and the same port in another VRF.
fn sessions() -> Vec<u8> {
    let fields = [
        &256_u16.to_be_bytes()[..],
        &8_u16.to_be_bytes(),
        &[0x80, 1, 0xff, 0xff, 0, 0, 0x30, 0x39],
        &[0, 230, 0, 1, 1, 67, 0, 8, 0, 8, 0, 4, 0, 225, 0, 4, 0, 227, 0, 2, 0, 4, 0, 1, 0, 234, 0, 4],
    ]
    .concat();
    let session = |event: u8, after_s: u64, vrf: u32| {
        [
            &[3, b'a', b'b', b'c', event][..],
            &(SENT_MS + after_s * 1000).to_be_bytes(),
            &[100, 64, 1, 2, 203, 0, 113, 9, 0x10, 0x92, 6],
            &vrf.to_be_bytes(),
        ]
        .concat()
    };
    let records = [session(4, 0, 0), session(4, 5, 5), session(5, 60, 0)].concat();
    ipfix(1, &[set(2, &fields), set(256, &records)])
}

/// Flows of NetFlow 9 with times since the exporter began, and one to IPv6.
fn flows() -> Vec<u8> {
    let fields = template(300, &[(22, 4), (21, 4), (8, 4), (225, 4), (227, 2), (4, 1)]);
    let flow = |from_ms: u32, to_ms: u32, port: u16| {
        let times = [from_ms.to_be_bytes(), to_ms.to_be_bytes()].concat();
        [&times[..], &[100, 64, 1, 2, 203, 0, 113, 9], &port.to_be_bytes(), &[17]].concat()
    };
    let records = [flow(1000, 5000, 4242), flow(2000, 2000, 4243)].concat();
    [
        netflow9(3, 10_000, &[set(0, &fields), set(300, &[records.clone(), vec![0; 2]].concat())]),
        netflow9(1, 20_000, &[set(300, &records)]),
    ]
    .concat()
}

fn bad() -> Vec<u8> {
    let records = [
        block(0, 16, 2, (1024, 1535)),
        block(0, 3, 2, (1024, 1535)),
        block(0, 14, 2, (1024, 1535)),
        block(0, 16, 2, (1535, 1024)),
        block(0, 17, 9, (1024, 1535)),
        block(100_000_000_000, 16, 2, (1024, 1535)),
    ];
    let not_translated = template(258, &[(8, 4), (12, 4)]);
    [
        ipfix(1, &[set(256, &[1; 24])]),
        ipfix(1, &[set(2, &[template(256, BLOCKS), not_translated].concat()), set(256, &records.concat())]),
        // The template of another exporter is not this one's.
        ipfix(2, &[set(256, &block(0, 16, 2, (1024, 1535)))]),
        ipfix(1, &[set(258, &[100, 64, 1, 2, 198, 51, 100, 1])]),
        // A withdrawn template.
        ipfix(1, &[set(2, &[1, 0, 0, 0]), set(256, &block(0, 16, 2, (1024, 1535)))]),
    ]
    .concat()
}

fn hostile_sets() -> Vec<u8> {
    [
        // No length, a length beyond the message, templates that are cut off, fields that are, a record of no bytes.
        ipfix(1, &[vec![1, 0, 0, 0, 1, 2, 3, 4]]),
        ipfix(1, &[vec![1, 0, 0xff, 0xff, 1, 2, 3, 4]]),
        ipfix(1, &[set(2, &[1, 0, 0xff, 0xff, 0, 8, 0, 4])]),
        ipfix(1, &[set(2, &template(259, &[(82, 0xffff), (8, 4)])), set(259, &[200, 1, 2, 3, 4, 5])]),
        ipfix(1, &[set(2, &template(260, &[(8, 0)])), set(260, &[1, 2, 3, 4])]),
        ipfix(1, &[set(9, &[1, 2, 3, 4])]),
        ipfix(1, &[vec![0; 8]]),
        ipfix(1, &[]),
    ]
    .concat()
}

fn v5(count: u16) -> Vec<u8> {
    let head = [&5_u16.to_be_bytes()[..], &count.to_be_bytes(), &[0, 0, 0x10, 0], &SENT_S.to_be_bytes(), &[0; 12]];
    [head.concat(), vec![1; 96]].concat()
}

const fn example(
    kind: ExampleKind,
    name: &'static str,
    content: Content,
    mapping: Option<&'static str>,
    expect: Expect,
) -> Example {
    Example { name, kind, file_name: "nat.dat", content, mapping, expect }
}

pub(super) static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "blocks given, sent again, taken back, and one still held",
        Content::Made(blocks),
        Some(OPERATOR),
        Expect::Read { rows: 4, in_records: 4, refused: 0, records: &[(TableId::Assignment, 2)] },
    ),
    example(
        ExampleKind::Good,
        "sessions in two VRFs",
        Content::Made(sessions),
        Some(OPERATOR),
        Expect::Read { rows: 3, in_records: 3, refused: 0, records: &[(TableId::Assignment, 2)] },
    ),
    example(
        ExampleKind::Good,
        "flows of NetFlow 9",
        Content::Made(flows),
        Some(OPERATOR),
        Expect::Read { rows: 4, in_records: 4, refused: 0, records: &[(TableId::Assignment, 4)] },
    ),
    example(
        ExampleKind::Bad,
        "no template, another exporter's, no translation, other events",
        Content::Made(bad),
        Some(OPERATOR),
        Expect::Read { rows: 10, in_records: 1, refused: 9, records: &[(TableId::Assignment, 1)] },
    ),
    example(
        ExampleKind::Bad,
        "an operator that nobody names",
        Content::Made(blocks),
        None,
        Expect::Refused("the operator, as operator among the constants"),
    ),
    example(
        ExampleKind::Bad,
        "NetFlow 5",
        Content::Made(|| v5(2)),
        Some(OPERATOR),
        Expect::Read { rows: 2, in_records: 0, refused: 2, records: &[] },
    ),
    example(
        ExampleKind::Bad,
        "a header that counts neither records nor sets",
        Content::Made(|| netflow9(7, 0, &[set(0, &template(300, &[(8, 4)])), set(300, &[100, 64, 1, 2])])),
        Some(OPERATOR),
        Expect::Refused("a header of 7 records before 2 in 2 sets"),
    ),
    example(
        ExampleKind::Hostile,
        "lengths that lie",
        Content::Made(hostile_sets),
        Some(OPERATOR),
        Expect::Read { rows: 6, in_records: 0, refused: 6, records: &[] },
    ),
    example(
        ExampleKind::Hostile,
        "NetFlow 5 with more records than bytes",
        Content::Made(|| v5(55_582)),
        Some(OPERATOR),
        Expect::Refused("more than there are bytes for"),
    ),
    example(
        ExampleKind::Hostile,
        "a datagram that ends in the middle",
        Content::Made(|| blocks().into_iter().take(130).collect()),
        Some(OPERATOR),
        Expect::Refused("whole datagrams"),
    ),
    example(
        ExampleKind::Hostile,
        "100 MiB of data without a template",
        Content::Streamed(|| Pieces::streamed(vec![(ipfix(1, &[set(256, &[1; 65_000])]), 1600)])),
        Some(OPERATOR),
        Expect::Read { rows: 1600, in_records: 0, refused: 1600, records: &[] },
    ),
    example(ExampleKind::Hostile, "zip bomb", hostile::ZIP_BOMB, Some(OPERATOR), Expect::Refused("a ZIP archive")),
];
