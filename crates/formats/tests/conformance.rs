//! One suite for all formats: every example, good, bad and hostile, comes out as it says; every row is accounted for;
//! every record is found again in the bytes of its file; and no damage to a file does harm.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

mod reading;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek, SeekFrom};

use proptest::prelude::*;
use reading::{Columns, info, mapping, open, read_bytes, read_file, small_bytes};
use tutela_formats::{
    Cited, CitedColumn, Content, Example, ExampleKind, Expect, FORMATS, Format, HEAD_BYTES, Limits, Probe, choose,
};
use tutela_model::{TableId, selector, time};

/// Each format with each of its examples.
fn examples() -> impl Iterator<Item = (&'static dyn Format, &'static Example)> {
    FORMATS.iter().flat_map(|format| format.examples().iter().map(|example| (*format, example)))
}

#[test]
fn formats_are_described() {
    let mut ids = BTreeSet::new();
    for format in FORMATS {
        let meta = format.meta();
        assert!(ids.insert(meta.id), "{} twice", meta.id);
        assert!(meta.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'));
        for text in [meta.title, meta.standard, meta.since, meta.manual] {
            assert!(!text.is_empty(), "{}", meta.id);
        }
        assert!(meta.manual.contains("row"), "{} does not say what a row is", meta.id);
        assert!(!format.tables().is_empty());
        for kind in [ExampleKind::Good, ExampleKind::Bad, ExampleKind::Hostile] {
            assert!(format.examples().iter().any(|example| example.kind == kind), "{} has no {kind:?}", meta.id);
        }
        let names: BTreeSet<_> = format.examples().iter().map(|example| example.name).collect();
        assert_eq!(names.len(), format.examples().len(), "{} has two examples of one name", meta.id);
    }
}

#[test]
fn examples_come_out_as_they_say() {
    for (format, example) in examples() {
        let context = format!("{}: {}", format.meta().id, example.name);
        let (mut file, length) = open(example);
        let mapping = mapping(example);
        let read = read_file(format, &mut *file, length, example.file_name, mapping.as_ref());
        match (example.expect, read) {
            (Expect::Refused(words), Err(error)) => {
                let message = error.to_string();
                assert!(message.contains(words), "{context}: {message}");
                assert!(message.contains("expected") || message.contains("limit"), "{context}: {message}");
            }
            (Expect::Read { rows, in_records, refused, records }, Ok((summary, collected))) => {
                let found = (summary.rows, summary.rows_in_records, summary.rows_refused);
                assert_eq!(found, (rows, in_records, refused), "{context}: {:#?}", collected.issues);
                let expected: BTreeMap<_, _> = records.iter().map(|(table, count)| (table.name(), *count)).collect();
                assert_eq!(summary.records, expected, "{context}: {:#?}", collected.issues);
            }
            (Expect::Refused(_), Ok((summary, _))) => panic!("{context}: {summary:?}"),
            (Expect::Read { .. }, Err(error)) => panic!("{context}: {error}"),
        }
    }
}

#[test]
fn the_format_of_an_example_is_found() {
    for (format, example) in examples().filter(|(_, example)| example.kind == ExampleKind::Good) {
        let (mut file, _) = open(example);
        let mut head = Vec::new();
        (&mut *file).take(HEAD_BYTES as u64).read_to_end(&mut head).unwrap();
        let chosen = choose(&head, example.file_name, mapping(example).as_ref());
        let chosen = chosen.map(|chosen| chosen.meta().id).map_err(|error| error.to_string());
        assert_eq!(chosen.as_deref(), Ok(format.meta().id), "{}", example.name);
        for other in FORMATS.iter().filter(|other| other.meta().id != format.meta().id) {
            let probe = other.probe(&head, example.file_name);
            assert!(!matches!(probe, Probe::Yes(_)), "{} also takes {}", other.meta().id, example.name);
        }
    }
}

#[test]
fn what_no_format_knows_is_described() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "an empty file"),
        (b"PK\x03\x04", "unpack it"),
        (b"\xff\xfea\x00", "UTF-8"),
        (b"%PDF-1.7", "a PDF document"),
        (b"{\"a\": 1}", "JSON with unknown keys"),
        (b"<a/>", "XML or HTML"),
        (b"just words", "a text that begins \"just words\""),
        (b"platform;at_utc;ip\n", "table session lacks account_ref"),
        (&[0, 0, 0, 0, 1, 0, 0, 0], "binary data"),
    ];
    for (head, words) in cases {
        let error = choose(head, "file", None).err().unwrap().to_string();
        assert!(error.contains(words), "{error}");
    }
}

