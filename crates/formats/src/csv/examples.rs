//! Examples of CSV files.

use tutela_model::TableId;

use crate::format::{Content, Example, ExampleKind, Expect};
use crate::hostile::{self, Pieces};

const SESSIONS: &[u8] = b"\
platform,account_ref,at_utc,ip,port,event,user_agent
example_chat,u1,2026-03-02T16:10:00Z,203.0.113.10,50001,login,\"Mozilla/5.0 (X11; \"\"test\"\", like Gecko)\"
example_chat,u1,2026-03-02T18:40:00.25+01:00,2001:DB8::1,,login,
example_chat,u2,2026-03-02 17:40:00 UTC,,,logout,
";

const MAPPING: &str = "\
table: session
encoding: windows-1252
columns: {Data e ora: at_utc, Indirizzo IP: ip, Attivit\u{e0}: event}
constants: {platform: example_chat, account_ref: u1}
dates: {at_utc: {format: '%d/%m/%Y %H:%M:%S', zone: Europe/Rome}}
";

const fn good(name: &'static str, content: &'static [u8], expect: Expect) -> Example {
    Example {
        name,
        kind: ExampleKind::Good,
        file_name: "table.csv",
        content: Content::Bytes(content),
        mapping: None,
        expect,
    }
}

const fn bad(name: &'static str, content: &'static [u8], expect: Expect) -> Example {
    Example { kind: ExampleKind::Bad, ..good(name, content, expect) }
}

const fn hostile(name: &'static str, content: Content, expect: Expect) -> Example {
    Example { kind: ExampleKind::Hostile, content, ..good(name, b"", expect) }
}

const fn all(rows: u64, records: &'static [(TableId, u64)]) -> Expect {
    Expect::Read { rows, in_records: rows, refused: 0, records }
}

const fn some(in_records: u64, refused: u64, records: &'static [(TableId, u64)]) -> Expect {
    Expect::Read { rows: in_records + refused, in_records, refused, records }
}

const ONE_PERSON: &[(TableId, u64)] = &[(TableId::Person, 1)];
const TWO_PEOPLE: &[(TableId, u64)] = &[(TableId::Person, 2)];
const ONE_SESSION: &[(TableId, u64)] = &[(TableId::Session, 1)];

