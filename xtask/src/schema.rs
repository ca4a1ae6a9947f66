//! The record tables as `schema/*.yaml` states them, read strictly.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::repo;

/// The tables in the order of the manual and of `TableId::ALL`. A new table is one YAML and one line here.
const ORDER: &[&str] = &[
    "referral",
    "account",
    "session",
    "assignment",
    "line",
    "person",
    "relation",
    "precedent",
    "payment",
    "payment_account",
    "payment_seed",
    "message",
    "trip",
    "mention",
    "request",
    "reply",
];

/// What lies beside the tables and is none: the Italian of sentences, for the dossier and the workbench.
const OTHERS: &[&str] = &["sentences.it.json", "sentences.it.tests.json"];

/// Columns that every table gets without stating them.
const PROVENANCE: &[&str] = &["source_id", "row", "byte_offset"];

/// Words that would name a column of message text or media. Those stay in the sealed source.
const CONTENT: &[&str] = &[
    "attachment",
    "bitmap",
    "body",
    "caption",
    "content",
    "image",
    "media",
    "message",
    "photo",
    "picture",
    "preview",
    "text",
    "thumbnail",
    "transcript",
    "video",
];

/// One record table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) table: String,
    pub(crate) title: Label,
    pub(crate) meaning: Label,
    pub(crate) columns: Vec<Column>,
}

/// One column of a record table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Column {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) unit: Option<String>,
    /// The closed list of values; empty means any.
    #[serde(default)]
    pub(crate) values: Vec<String>,
    /// The term of the standard the column follows, or `none`.
    pub(crate) standard: String,
    pub(crate) privacy: Privacy,
    pub(crate) label: Label,
    pub(crate) meaning: Label,
}

/// Words in English and Italian.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Label {
    pub(crate) en: String,
    pub(crate) it: String,
}

/// There is no kind for long text, bytes or pictures, so no column can hold a message or a medium.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Text,
    Integer,
    Instant,
    Date,
    Boolean,
    Decimal,
}

/// How closely a column touches a person.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Privacy {
    Public,
    Pseudonym,
    Personal,
    Special,
}

/// Reads and checks all tables, in their order.
pub(crate) fn read(root: &Path) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    for name in ORDER {
        let path = Path::new("schema").join(format!("{name}.yaml"));
        let table: Table =
            serde_norway::from_str(&repo::text(root, &path)?).with_context(|| path.display().to_string())?;
        ensure!(table.table == *name, "{}: table is {:?}, expected {name:?}", path.display(), table.table);
        tables.push(table);
    }
    check_listed(root)?;
    check(&tables)?;
    Ok(tables)
}

/// A file that nobody lists would be silently ignored.
fn check_listed(root: &Path) -> Result<()> {
    for file in repo::files(root)? {
        let Ok(name) = file.strip_prefix("schema") else { continue };
        if OTHERS.iter().any(|other| name == Path::new(other)) {
            continue;
        }
        let stem = name.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        ensure!(ORDER.contains(&stem), "{}: not listed in ORDER of xtask/src/schema.rs", file.display());
    }
    Ok(())
}

/// The rules that no single column can show.
fn check(tables: &[Table]) -> Result<()> {
    let mut kinds: BTreeMap<&str, (Kind, &str)> = BTreeMap::new();
    for table in tables {
        let mut names = BTreeSet::new();
        for column in &table.columns {
            let at = format!("{}.{}", table.table, column.name);
            ensure!(names.insert(&column.name), "{at}: stated twice");
            ensure!(is_snake_case(&column.name), "{at}: a name is lower-case words joined by _");
            ensure!(!PROVENANCE.contains(&column.name.as_str()), "{at}: every table has this column already");
            ensure!(!holds_content(&column.name), "{at}: records hold no message text and no media");
            let (kind, first) = *kinds.entry(&column.name).or_insert((column.kind, &table.table));
            ensure!(
                kind == column.kind,
                "{at}: type {:?} here and {kind:?} in {first}; a column name has one type everywhere",
                column.kind
            );
            ensure!(column.values.is_empty() || column.kind == Kind::Text, "{at}: only text has a list of values");
            let suffix_fits = match column.kind {
                Kind::Instant => column.name.ends_with("_utc"),
                Kind::Date => column.name.ends_with("_date") || column.name.ends_with("_on"),
                Kind::Text | Kind::Integer | Kind::Boolean | Kind::Decimal => !column.name.ends_with("_utc"),
            };
            ensure!(suffix_fits, "{at}: an instant ends in _utc, a date in _date or _on");
        }
    }
    Ok(())
}

/// `message_ref` and `media_sha256` point at content; `message` and `media_bytes` would be content.
fn holds_content(name: &str) -> bool {
    let points_at = ["_ref", "_md5", "_sha1", "_sha256", "_kind", "_count", "_length"];
    !points_at.iter().any(|suffix| name.ends_with(suffix)) && name.split('_').any(|word| CONTENT.contains(&word))
}

fn is_snake_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop")]

    use super::*;

    fn column(name: &str, extra: &str) -> String {
        format!(
            "  - name: {name}\n    standard: none\n    privacy: public\n    label: {{en: a, it: b}}\n    \
             meaning: {{en: a, it: b}}\n{extra}"
        )
    }

    fn table(name: &str, columns: &str) -> Result<Table> {
        let text = format!("table: {name}\ntitle: {{en: a, it: b}}\nmeaning: {{en: a, it: b}}\ncolumns:\n{columns}");
        Ok(serde_norway::from_str(&text)?)
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let error = table("a", &column("x", "    type: text\n    typo: 1\n")).unwrap_err();
        assert!(error.to_string().contains("typo"), "{error}");
    }

    #[test]
    fn there_is_no_type_for_media_or_long_text() {
        for kind in ["bytes", "binary", "image", "blob", "long_text", "message"] {
            assert!(table("a", &column("x", &format!("    type: {kind}\n"))).is_err(), "{kind}");
        }
    }

    #[test]
    fn a_column_name_has_one_type_everywhere() {
        let a = table("a", &column("port", "    type: integer\n")).unwrap();
        let b = table("b", &column("port", "    type: text\n")).unwrap();
        let error = check(&[a, b]).unwrap_err();
        assert!(error.to_string().contains("one type everywhere"), "{error}");
    }

    #[test]
    fn names_and_provenance_are_checked() {
        for (name, kind, expect) in [
            ("Port", "text", "lower-case"),
            ("row", "integer", "has this column already"),
            ("seen", "instant", "_utc"),
            ("seen_utc", "text", "_utc"),
            ("message_text", "text", "no message text"),
            ("thumbnail", "text", "no media"),
        ] {
            let one = table("a", &column(name, &format!("    type: {kind}\n"))).unwrap();
            let error = check(&[one]).expect_err(name);
            assert!(error.to_string().contains(expect), "{name}: {error}");
        }
    }

    #[test]
    fn references_to_content_are_no_content() {
        for name in ["message_ref", "media_sha256", "contents_kind", "session"] {
            assert!(!holds_content(name), "{name}");
        }
        for name in ["message", "message_body", "image", "photo_bytes"] {
            assert!(holds_content(name), "{name}");
        }
    }

    #[test]
    fn the_schema_of_this_repository_holds() {
        assert_eq!(read(&repo::root()).unwrap().len(), ORDER.len());
    }
}
