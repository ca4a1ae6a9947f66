//! Typesetting to PDF/A, with Typst as a library.
//!
//! A template gets its values as JSON, and nothing else: it can reach no file, no network, no package and no clock, and a
//! value is text whatever it looks like. Fonts are the ones that come with the library, so that every machine gives the
//! same bytes.

use std::sync::LazyLock;

use serde_json::Value;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::ReportError;

/// The longest text that is set of one value, in characters.
const LONGEST: usize = 1200;
/// A word longer than that may be broken. What somebody will copy, as keys, signatures and digests, is not.
const WORD: usize = 36;
/// Where keys and signatures stand.
const COPIED: [&str; 4] = ["checkpoint", "key", "root", "origin"];
/// Renderings that a layout computed for one may serve another.
const KEEP: usize = 2;

/// The fonts that come with the library.
static FONTS: LazyLock<(LazyHash<FontBook>, Vec<Font>)> = LazyLock::new(|| {
    let fonts: Vec<Font> = typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).collect();
    (LazyHash::new(FontBook::from_fonts(&fonts)), fonts)
});

/// A template with the files it reads.
pub(crate) struct Template<'a> {
    /// The Typst source.
    pub(crate) source: &'a str,
    /// The files that it may read, by name; all JSON.
    pub(crate) files: Vec<(&'static str, Value)>,
    /// What the document is, for its identifier: the same document has the same.
    pub(crate) ident: String,
    /// The moment that stands in the document as its date, RFC 3339 in UTC.
    pub(crate) utc: &'a str,
}

/// How carefully text is chosen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    /// Every character that some font has.
    Fonts,
    /// Letters, digits and signs of European scripts only.
    Plain,
}

/// Sets a template as PDF/A-2a. Returns the file and how many pages it has.
///
/// # Errors
/// Where the template or a value cannot be set.
pub(crate) fn pdf(template: &Template<'_>) -> Result<Vec<u8>, ReportError> {
    // A mark that no font can join to the letter before it is found only while the page is set.
    set(template, Care::Fonts).or_else(|_| set(template, Care::Plain))
}