pub(super) static EXAMPLES: &[Example] = &[
    good("sessions", SESSIONS, all(3, &[(TableId::Session, 3)])),
    good(
        "accounts, with semicolons and a byte order mark",
        b"\xef\xbb\xbfplatform;account_ref;handle;display_name;email;phone;created_utc;person_ref\r\n\
          example_chat;u1;kite;;Kite@Example.org;+39 06 555 0100;2020-01-01T00:00:00Z;\r\n\
          example_chat;u2;heron;;not an address;555 0101;;p2\r\n",
        all(2, &[(TableId::Account, 2)]),
    ),
    good(
        "assignments, with tabs, blocks of ports and a network",
        b"operator\tip\tport_from\tport_to\tfrom_utc\tuntil_utc\tline_ref\n\
          isp_one\t203.0.113.7\t1024\t2047\t2026-03-01T00:00:00Z\t2026-03-02T00:00:00Z\tl1\n\
          isp_one\t2001:db8:7::/56\t\t\t2026-03-01T00:00:00Z\t\tl1\n\
          isp_one\t203.0.113.7\t0\t1023\t2026-03-01T00:00:00Z\t\tl2\n",
        all(3, &[(TableId::Assignment, 3)]),
    ),
    good(
        "lines",
        b"operator,line_ref,holder_ref,access_kind,address,address_kind,municipality_code,from_utc,until_utc\n\
          isp_one,l1,p1,Fixed,\"1 Test Road\nTestville\",installation,000000,2019-01-01T00:00:00Z,\n",
        all(1, &[(TableId::Line, 1)]),
    ),
    good(
        "people, headings in any case and order",
        b"Birth_Date | PERSON_REF | sex\n1990-02-28 | p1 | F\n | p2 | \n",
        all(2, TWO_PEOPLE),
    ),
    good(
        "relations",
        b"person_ref,other_ref,kind,from_date,until_date\np1,p2,parent,1990-02-28,\n",
        all(1, &[(TableId::Relation, 1)]),
    ),
    good(
        "precedents",
        b"person_ref,offence_code,decided_on,authority\np1,test-0000,2001-01-31,Test Court\n",
        all(1, &[(TableId::Precedent, 1)]),
    ),
    good(
        "referrals",
        b"referral_ref,kind,reporter,reported_utc,received_utc,incident_kind,urgency\n\
          r1,cybertip,Example Chat,2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,test,\n",
        all(1, &[(TableId::Referral, 1)]),
    ),
    good(
        "mentions take the normal form of their kind",
        b"value,kind,role,at_utc\n\
          example_chat:u1,account,reported,\n\
          2001:DB8::0001,ip,login,2026-03-01T00:00:00Z\n\
          Kite@Example.org,email,reported,\n\
          kite,handle,reported,\n",
        all(4, &[(TableId::Mention, 4)]),
    ),
    good(
        "an earlier export, without a last line end",
        b"person_ref,given_name,source_id,row,byte_offset\np1,Test,00ff,1,50",
        all(1, ONE_PERSON),
    ),
    Example {
        file_name: "accessi.csv",
        mapping: Some(MAPPING),
        ..good(
            "any headings through a mapping",
            b"N.;Data e ora;Indirizzo IP;Attivit\xe0\n\
              1;02/03/2026 17:10:00;203.0.113.10:50001;entrata\n\
              2;29/03/2026 02:30:00;203.0.113.10;the hour that never came\n\
              3;29/03/2026 03:30:00;[2001:db8::1]:50002;perch\xe9 no\n",
            some(2, 1, &[(TableId::Session, 2)]),
        )
    },
    bad(
        "values of the wrong type",
        b"platform,account_ref,at_utc,ip,port,clock_error_s\n\
          example_chat,u1,2026-02-31T10:00:00Z,192.0.2.1,,\n\
          example_chat,u1,2026-03-02T10:00:00,192.0.2.1,,\n\
          example_chat,u1,02/03/2026 10:00,192.0.2.1,,\n\
          example_chat,u1,2026-03-02T25:00:00Z,192.0.2.1,,\n\
          example_chat,u1,2026-03-02T10:00:00Z,fe80::1%eth0,,\n\
          example_chat,u1,2026-03-02T10:00:00Z,192.0.2.256,,\n\
          example_chat,u1,2026-03-02T10:00:00Z,192.0.2.1,70000,\n\
          example_chat,u1,2026-03-02T10:00:00Z,192.0.2.1,0,\n\
          example_chat,u1,2026-03-02T10:00:00Z,192.0.2.1,,-5\n\
          example_chat,u1,2026-03-02T10:00:00Z,192.0.2.1,,1e3\n\
          ,u1,2026-03-02T10:00:00Z,192.0.2.1,,\n\
          example_chat,u1,2026-03-02T10:00:00Z,192.0.2.1,443,5\n",
        some(1, 11, ONE_SESSION),
    ),
    bad(
        "ragged rows",
        b"person_ref,given_name\np1\np2,a,b\np3,a,\np4,a\n\np5,a,,,\n",
        some(3, 2, &[(TableId::Person, 3)]),
    ),
    bad(
        "letters of another encoding",
        b"person_ref,given_name\np1,Nicol\xf2\np2,Nicol\xc3\xb2\n",
        some(1, 1, ONE_PERSON),
    ),
    bad(
        "intervals and words that cannot be",
        b"operator,line_ref,access_kind,from_utc,until_utc\n\
          isp_one,l1,ftth,,\n\
          isp_one,l2,,2026-03-02T00:00:00Z,2026-03-01T00:00:00Z\n\
          isp_one,l3,mobile,2026-03-01T00:00:00Z,2026-03-01T00:00:00Z\n",
        some(1, 2, &[(TableId::Line, 1)]),
    ),
    bad(
        "blocks of ports that cannot be",
        b"operator,ip,port_from,port_to,from_utc,line_ref\n\
          isp_one,203.0.113.7,1024,,2026-03-01T00:00:00Z,l1\n\
          isp_one,203.0.113.7,2048,1024,2026-03-01T00:00:00Z,l1\n\
          isp_one,203.0.113.7/24,,,2026-03-01T00:00:00Z,l1\n\
          isp_one,203.0.113.7,1024,1024,2026-03-01T00:00:00Z,l1\n",
        some(1, 3, &[(TableId::Assignment, 1)]),
    ),
    bad("carriage returns alone", b"person_ref,sex\rp1,F\rp2,M\r", all(2, TWO_PEOPLE)),
    bad("headings of no table", b"name,surname\na,b\n", Expect::Refused("headings name, surname")),
    bad(
        "a column that the table needs is missing",
        b"platform,at_utc,ip\na,2026-03-02T10:00:00Z,192.0.2.1\n",
        Expect::Refused("table session lacks account_ref"),
    ),
    bad(
        "a heading twice",
        b"person_ref,sex,sex\np1,F,M\n",
        Expect::Refused("found two columns with this heading, expected one"),
    ),
    bad("headings alone", b"person_ref,sex\n", all(0, &[])),
    bad("cut in the middle of a row", b"person_ref,sex\np1,F\np2", some(1, 1, ONE_PERSON)),
    bad("cut inside quotes", b"person_ref,sex\np1,F\np2,\"", some(1, 1, ONE_PERSON)),
    Example {
        mapping: Some("table: session\ncolumns: {a: at_utc}\nconstants: {platform: p, account_ref: u}\n"),
        ..bad("a mapping for another file", b"b,c\n1,2\n", Expect::Refused("the heading that the mapping names"))
    },
    hostile("empty", hostile::EMPTY, Expect::Refused("an empty file")),
    hostile("white space", Content::Bytes(b" \r\n\t\n"), Expect::Refused("white space")),
    hostile("zip bomb", hostile::ZIP_BOMB, Expect::Refused("a ZIP archive")),
    hostile("gzip", hostile::GZIP, Expect::Refused("a gzip archive")),
    hostile("UTF-16", Content::Made(|| hostile::utf16("person_ref,sex\np1,F\n")), Expect::Refused("UTF-16 text")),
    hostile(
        "UTF-16 without its mark",
        Content::Made(|| hostile::utf16("person_ref,sex\np1,F\n").split_off(2)),
        Expect::Refused("UTF-16 text"),
    ),
    hostile(
        "NUL bytes",
        Content::Bytes(b"person_ref,given_name\np1,a\x00b\np2,ab\n\x00\x00\n"),
        some(1, 2, ONE_PERSON),
    ),
    hostile(
        "a line of 1 GiB",
        Content::Streamed(|| {
            let row = b"p2,F\n".to_vec();
            Pieces::streamed(vec![
                (b"person_ref,sex\np1,".to_vec(), 1),
                (vec![b'x'; 1 << 20], 1 << 10),
                (b"\n".to_vec(), 1),
                (row, 1),
            ])
        }),
        some(1, 1, ONE_PERSON),
    ),
    hostile(
        "a quote that is never closed, and 64 MiB after it",
        Content::Streamed(|| {
            Pieces::streamed(vec![(b"person_ref,sex\np1,F\np2,\"".to_vec(), 1), (b"p3,F\n".repeat(1 << 17), 100)])
        }),
        some(1, 1, ONE_PERSON),
    ),
    hostile(
        "a row of a million cells",
        Content::Made(|| [b"person_ref,sex\np1".to_vec(), b",".repeat(1_000_000), b"\np2,F\n".to_vec()].concat()),
        some(1, 1, ONE_PERSON),
    ),
    hostile(
        "ten thousand headings",
        Content::Made(|| [b"person_ref".to_vec(), b",x".repeat(10_000), b"\np1\n".to_vec()].concat()),
        Expect::Refused("more than 1024 cells"),
    ),
    hostile(
        "a text that is too long",
        Content::Made(|| [b"person_ref,address\np1,".to_vec(), vec![b'x'; 20_000], b"\np2,x\n".to_vec()].concat()),
        some(1, 1, ONE_PERSON),
    ),
    hostile(
        "a terminal's control characters",
        Content::Bytes(b"person_ref,birth_date\np1,\x1b[2J\x07\n"),
        some(0, 1, &[]),
    ),
];
