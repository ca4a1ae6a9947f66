//! How many threads read a file, and in which pieces, changes nothing of what comes out.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod reading;

use std::io::Cursor;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reading::{Collected, info};
use tutela_formats::{FormatError, Limits, Mapping, ReadSummary};

fn read(text: &[u8], mapping: Option<&Mapping>, limits: &Limits) -> Result<(ReadSummary, Collected), FormatError> {
    let mut out = Collected::default();
    let csv = tutela_formats::by_id("csv").unwrap();
    let info = info("people.csv", text.len() as u64);
    let summary = tutela_formats::read(csv, &mut Cursor::new(text), &info, mapping, limits, &mut out)?;
    Ok((summary, out))
}

/// Rows that are in order, and the worst that can stand between them: quotes in every place, line ends of every kind
/// inside and outside of them, byte order marks, letters cut in two, rows too wide or too long.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        20 => (0..90_u8, 0..3_u8).prop_map(|(n, sex)| {
            format!("p{n},{},x\n", ["F", "M", "odd"].get(usize::from(sex)).unwrap()).into_bytes()
        }),
        4 => Just(b"\"p1\",F,\"a \"\"b\"\"\nc\"\r\n".to_vec()),
        2 => Just(b"p2,F,a\"b\n".to_vec()),
        2 => Just(b"p3,\"F\"odd\",x\r".to_vec()),
        1 => Just(b"\"".to_vec()),
        1 => Just(b"\n\n\r\n".to_vec()),
        1 => Just(b"\xef\xbb\xbf".to_vec()),
        1 => Just(b"p\xff,F,x\n".to_vec()),
        1 => Just(b"p4,F\n".to_vec()),
        1 => Just(b",,,,,,,,,,,,\n".to_vec()),
        1 => Just([b"p5,F,".to_vec(), b"y".repeat(400), b"\n".to_vec()].concat()),
        1 => Just(b"p6,F,\0\n".to_vec()),
    ];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

#[test]
fn threads_and_pieces_change_nothing() {
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let latin = Mapping::from_yaml("encoding: windows-1252").unwrap();
    let strategy = (text(), 2..4_usize, 20..600_usize, 0..8_u64, any::<bool>());
    runner
        .run(&strategy, |(rows, threads, piece_bytes, notes, latin_letters)| {
            let text = [b"person_ref,sex,address\n".to_vec(), rows].concat();
            let mapping = latin_letters.then_some(&latin);
            let limits = Limits { row_bytes: 300, columns: 8, notes, threads: 1, batch_rows: 7, ..Limits::default() };
            let one = read(&text, mapping, &limits);
            let many = read(&text, mapping, &Limits { threads, piece_bytes, batch_rows: 5, ..limits });
            let (Ok((summary, alone)), Ok((counted, together))) = (one, many) else {
                return Err(TestCaseError::fail("a file with headings was refused"));
            };
            prop_assert_eq!(summary, counted);
            prop_assert_eq!(alone.records, together.records);
            prop_assert_eq!(alone.offsets, together.offsets);
            prop_assert_eq!(alone.issues, together.issues);
            Ok(())
        })
        .unwrap();
}
