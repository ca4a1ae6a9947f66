//! Canonical text: whatever any format reads can be written as CSV with canonical headings and comes back the same.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

mod reading;

use std::collections::BTreeMap;

use proptest::prelude::*;
use reading::{Columns, mapping, open, read_bytes, read_file};
use tutela_formats::{Content, Expect, FORMATS, Mapping};
use tutela_model::money::Amount;
use tutela_model::{ColumnKind, TableId, time};

fn canonical_csv(table: TableId, records: &[Columns]) -> String {
    let names: Vec<&str> = table.table().columns.iter().map(|column| column.name).collect();
    let mut text = format!("{}\n", names.join(","));
    for record in records {
        let cells = names.iter().map(|name| record.get(*name).map_or_else(String::new, |value| quoted(value)));
        text.push_str(&cells.collect::<Vec<_>>().join(","));
        text.push('\n');
    }
    text
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

fn check(table: TableId, records: &[Columns]) {
    let csv = tutela_formats::by_id("csv").unwrap();
    let text = canonical_csv(table, records);
    let chosen = tutela_formats::probe(text.as_bytes(), "any name").map(|format| format.meta().id);
    assert_eq!(chosen.map_err(|error| error.to_string()), Ok("csv".to_owned()).as_deref().map_err(String::clone));
    let stated = Mapping { table: Some(table), ..Mapping::default() };
    for mapping in [None, Some(&stated)] {
        let (summary, collected) = read_bytes(csv, text.as_bytes(), mapping).unwrap();
        assert_eq!(summary.rows_refused, 0, "{text}\n{:#?}", collected.issues);
        assert_eq!(collected.of(table), records);
    }
}

#[test]
fn what_any_format_reads_comes_back_from_canonical_csv() {
    for format in FORMATS {
        for example in format.examples() {
            let (Expect::Read { .. }, Content::Bytes(_)) = (example.expect, example.content) else { continue };
            let (mut file, length) = open(example);
            let mapping = mapping(example);
            let (_, collected) = read_file(*format, &mut *file, length, example.file_name, mapping.as_ref()).unwrap();
            let mut by_table: BTreeMap<TableId, Vec<Columns>> = BTreeMap::new();
            for (table, _, columns) in collected.records {
                by_table.entry(table).or_default().push(columns);
            }
            for (table, mut records) in by_table {
                for record in &mut records {
                    // Where the column is absent, the text states the zone: the canonical file says so.
                    if table == TableId::Session {
                        record.entry("zone_origin".into()).or_insert_with(|| "stated".into());
                    }
                }
                check(table, &records);
            }
        }
    }
}

/// A value of a column as canonical text.
fn value(table: TableId, index: usize) -> BoxedStrategy<String> {
    let column = &table.table().columns[index];
    let port = (1..=u16::MAX).prop_map(|port| port.to_string());
    match (column.name, column.kind) {
        ("ip", _) => any::<std::net::Ipv4Addr>().prop_map(|ip| ip.to_string()).boxed(),
        ("port", _) => port.boxed(),
        (name, ColumnKind::Text) if name.ends_with("currency") => "[A-Z]{3}".boxed(),
        ("port_from", _) => (0..1000_u16).prop_map(|port| port.to_string()).boxed(),
        ("port_to", _) => (1000..=u16::MAX).prop_map(|port| port.to_string()).boxed(),
        ("from_utc" | "until_utc" | "depart_utc" | "arrive_utc", _) => {
            let from = if matches!(column.name, "from_utc" | "depart_utc") { 0 } else { 1 << 40 };
            (from..from + (1_i64 << 40)).prop_map(|seconds| time::format_instant(seconds * 1000)).boxed()
        }
        ("from_date", _) => (0..1000_i32).prop_map(time::format_date).boxed(),
        ("until_date", _) => (1000..90_000_i32).prop_map(time::format_date).boxed(),
        ("kind" | "value", _) if table == TableId::Mention => "[a-z]{1,8}x".boxed(),
        (_, ColumnKind::Text) if !column.values.is_empty() => {
            prop::sample::select(column.values).prop_map(str::to_owned).boxed()
        }
        (_, ColumnKind::Text) => "[^\\s\\x00-\\x1f\\x7f]([ -~\\n\"\u{e0}-\u{ff}]{0,12}[^\\s\\x00-\\x1f\\x7f])?".boxed(),
        (_, ColumnKind::Integer) => (0..i64::MAX).prop_map(|number| number.to_string()).boxed(),
        // The years 1 to 9999 in microseconds.
        (_, ColumnKind::Instant) => {
            (-62_135_596_800_000_000..253_402_300_799_000_000_i64).prop_map(time::format_instant).boxed()
        }
        (_, ColumnKind::Date) => (-700_000..2_900_000_i32).prop_map(time::format_date).boxed(),
        (name, ColumnKind::Decimal) => {
            let limit = 10_i128.pow(33) - 1;
            let from = if name == "balance" { -limit } else { 0 };
            (from..=limit).prop_map(|units| Amount::from_units(units).to_string()).boxed()
        }
        (_, ColumnKind::Boolean) => any::<bool>().prop_map(|yes| yes.to_string()).boxed(),
    }
}

/// Records of one table with all columns.
fn records() -> impl Strategy<Value = (TableId, Vec<Columns>)> {
    prop::sample::select(TableId::ALL).prop_flat_map(|table| {
        let columns: Vec<_> = (0..table.table().columns.len()).map(|index| value(table, index)).collect();
        let name = move |index: usize| table.table().columns[index].name.to_owned();
        let record = columns.prop_map(move |values| {
            values.into_iter().enumerate().map(|(index, value)| (name(index), value)).collect::<Columns>()
        });
        (Just(table), prop::collection::vec(record, 1..5))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn canonical_text_comes_back((table, records) in records()) {
        check(table, &records);
    }
}
