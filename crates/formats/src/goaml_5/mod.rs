//! goAML reports (UNODC, version 5): transactions with their parties, in the two-party and the multi-party form.

mod examples;
mod party;
mod transaction;

use tutela_model::time::Zone;
use tutela_model::{TableId, referral};

use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::format::{Example, Format, FormatMeta, Probe};
use crate::iso_20022;
use crate::issue::excerpt;
use crate::limits::Limits;
use crate::put::{self, BY_CONSTANT, BY_FORMAT};
use crate::sink::{Row, RowAt, Sink};
use crate::source::{Source, Span};
use crate::tabular::Cell;
use crate::whole::Whole;
use crate::xml::{Next, Node, Trees};

pub(crate) static FORMAT: Goaml5 = Goaml5;

pub(crate) struct Goaml5;

static META: FormatMeta = FormatMeta {
    id: "goaml_5",
    title: "Suspicious-transaction reports (goAML 5)",
    standard: "UNODC goAML schema 5.0, roots `report` and `reportdata`",
    since: "0.1",
    manual: "\
A row is the head of a report, one `transaction`, or one `report_party` of an `activity`. Both forms are read: `t_from`, `t_to` (and
`*_my_client`), and `involved_parties`.

| record | from |
|---|---|
| `referral` | the head, where it has an `entity_reference` |
| `payment` | each transaction |
| `payment_account` | each party that has an account, a virtual address, a document, a telephone number or an e-mail address |
| `session` | each `ip_address` of a party's `network_device`, with its `cgn_port`, at `first_seen_date` and `last_seen_date`; only where these state their zone or the mapping does |
| `mention` | those addresses (`ip`, and `ip_port` with the port), `virtual_address` (`wallet`), accounts in social media (`account`), e-mail addresses and telephone numbers. `role` is what the party does in the transaction |

| column of `payment` | from |
|---|---|
| `amount`, `currency` | `amount_local`; `currency_code_local` of the head, or the mapping's constant `currency` |
| `instructed_amount` | `foreign_amount` of the sending side |
| `at_utc`, `booked_date` | `date_transaction`. Times without an offset are local: only the day is kept, unless the mapping states the zone: `dates: {at_utc: {zone: Europe/Rome}}` |
| `debtor_account`, `creditor_account` | of an account its `iban`, else `account`; else `virtual_address`; of a person `document:` with country and number, else `phone:`, else `email:`. A name alone is no account |
| `channel`, `purpose` | `transmode_code`, `transaction_type_code` |
| `referral_ref`, `provider` | `entity_reference`, `rentity_id` |

In the multi-party form `role` says who pays: `RMITR`, `ORDER`, `SENDER`, `PAYER`, `DEBTOR`, `FROM`; and who is paid: `BNFCR`,
`BENEF`, `RECVR`, `PAYEE`, `CREDIT`, `TO`, each also as the beginning of a longer code. Other roles give their accounts and
mentions, not a side of the payment; a note says so.

`-` means unknown. Nationality, gender, occupation and the words of `reason`, `comments` and descriptions are not read. Code lists
differ from country to country and are kept as they are.

**Refused.** Other roots that call themselves goAML, and namespaces: the schema has none. A document type (DOCTYPE).",
};

const HEAD: [&str; 7] = [
    "rentity_id",
    "entity_reference",
    "report_code",
    "submission_date",
    "report_date",
    "currency_code_local",
    "fiu_ref_number",
];
const PARTS: [&str; 3] = ["transaction", "report_party", "reporting_person"];

impl Format for Goaml5 {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let has = |mark: &[u8]| memchr::memmem::find(head, mark).is_some();
        if !text.starts_with(b"<") {
            return Probe::No;
        }
        let root = has(b"<report>") || has(b"<report ") || has(b"<reportdata");
        if root && (has(b"<rentity_id") || has(b"<transactionnumber") || has(b"<currency_code_local")) {
            return Probe::Yes("the root and the head of a goAML report".into());
        }
        if has(b"goAMLReport") || has(b"unodc.org/goaml") {
            return Probe::Maybe("it calls itself goAML".into());
        }
        Probe::No
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Referral, TableId::Session, TableId::Payment, TableId::PaymentAccount, TableId::Mention]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let mapping = source.mapping().cloned();
        let file_name = source.info().file_name.clone();
        let whole = Whole::read(source, limits, "bytes of an XML file")?;
        check_root(&whole, &file_name)?;
        let mut trees = Trees::new(&whole, &file_name, limits);
        let constant = |name| mapping.as_ref().and_then(|mapping| mapping.constant(name)).map(str::to_owned);
        let mut report = Report {
            zone: mapping.as_ref().and_then(|mapping| mapping.zone("at_utc")),
            currency: constant("currency"),
            ..Report::default()
        };
        let wanted: Vec<&str> = HEAD.iter().chain(&PARTS).copied().collect();
        let mut row = 0;
        loop {
            match trees.next(&wanted, &["report"])? {
                Next::End => break,
                Next::Mark(span) => {
                    report.end_head(&mut row, out)?;
                    (report.head, report.span, report.is_read) = (Vec::new(), span, false);
                }
                Next::Tree(tree) if tree.is("reporting_person") => {}
                Next::Tree(tree) if HEAD.iter().any(|name| tree.is(name)) => report.head.push(tree),
                Next::Tree(tree) => {
                    report.end_head(&mut row, out)?;
                    row += 1;
                    out.row(RowAt { row, span: tree.span }, |row| transaction::read(&tree, &report, row))?;
                }
            }
        }
        report.end_head(&mut row, out)?;
        if row > 0 {
            return Ok(());
        }
        Err(FormatError::NotReadable {
            at: At::file(&file_name),
            found: "a report without a reference and without any transaction".into(),
            expected: "entity_reference, or elements transaction".into(),
        })
    }

    fn examples(&self) -> &'static [Example] {
        examples::EXAMPLES
    }
}