fn set(template: &Template<'_>, care: Care) -> Result<Vec<u8>, ReportError> {
    let world = Fixed::new(template, care)?;
    let complain = |errors: typst::ecow::EcoVec<typst::diag::SourceDiagnostic>| {
        let said: Vec<&str> = errors.iter().map(|e| e.message.as_str()).collect();
        ReportError::Typeset(said.join("; "))
    };
    let document = typst::compile(&world).output.map_err(complain)?;
    let standards =
        PdfStandards::new(&[PdfStandard::A_2a]).map_err(|e| ReportError::Typeset(e.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(template.ident.clone()),
        creator: Smart::Custom(Some(format!("Tutela {}", env!("CARGO_PKG_VERSION")))),
        timestamp: moment(template.utc).map(Timestamp::new_utc),
        page_ranges: None,
        standards,
        tagged: true,
        pretty: false,
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(complain);
    // Layouts are remembered over renderings; a server that runs for months must not keep them all.
    typst::comemo::evict(KEEP);
    pdf
}

fn moment(utc: &str) -> Option<Datetime> {
    let part = |from: usize, to: usize| utc.get(from..to)?.parse::<u8>().ok();
    Datetime::from_ymd_hms(
        utc.get(0..4)?.parse().ok()?,
        part(5, 7)?,
        part(8, 10)?,
        part(11, 13)?,
        part(14, 16)?,
        part(17, 19)?,
    )
}

/// A world without a file system, a network or a clock.
struct Fixed {
    library: LazyHash<Library>,
    main: Source,
    files: Vec<(FileId, Bytes)>,
    date: Option<Datetime>,
}

impl Fixed {
    fn new(template: &Template<'_>, care: Care) -> Result<Self, ReportError> {
        let id = |name: &str| {
            let path = VirtualPath::new(name).map_err(|e| ReportError::Typeset(format!("{name}: {e:?}")))?;
            Ok::<_, ReportError>(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
        };
        let file = |(name, value): &(&str, Value)| {
            let mut value = value.clone();
            make_safe(&mut value, care, false);
            Ok((id(name)?, Bytes::from_string(value.to_string())))
        };
        Ok(Self {
            library: LazyHash::new(Library::default()),
            main: Source::new(id("dossier.typ")?, template.source.to_owned()),
            files: template.files.iter().map(file).collect::<Result<_, ReportError>>()?,
            date: moment(template.utc),
        })
    }
}

impl World for Fixed {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.0
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = self.files.iter().find(|(known, _)| *known == id);
        found.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.1.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        self.date
    }
}

/// Makes every text of a value one that can be set: nothing invisible, nothing that turns the direction of writing, no
/// character without a glyph, no endless word. What is replaced stays readable as its number.
fn make_safe(value: &mut Value, care: Care, whole: bool) {
    match value {
        Value::String(text) => *text = safe(text, care, whole),
        Value::Array(items) => items.iter_mut().for_each(|item| make_safe(item, care, whole)),
        Value::Object(fields) => {
            for (name, field) in fields {
                make_safe(field, care, COPIED.contains(&name.as_str()));
            }
        }
        _ => {}
    }
}

fn safe(text: &str, care: Care, whole: bool) -> String {
    let whole = whole || text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let mut out = String::with_capacity(text.len());
    let mut word = 0;
    for (at, c) in text.chars().enumerate() {
        if at == LONGEST {
            out.push_str(&format!(" … ({})", text.chars().count()));
            break;
        }
        word = if c.is_whitespace() { 0 } else { word + 1 };
        if !whole && word > WORD && word % 14 == 0 {
            // A place where the line may break; it has no width and no glyph.
            out.push('\u{200B}');
        }
        match c {
            '\n' | '\t' | ' ' | '\u{A0}' => out.push(if c == '\u{A0}' { c } else { ' ' }),
            c if is_shown(c, care) => out.push(c),
            c => out.push_str(&format!("[U+{:04X}]", u32::from(c))),
        }
    }
    out
}

fn is_shown(c: char, care: Care) -> bool {
    let code = u32::from(c);
    if c.is_ascii_graphic() {
        return true;
    }
    let hidden = c.is_control()
        || matches!(code, 0xAD | 0x61C | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFE00..=0xFE0F | 0xFEFF)
        || matches!(code, 0xE000..=0xF8FF | 0xFFF0..=0xFFFF | 0xE_0000..);
    let plain =
        matches!(code, 0x20..=0x24F | 0x370..=0x3FF | 0x400..=0x45F | 0x2010..=0x2027 | 0x20AC | 0x2192 | 0x2212);
    !hidden && (plain || care == Care::Fonts) && FONTS.1.iter().any(|f| f.info().coverage.contains(code))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]

    use super::*;

    fn one(text: &str) -> Result<Vec<u8>, ReportError> {
        pdf(&Template {
            source: "#set document(title: \"x\")\n#let d = json(\"data.json\")\n#d.text\n\n#raw(d.text)",
            files: vec![("data.json", serde_json::json!({ "text": text }))],
            ident: "one".to_owned(),
            utc: "2026-05-04T10:00:00Z",
        })
    }

    #[test]
    fn hostile_text_is_set_as_text() {
        let long = "x".repeat(100_000);
        for text in [
            "#panic(\"no\") $ unclosed [ *bold_ `raw @label <label> \\ // /* ",
            "#read(\"/etc/passwd\")",
            "\u{202E}desrever\u{202C} \u{0}\u{7}\u{1B}[31m",
            "اسم طويل עברית 名前 😀 e\u{301}\u{301}\u{301}\u{20E3}",
            "\u{E000}\u{FFFF}\u{10FFFF}",
            &long,
            "",
        ] {
            let pdf = one(text).unwrap();
            assert!(pdf.starts_with(b"%PDF-1."), "{text}");
            assert_eq!(pdf, one(text).unwrap(), "the same bytes twice: {text}");
        }
    }

    #[test]
    fn what_cannot_be_shown_stays_readable_as_its_number() {
        assert_eq!(safe("a\u{202E}b\u{0}c", Care::Fonts, false), "a[U+202E]b[U+0000]c");
        assert_eq!(safe("名", Care::Fonts, false), "[U+540D]");
        assert_eq!(safe("Müller, Łódź, Αθήνα, Москва €", Care::Plain, false), "Müller, Łódź, Αθήνα, Москва €");
        let digest = "0".repeat(64);
        assert_eq!(safe(&digest, Care::Plain, false), digest, "a digest can be copied");
        assert!(safe(&"y".repeat(64), Care::Plain, false).contains('\u{200B}'));
        assert!(safe(&"y".repeat(5000), Care::Plain, false).ends_with("… (5000)"));
    }

    #[test]
    fn a_template_reaches_no_file_but_its_own() {
        for source in
            ["#read(\"/etc/passwd\")", "#import \"@preview/cetz:0.3.0\"", "#image(\"a.png\")", "#read(\"other.json\")"]
        {
            let template = Template { source, files: Vec::new(), ident: "x".to_owned(), utc: "2026-05-04T10:00:00Z" };
            assert!(matches!(pdf(&template), Err(ReportError::Typeset(_))), "{source}");
        }
    }
}
