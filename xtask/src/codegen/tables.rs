//! Rust for `crates/model/src/tables.rs`: one file a table, laid out as rustfmt would.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::Made;
use crate::schema::{Column, Kind, Label, Privacy, Table};

const FOLDER: &str = "crates/model/src/tables";

/// The `max_width` of `rustfmt.toml`.
const LINE_WIDTH: usize = 120;

/// The index file and one file a table.
pub(super) fn make(tables: &[Table]) -> Vec<Made> {
    let mut made = vec![Made { path: PathBuf::from(format!("{FOLDER}.rs")), text: index(tables) }];
    for table in tables {
        made.push(Made { path: PathBuf::from(format!("{FOLDER}/{}.rs", table.table)), text: module(table) });
    }
    made
}

fn index(tables: &[Table]) -> String {
    let mut text = String::from(
        "//! The record tables. Made by `cargo xtask codegen` from `schema/`; do not edit.\n\n\
         use schemars::JsonSchema;\n\
         use serde::{Deserialize, Serialize};\n\n\
         use crate::table::Table;\n\n",
    );
    let mut names: Vec<&str> = tables.iter().map(|t| t.table.as_str()).collect();
    names.sort_unstable();
    for name in names {
        let _ = writeln!(text, "pub mod {name};");
    }
    text.push_str(
        "\n/// The name of a record table.\n\
         #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]\n\
         #[serde(rename_all = \"snake_case\")]\npub enum TableId {\n",
    );
    for table in tables {
        let _ = writeln!(text, "    /// {}\n    {},", table.meaning.en, variant(&table.table));
    }
    text.push_str("}\n\nimpl TableId {\n    /// Every table, in the order of the manual.\n");
    text.push_str("    pub const ALL: &'static [TableId] = &[\n");
    for table in tables {
        let _ = writeln!(text, "        TableId::{},", variant(&table.table));
    }
    text.push_str(
        "    ];\n\n    /// What the table holds.\n    pub fn table(self) -> &'static Table {\n        match self {\n",
    );
    for table in tables {
        let _ = writeln!(text, "            TableId::{} => &{}::TABLE,", variant(&table.table), table.table);
    }
    text.push_str("        }\n    }\n}\n");
    text
}

fn module(table: &Table) -> String {
    let mut text = format!(
        "//! {}\n//!\n//! Made by `cargo xtask codegen` from `schema/{}.yaml`; do not edit.\n\n\
         use crate::table::{{Column, ColumnKind, Label, Privacy, Table}};\n\n\
         use super::TableId;\n\n",
        table.meaning.en, table.table
    );
    for (at, column) in table.columns.iter().enumerate() {
        let _ = writeln!(text, "/// {}", column.meaning.en);
        let _ = writeln!(text, "pub const {}: usize = {at};", column.name.to_uppercase());
    }
    let count = table.columns.len();
    let _ = write!(
        text,
        "/// How many columns the table has before the three of provenance.\n\
         pub const COLUMNS: usize = {count};\n\n\
         /// The table itself.\n\
         pub static TABLE: Table = Table {{\n    id: TableId::{},\n    name: {:?},\n{}{}    columns: &[\n",
        variant(&table.table),
        table.table,
        label("title", &table.title, 4),
        label("meaning", &table.meaning, 4),
    );
    for column in &table.columns {
        text.push_str(&column_literal(column));
    }
    text.push_str("    ],\n};\n");
    text
}

fn column_literal(column: &Column) -> String {
    let unit = column.unit.as_ref().map_or("None".to_owned(), |u| format!("Some({u:?})"));
    format!(
        "        Column {{\n            name: {:?},\n            kind: ColumnKind::{},\n            required: {},\n            \
         unit: {unit},\n            values: {},\n            standard: {:?},\n            privacy: Privacy::{},\n{}{}        }},\n",
        column.name,
        kind(column.kind),
        column.required,
        values(&column.values),
        column.standard,
        privacy(column.privacy),
        label("label", &column.label, 12),
        label("meaning", &column.meaning, 12),
    )
}

fn label(field: &str, label: &Label, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let line = format!("{pad}{field}: Label {{ en: {:?}, it: {:?} }},\n", label.en, label.it);
    // The newline is no part of the width.
    if line.chars().count() <= LINE_WIDTH + 1 {
        return line;
    }
    format!("{pad}{field}: Label {{\n{pad}    en: {:?},\n{pad}    it: {:?},\n{pad}}},\n", label.en, label.it)
}

fn values(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|v| format!("{v:?}")).collect();
    let line = format!("&[{}]", quoted.join(", "));
    // The field's indent, its name and the comma; a list that is too long is written one value a line.
    if line.chars().count() + 21 <= LINE_WIDTH {
        return line;
    }
    let lines: String = quoted.iter().map(|v| format!("                {v},\n")).collect();
    format!("&[\n{lines}            ]")
}

/// `public_wifi` becomes `PublicWifi`.
fn variant(name: &str) -> String {
    let mut out = String::new();
    for word in name.split('_') {
        let mut letters = word.chars();
        out.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "Text",
        Kind::Integer => "Integer",
        Kind::Instant => "Instant",
        Kind::Date => "Date",
        Kind::Boolean => "Boolean",
        Kind::Decimal => "Decimal",
    }
}

fn privacy(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Public => "Public",
        Privacy::Pseudonym => "Pseudonym",
        Privacy::Personal => "Personal",
        Privacy::Special => "Special",
    }
}