/// The root is `report` or `reportdata`, exactly, and has no namespace.
fn check_root(whole: &Whole, file_name: &str) -> Result<(), FormatError> {
    let mut from = 0;
    while let Some(at) = whole.text.get(from..).and_then(|rest| rest.find('<')).map(|at| from + at) {
        let tag = whole.text.get(at + 1..).unwrap_or_default();
        if tag.starts_with('?') || tag.starts_with("!--") {
            let end = if tag.starts_with('?') { "?>" } else { "-->" };
            from = tag.find(end).map_or(whole.text.len(), |end| at + 1 + end);
            continue;
        }
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.split(|c: char| c.is_ascii_whitespace() || c == '/').next().unwrap_or_default();
        let has_namespace = tag.contains("xmlns=");
        if (matches!(name, "report" | "reportdata") && !has_namespace) || tag.starts_with('!') {
            return Ok(());
        }
        return Err(FormatError::NotReadable {
            at: At::file(file_name).byte(whole.offset + at as u64),
            found: format!("a root element {}", excerpt(tag.as_bytes())),
            expected: "report or reportdata without a namespace, as the schema has them; other forms that call \
                       themselves goAML are not read, since their fields would have to be guessed"
                .into(),
        });
    }
    Ok(())
}

/// What holds for all transactions of a report.
#[derive(Default)]
struct Report {
    zone: Option<Zone>,
    currency: Option<String>,
    head: Vec<Node>,
    span: Span,
    is_read: bool,
}

impl Report {
    /// A field of the head.
    fn field<'r>(&'r self, name: &'r str) -> Cell<'r> {
        match self.head.iter().find(|node| node.is(name)).map(known) {
            Some(cell) => cell,
            None => Cell { name, text: "", origin: Origin::Bytes(self.span) },
        }
    }

    /// The currency of all `amount_local`.
    fn local_currency(&self) -> Cell<'_> {
        match &self.currency {
            Some(text) => Cell { name: "currency", text, origin: Origin::Rule(BY_CONSTANT) },
            None => self.field("currency_code_local"),
        }
    }

    /// The head is a row of its own, once something that is no head comes.
    fn end_head(&mut self, row: &mut u64, out: &mut Sink<'_>) -> Result<(), FormatError> {
        if self.is_read || self.field("entity_reference").is_empty() {
            return Ok(());
        }
        self.is_read = true;
        *row += 1;
        let span = self.head.first().map_or(self.span, |node| node.span);
        out.row(RowAt { row: *row, span }, |row| self.referral(row))
    }

    fn referral(&self, row: &mut Row<'_, '_>) -> Result<(), crate::issue::Refusal> {
        row.record(TableId::Referral, |record| {
            put::text(record, referral::REFERRAL_REF, &self.field("entity_reference"))?;
            record.text(referral::KIND, "suspicious_transaction", Origin::Rule(BY_FORMAT))?;
            put::text(record, referral::REPORTER, &self.field("rentity_id"))?;
            put::text(record, referral::INCIDENT_KIND, &self.field("report_code"))?;
            let names = ["submission_date", "report_date"];
            let date = names.iter().map(|name| self.field(name)).find(|cell| !cell.is_empty());
            let made = date.map(|cell| iso_20022::read_moment(cell, self.zone.as_ref())).transpose()?.flatten();
            match made.as_ref().and_then(|made| made.at) {
                Some(at) => {
                    record.instant(referral::RECEIVED_UTC, at.micros, Origin::Read(span_of(date), put::BY_TIME))
                }
                None => Ok(()),
            }
        })
    }
}

fn span_of(cell: Option<Cell<'_>>) -> Span {
    match cell.map(|cell| cell.origin) {
        Some(Origin::Bytes(span) | Origin::Read(span, _)) => span,
        Some(Origin::Rule(_)) | None => Span::default(),
    }
}

/// The text of an element; `-` is nothing.
fn known(node: &Node) -> Cell<'_> {
    let cell = node.cell();
    if cell.text == "-" { Cell { text: "", ..cell } } else { cell }
}

/// The text at the end of a path; `-` is nothing.
fn known_at<'n>(node: &'n Node, path: &[&'n str]) -> Cell<'n> {
    match node.at(path) {
        Some(found) => Some(known(found)).filter(|cell| !cell.is_empty()).unwrap_or_else(|| empty(node, path)),
        None => empty(node, path),
    }
}

fn empty<'n>(node: &'n Node, path: &[&'n str]) -> Cell<'n> {
    Cell { name: path.last().copied().unwrap_or(""), text: "", origin: Origin::Bytes(node.span) }
}
