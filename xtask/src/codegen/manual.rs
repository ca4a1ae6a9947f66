//! The manual's page of record tables, `docs/src/reference/tables.md`.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::Made;
use crate::schema::{Column, Kind, Privacy, Table};

pub(super) fn make(tables: &[Table]) -> Made {
    let mut text = String::from(
        "<!-- Made by `cargo xtask codegen` from `schema/`; do not edit. -->\n\n\
         # Record tables\n\n\
         A CSV file whose headings are the column names of one table needs no mapping. \
         Required columns are in **bold**; a record without one of them means nothing and is refused.\n\n\
         Every record also carries `source_id` (the SHA-256 of the sealed file), `row` (counted from 1) and \
         `byte_offset` (counted from 0), which Tutela fills in itself.\n\n\
         Types: **text**; **integer** (64-bit, no separators); **instant** (RFC 3339 with a zone, kept in microseconds \
         UTC); **date** (`YYYY-MM-DD`); **boolean** (`true` or `false`); \
         **decimal** (an exact amount such as `1234.50`, at most 15 digits before and 18 after the point, never rounded).\n\n\
         Privacy classes: **public** says nothing of a person; **pseudonym** points at a person without naming one; \
         **personal** names or describes a person and is masked until unmasked with a reason; **special** is criminal \
         data and is masked likewise.\n\n",
    );
    for table in tables {
        let _ = writeln!(text, "* [`{0}`](#{0}): {1}", table.table, table.meaning.en);
    }
    for table in tables {
        let _ = write!(
            text,
            "\n## `{}`\n\n{} / *{}*\n\n{}\n\n*{}*\n\n\
             | column | type | meaning | significato | standard's term | privacy |\n|---|---|---|---|---|---|\n",
            table.table, table.title.en, table.title.it, table.meaning.en, table.meaning.it
        );
        for column in &table.columns {
            text.push_str(&row(column));
        }
    }
    Made { path: PathBuf::from("docs/src/reference/tables.md"), text }
}

fn row(column: &Column) -> String {
    let name = if column.required { format!("**`{}`**", column.name) } else { format!("`{}`", column.name) };
    let mut kind = String::from(kind(column.kind));
    if let Some(unit) = &column.unit {
        let _ = write!(kind, ", {unit}");
    }
    if !column.values.is_empty() {
        let list: Vec<String> = column.values.iter().map(|v| format!("`{v}`")).collect();
        let _ = write!(kind, ": {}", list.join(", "));
    }
    let standard = if column.standard == "none" { "" } else { &column.standard };
    format!(
        "| {name} | {kind} | **{}.** {} | **{}.** {} | {standard} | {} |\n",
        column.label.en,
        column.meaning.en,
        column.label.it,
        column.meaning.it,
        privacy(column.privacy)
    )
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "integer",
        Kind::Instant => "instant",
        Kind::Date => "date",
        Kind::Boolean => "boolean",
        Kind::Decimal => "decimal",
    }
}

fn privacy(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Public => "public",
        Privacy::Pseudonym => "pseudonym",
        Privacy::Personal => "personal",
        Privacy::Special => "special",
    }
}
