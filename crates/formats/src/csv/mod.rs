//! Comma-separated values: tables with our own headings, or with any headings through a mapping file.

mod cells;
mod examples;
mod plan;

use tutela_model::TableId;

use crate::error::FormatError;
use crate::format::{Example, Format, FormatMeta, Probe};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::mapping::{Encoding, Mapping};
use crate::sink::Sink;
use crate::source::Source;
use crate::tabular::{DELIMITERS, Headings, Records, Window};

use plan::Plan;

pub(crate) static FORMAT: Csv = Csv;

pub(crate) struct Csv;

static META: FormatMeta = FormatMeta {
    id: "csv",
    title: "CSV or TSV, with canonical headings or a mapping file",
    standard: "RFC 4180",
    since: "0.1",
    manual: "\
A row is one data row; the first line holds headings and is no row. Blank lines are none either.

**Canonical headings.** Where the headings are the names of a table's columns, nothing else is needed. The set of
headings says which table it is, not the file's name: a table fits if all the columns it needs are there, and of several
that fit the one with most known headings is meant. `--table` settles what is left open. Case and outer spaces do not
matter, nor does the order. The delimiter (`,` `;` `|` or tab) is found from the headings. Other headings are not read,
and a note says so; `source_id`, `row` and `byte_offset` of an earlier export are passed over. An empty cell is absent.

| type | canonical text |
|---|---|
| text | as it stands, without outer spaces, without NUL |
| integer | digits, with `-` before a negative number |
| instant | RFC 3339 in UTC, `2024-03-31T07:26:53Z`, up to six decimals. Any offset is read; ` UTC` may stand for `Z` and a space for `T`. A time without a zone is refused |
| date | `2024-03-31` |
| boolean | `true` or `false` |
| decimal | an exact amount, `1234.50`: digits and one point, at most 15 before and 18 after it; never rounded, and negative only in `balance` |
| account of a payment | an IBAN without spaces, an e-mail address after `email:`, a telephone number after `phone:`; else as it stands |
| address | dotted IPv4, or IPv6 as RFC 5952 has it; in `assignment.ip` also a network such as `2001:db8:1::/56`. A scope (`%eth0`) is refused |
| port | 1 to 65535; `port_from` also 0 |
| e-mail, phone | the normal form; what has none is kept as written, with a note |

`session.zone_origin` is `stated` where the column is absent, since the text states the zone. An interval that ends
before it begins, half a block of ports, or a word outside a closed list is refused.

**Any other headings** are read through a mapping file: which heading fills which column, constants, date formats with
their zone, delimiter, encoding (UTF-8, Windows-1252, ISO 8859-1) and decimal sign. There an address may be followed by
its port (`192.0.2.1:443`, `[2001:db8::1]:443`), and `zone_origin` becomes `provider_rule` where the mapping's zone was
used. For payments it can also join cells (date and time in two columns), give words for words, drop the sign between
thousands, read a negative amount as a debit, take headings that a file may lack, and name the columns of a file that has no
headings. `tutela formats` lists the mappings that come with Tutela: `--mapping NAME` reads through one.

**Refused rows.** Another number of cells than headings, letters that are not UTF-8, NUL, a value that is not of its
column's type, a row longer than the limit, a quote that the file ends in.",
};

impl Format for Csv {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        let headings = Headings::probe(head, sniff(head, None));
        match plan::fits(&headings).first() {
            Some(fit) if fit.missing.is_empty() && fit.unknown <= fit.known => {
                Probe::Yes(format!("its headings are columns of {}", fit.table).into())
            }
            Some(fit) if fit.missing.is_empty() => {
                Probe::Maybe(format!("{} of its headings are columns of {}", fit.known, fit.table).into())
            }
            _ => Probe::No,
        }
    }

    fn tables(&self) -> &'static [TableId] {
        TableId::ALL
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let mapping = source.mapping().cloned();
        let file_name = source.info().file_name.clone();
        let mut window = Window::new(source);
        let delimiter = sniff(window.peek()?, mapping.as_ref());
        let encoding = mapping.as_ref().map_or(Encoding::Utf8, |mapping| mapping.encoding);
        let mut records = Records::new(window, delimiter, encoding, limits)?;
        let headings = match mapping.as_ref().filter(|mapping| !mapping.headings.is_empty()) {
            Some(mapping) => Headings::new(mapping.headings.iter().map(String::as_str)),
            None => records.headings(&file_name)?,
        };
        let plan = match &mapping {
            Some(mapping) if mapping.maps_columns() => Plan::mapped(&headings, mapping, &file_name)?,
            _ => Plan::canonical(&headings, mapping.as_ref(), &file_name)?,
        };
        for heading in &plan.unread {
            out.note(Refusal::row(heading.as_bytes(), format_args!("a column of {}; it is not read", plan.table)))?;
        }
        records.rows_in_pieces(headings.len(), out, |row, view| plan.read(row, view))
    }

    fn examples(&self) -> &'static [Example] {
        examples::EXAMPLES
    }
}

/// What the headings of a CSV are and which table they come near to, for the message that no format fits.
pub(crate) fn describe_headings(head: &[u8]) -> Option<String> {
    let headings = Headings::probe(head, sniff(head, None));
    (headings.len() > 1).then(|| plan::describe(&headings))
}

/// The delimiter under which most headings are known; of equals, that under which there are most headings.
fn sniff(head: &[u8], mapping: Option<&Mapping>) -> u8 {
    if let Some(delimiter) = mapping.and_then(|mapping| mapping.delimiter) {
        return u8::try_from(delimiter).unwrap_or(b',');
    }
    let score = |delimiter: &u8| {
        let headings = Headings::probe(head, *delimiter);
        let known = match mapping.filter(|mapping| mapping.maps_columns()) {
            Some(mapping) => {
                let named = mapping.columns.keys().chain(mapping.joined.values().flatten());
                named.filter(|heading| headings.find(heading).is_some()).count()
            }
            None => plan::fits(&headings).first().map_or(0, |fit| fit.known),
        };
        (known, headings.len())
    };
    let best = DELIMITERS.iter().rev().max_by_key(|delimiter| score(delimiter));
    best.copied().unwrap_or(b',')
}
