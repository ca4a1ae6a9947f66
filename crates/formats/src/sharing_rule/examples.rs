//! Examples of rules. All invented.

use tutela_model::TableId;

use crate::format::{Content, Example, ExampleKind, Expect};
use crate::hostile;

const MAP: &[u8] = b"\
# Answer to R-7.
kind: map_e
operator: Example Net
rule_ipv6: 2001:db8::/40
rule_ipv4: 192.0.2.0/24
ea_bits: 16
psid_offset: 6
psid_length: 8
subscribers:  # as of the request
  - {line_ref: L-1, prefix: \"2001:DB8:0012:3400::/56\", from: 2026-03-01T00:00:00Z, until: 2026-04-01T00:00:00+02:00}
  # moved in later
  - line_ref: 'L-2'
    prefix: 2001:db8:12:3500::/56
    from: 2026-03-15T10:00:00+01:00
";

const DETERMINISTIC: &[u8] = b"\
kind: deterministic_nat\r
inside: 100.64.0.0/25\r
outside: 203.0.113.0-203.0.113.1\r
ports_per_subscriber: 1008\r
reserved_ports: 1024\r
subscribers:\r
- {line_ref: L-1, inside: 100.64.0.0, from: 2026-03-01T00:00:00Z}\r
- {line_ref: 1002, inside: 100.64.0.127, from: 2026-03-01T00:00:00Z, until: 2026-03-02T00:00:00Z}\r
";

const WHOLE: &[u8] = b"\
kind: map_t
operator: Example Net
rule_ipv6: 2001:db8::/40
rule_ipv4: 192.0.2.0/24
ea_bits: 8
subscribers:
- {line_ref: L-1, prefix: '2001:db8:12::/48', from: 2026-03-01T00:00:00Z}
";

const ROWS: &[u8] = b"\
kind: deterministic_nat
operator: Example Net
inside: 100.64.0.0/25
outside: 203.0.113.0/31
ports_per_subscriber: 1008
subscribers:
- {line_ref: L-1, inside: 100.64.1.0, from: 2026-03-01T00:00:00Z}
- {line_ref: L-1, prefix: '2001:db8::/56', from: 2026-03-01T00:00:00Z}
- {line_ref: L-1, inside: 100.64.0.1, from: 2026-03-01T00:00:00}
- {line_ref: L-1, inside: 100.64.0.1, from: 2026-03-02T00:00:00Z, until: 2026-03-01T00:00:00Z}
- {line_ref: L-1, inside: 100.64.0.1}
- {line_ref: L-1, inside: 100.64.0.1, from: 2026-03-02T00:00:00Z, colour: red}
- {line_ref: '', inside: 100.64.0.1, from: 2026-03-02T00:00:00Z}
- {line_ref: L-1, inside: 100.64.0.0/25, from: 2026-03-02T00:00:00Z}
- L-1
- {line_ref: [
- {line_ref: L-1, inside: 100.64.0.1, from: 2026-03-02T00:00:00Z}
";

/// A rule with another value of one key.
const CONTRADICTION: &[u8] = b"\
kind: map_e
operator: Example Net
rule_ipv6: 2001:db8::/40
rule_ipv4: 192.0.2.0/24
ea_bits: 16
psid_offset: 6
psid_length: 9
subscribers:
- {line_ref: L-1, prefix: '2001:db8:12:3400::/56', from: 2026-03-01T00:00:00Z}
";

const CROWDED: &[u8] = b"\
kind: deterministic_nat
operator: Example Net
inside: 100.64.0.0/16
outside: 203.0.113.0/31
ports_per_subscriber: 1008
subscribers: []
";

const NOT_LAST: &[u8] = b"\
kind: map_e
subscribers:
- {line_ref: L-1}
operator: Example Net
";

const ALIASES: &[u8] = b"\
kind: map_e
operator: Example Net
rule_ipv6: 2001:db8::/40
rule_ipv4: 192.0.2.0/24
ea_bits: 16
psid_offset: 6
subscribers:
- &a [&b [x, x, x, x, x, x, x, x], *b, *b, *b, *b, *b, *b]
- {line_ref: *a, prefix: *a, from: *a}
- {<<: *a}
- [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
- {line_ref: L-1, prefix: '::/0', from: 9999-99-99T00:00:00Z}
- {line_ref: L-1, prefix: '2001:db8:12:3400::/999', from: 2026-03-01T00:00:00Z}
";

const OPERATOR: &str = "constants: {operator: Example Net, request_ref: R-7}";

const fn example(
    kind: ExampleKind,
    name: &'static str,
    content: Content,
    mapping: Option<&'static str>,
    expect: Expect,
) -> Example {
    Example { name, kind, file_name: "rule.yaml", content, mapping, expect }
}

pub(super) static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "sets of ports by MAP-E",
        Content::Bytes(MAP),
        None,
        Expect::Read { rows: 2, in_records: 2, refused: 0, records: &[(TableId::Assignment, 126)] },
    ),
    example(
        ExampleKind::Good,
        "blocks of ports by deterministic NAT",
        Content::Bytes(DETERMINISTIC),
        Some(OPERATOR),
        Expect::Read { rows: 2, in_records: 2, refused: 0, records: &[(TableId::Assignment, 2)] },
    ),
    example(
        ExampleKind::Good,
        "a whole address by MAP-T",
        Content::Bytes(WHOLE),
        None,
        Expect::Read { rows: 1, in_records: 1, refused: 0, records: &[(TableId::Assignment, 1)] },
    ),
    example(
        ExampleKind::Bad,
        "subscribers that cannot be",
        Content::Bytes(ROWS),
        None,
        Expect::Read { rows: 11, in_records: 1, refused: 10, records: &[(TableId::Assignment, 1)] },
    ),
    example(
        ExampleKind::Bad,
        "a length that does not follow from the others",
        Content::Bytes(CONTRADICTION),
        None,
        Expect::Refused("8, which follows from rule_ipv4 and ea_bits"),
    ),
    example(
        ExampleKind::Bad,
        "more inside addresses than blocks",
        Content::Bytes(CROWDED),
        None,
        Expect::Refused("for which the outside ones suffice"),
    ),
    example(
        ExampleKind::Bad,
        "a key after the list",
        Content::Bytes(NOT_LAST),
        Some(OPERATOR),
        Expect::Refused("rule.yaml"),
    ),
    example(
        ExampleKind::Bad,
        "an operator that nobody names",
        Content::Bytes(DETERMINISTIC),
        None,
        Expect::Refused("the operator, here or as a mapping's constant"),
    ),
    example(ExampleKind::Hostile, "zip bomb", hostile::ZIP_BOMB, None, Expect::Refused("a ZIP archive")),
    example(
        ExampleKind::Hostile,
        "aliases, depth and numbers beyond all bounds",
        Content::Bytes(ALIASES),
        None,
        Expect::Read { rows: 6, in_records: 0, refused: 6, records: &[] },
    ),
    example(
        ExampleKind::Hostile,
        "aliases in the head",
        Content::Bytes(
            b"kind: map_e\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b]\nsubscribers:\n- x\n",
        ),
        None,
        Expect::Refused("each with a value of its type"),
    ),
    example(
        ExampleKind::Hostile,
        "an entry of 2 MiB",
        Content::Made(|| {
            let head = WHOLE.split(|byte| *byte == b'-').next().unwrap_or_default();
            [head, b"- {line_ref: \"", &b"L".repeat(2 << 20), b"\"}\n"].concat()
        }),
        None,
        Expect::Read { rows: 1, in_records: 0, refused: 1, records: &[] },
    ),
];