/// Reading again with `cite` gives every record of the first reading, with places that say what it says.
#[test]
fn records_are_found_again_in_the_bytes() {
    for (format, example) in examples() {
        let Expect::Read { .. } = example.expect else { continue };
        // A file of 1 GiB is read once, in the test of the examples.
        let (Content::Bytes(_) | Content::Made(_)) = example.content else { continue };
        let context = format!("{}: {}", format.meta().id, example.name);
        let mapping = mapping(example);
        let (mut file, length) = open(example);
        let (_, collected) = read_file(format, &mut *file, length, example.file_name, mapping.as_ref()).unwrap();
        let wanted: BTreeSet<(TableId, u64)> = collected.records.iter().map(|(t, row, _)| (*t, *row)).collect();
        let info = info(example.file_name, length);
        let limits = Limits::default();
        let mut cite = |places: &BTreeMap<u64, u64>| {
            tutela_formats::cite(format, &mut *file, &info, mapping.as_ref(), &limits, &wanted, places).unwrap()
        };
        let cited = cite(&BTreeMap::new());
        let places: BTreeMap<u64, u64> = cited.iter().map(|c| (c.row, c.span.start)).collect();
        assert_eq!(cite(&places), cited, "{context}: with the places of its rows");
        for off in [1, 1 << 40] {
            let wrong = places.iter().map(|(row, place)| (*row, place + off)).collect();
            assert_eq!(cite(&wrong), cited, "{context}: with places that are none");
        }
        let mut expected = collected.records.clone();
        let mut found: Vec<_> = cited.iter().map(|cited| (cited.table, cited.row, columns(cited))).collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{context}");
        for record in &cited {
            assert!(record.span.start < record.span.end && record.span.end <= length, "{context}: {record:?}");
            for column in &record.columns {
                check_place(&mut file, column, length, &context);
            }
        }
    }
}

fn columns(cited: &Cited) -> Columns {
    cited.columns.iter().map(|column| (column.column.to_owned(), column.value.clone())).collect()
}

fn check_place(file: &mut (impl Read + Seek), column: &CitedColumn, length: u64, context: &str) {
    let Some(span) = column.span else {
        assert!(column.rule.is_some(), "{context}: {column:?} comes from nowhere");
        return;
    };
    assert!(span.start < span.end && span.end <= length, "{context}: {column:?}");
    file.seek(SeekFrom::Start(span.start)).unwrap();
    let mut bytes = vec![0; usize::try_from(span.end - span.start).unwrap()];
    file.read_exact(&mut bytes).unwrap();
    let text: String = match String::from_utf8(bytes) {
        Ok(text) => text,
        // The examples in another encoding use letters that Windows-1252 shares with ISO 8859-1.
        Err(error) => error.as_bytes().iter().map(|byte| char::from(*byte)).collect(),
    };
    assert!(says(&text, column), "{context}: {text:?} does not say {column:?}");
}

/// Whether a text of the file says a value, by the rule that is named.
fn says(text: &str, column: &CitedColumn) -> bool {
    let from_json = serde_json::from_str::<String>(&format!("\"{text}\"")).unwrap_or_default();
    let from_csv = text.replace("\"\"", "\"");
    let value = column.value.as_str();
    [text, &from_json, &from_csv].iter().any(|text| {
        let text = text.trim();
        match column.rule {
            None => text.eq_ignore_ascii_case(value),
            Some("the selector in its normal form") => {
                selector::ip(text).is_ok_and(|ip| ip.to_string() == value)
                    || selector::ip_and_port(text).is_ok_and(|(ip, _)| ip.to_string() == value)
                    || selector::email(text).is_ok_and(|email| email == value)
                    || selector::phone(text).is_ok_and(|phone| phone == value)
                    || text.to_lowercase().contains(&value.to_lowercase())
                    || value.to_lowercase().starts_with(&text.to_lowercase())
            }
            Some("the port after the address") => text.ends_with(&format!(":{value}")),
            Some("the time in UTC") => says_time(text, value),
            Some(_) => true,
        }
    })
}

fn says_time(text: &str, value: &str) -> bool {
    let value = time::parse_instant(value).unwrap().micros;
    match time::parse_instant(text) {
        Ok(read) if read.had_zone => read.micros == value,
        // Without a zone, or in a form of the provider's: the digits of the year at least, or a count of seconds.
        _ => {
            let year = time::format_instant(value).get(..4).unwrap_or_default().to_owned();
            let counts = |unit: i64| text.parse().is_ok_and(|count: i64| count.checked_mul(unit) == Some(value));
            text.contains(&year) || counts(1_000_000) || counts(1000)
        }
    }
}

/// The rows of these formats stand for themselves, or are joined whatever their order.
#[test]
fn the_order_of_rows_does_not_matter() {
    for (format, example) in examples().filter(|(_, example)| example.kind == ExampleKind::Good) {
        let Content::Bytes(bytes) = example.content else { continue };
        let Some((head, rows, between)) = split_rows(format.meta().id, bytes) else { continue };
        let mapping = mapping(example);
        let (summary, in_order) = read_bytes(format, bytes, mapping.as_ref()).unwrap();
        for turn in 1..=rows.len() {
            let mut rows = rows.clone();
            rows.rotate_left(turn);
            rows.reverse();
            let mut shuffled = head.clone();
            for row in rows {
                shuffled.extend(row);
                shuffled.extend(between);
            }
            let (other, in_disorder) = read_bytes(format, &shuffled, mapping.as_ref()).unwrap();
            assert_eq!(other.rows, summary.rows, "{}: {}", format.meta().id, example.name);
            assert_eq!(in_disorder.set(), in_order.set(), "{}: {}", format.meta().id, example.name);
        }
    }
}

type Rows = (Vec<u8>, Vec<Vec<u8>>, &'static [u8]);

/// The head of a file, its rows, and what stands between two of them; none where a row may span lines.
fn split_rows(id: &str, bytes: &[u8]) -> Option<Rows> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match id {
        "radius_detail" => {
            let text = std::str::from_utf8(text).ok()?.replace("\r\n", "\n");
            let packets = text.split("\n\n").map(str::trim_end).filter(|packet| !packet.is_empty());
            Some((Vec::new(), packets.map(|packet| packet.as_bytes().to_vec()).collect(), b"\n\n"))
        }
        "cgnat_syslog_juniper" | "cgnat_syslog_cisco" => {
            let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            Some((Vec::new(), lines.map(<[u8]>::to_vec).collect(), b"\n"))
        }
        "csv" | "google_access_log" | "kik_binds" | "roblox_ip" => {
            let quoted_lines = text.split(|byte| *byte == b'"').skip(1).step_by(2).any(|cell| cell.contains(&b'\n'));
            let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
            let mut lines = lines.filter(|line| !line.is_empty()).map(<[u8]>::to_vec);
            let head = [lines.next()?, b"\n".to_vec()].concat();
            (!quoted_lines).then(|| (head, lines.collect(), &b"\n"[..]))
        }
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Cut anywhere, a file is still accounted for row by row, or refused whole.
    #[test]
    fn a_truncated_file_does_no_harm(cut in 0.0..1.0_f64) {
        for (format, example) in examples() {
            let Some(bytes) = small_bytes(example) else { continue };
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a small length")]
            let length = (bytes.len() as f64 * cut) as usize;
            let _ = read_bytes(format, &bytes[..length], mapping(example).as_ref());
        }
    }

    /// The same with any bytes changed.
    #[test]
    fn flipped_bytes_do_no_harm(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        for (format, example) in examples() {
            let Some(mut bytes) = small_bytes(example).filter(|bytes| !bytes.is_empty()) else { continue };
            for (index, byte) in &flips {
                let index = index.index(bytes.len());
                bytes[index] = *byte;
            }
            let _ = read_bytes(format, &bytes, mapping(example).as_ref());
        }
    }

    /// The same with bytes of a format's own marks put in, which reach further than any byte does.
    #[test]
    fn inserted_marks_do_no_harm(
        marks in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(&b"\",;\t\n\r{}[]:\\\0=. 0"[..])), 1..8),
    ) {
        for (format, example) in examples() {
            let Some(mut bytes) = small_bytes(example) else { continue };
            for (index, mark) in &marks {
                let index = index.index(bytes.len() + 1);
                bytes.insert(index, *mark);
            }
            let _ = read_bytes(format, &bytes, mapping(example).as_ref());
        }
    }
}
