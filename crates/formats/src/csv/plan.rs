//! Which cell fills which column, and how it is read.

use tutela_model::time::{self, Zone};
use tutela_model::{ColumnKind, PROVENANCE, TableId, assignment, mention, session};

use super::cells::{Amounts, From, Words};

use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::issue::Refusal;
use crate::mapping::Mapping;
use crate::put::{self, BY_CONSTANT, BY_NORMAL_FORM, Kept, ReadTime};
use crate::sink::{Record, Row};
use crate::tabular::{Cell, Headings, RowView};

/// What fills a table.
pub(super) struct Plan {
    pub(super) table: TableId,
    columns: Vec<Filled>,
    /// Headings that fill nothing, other than the provenance of an earlier reading.
    pub(super) unread: Vec<String>,
}

/// A column and what fills it.
struct Filled {
    index: usize,
    name: String,
    from: From,
    words: Words,
    reading: Reading,
    /// Which end of an interval it is.
    end: Option<End>,
}

/// The ends of intervals.
#[derive(Clone, Copy)]
enum End {
    From,
    Until,
    FirstPort,
    LastPort,
}

impl End {
    fn of(column: &str) -> Option<End> {
        match column {
            "from_utc" | "from_date" | "depart_utc" => Some(End::From),
            "until_utc" | "until_date" | "arrive_utc" => Some(End::Until),
            "port_from" => Some(End::FirstPort),
            "port_to" => Some(End::LastPort),
            _ => None,
        }
    }
}

/// How a cell is read.
enum Reading {
    Text,
    Ip,
    /// An address that its port may follow, where no other column has the port.
    IpAndPort,
    IpOrNetwork,
    Port,
    /// The first port of a block, which may be 0.
    FirstPort,
    Email,
    Phone,
    /// One of these words.
    Closed(&'static [&'static str]),
    /// A whole number, which may be followed by zeros after this sign.
    Integer(Option<char>),
    /// A whole number that is not negative.
    Seconds(Option<char>),
    Instant {
        format: Option<String>,
        zone: Option<Zone>,
    },
    Date(Option<String>),
    Boolean,
    /// An exact amount.
    Decimal(Amounts),
    Currency,
    /// An account that money is paid from or to.
    PaymentAccount,
    PaymentProvider,
    /// A selector whose kind is in the column with this position in the plan.
    Mentioned(Option<usize>),
}

/// How well headings name a table.
#[derive(Debug)]
pub(super) struct Fit {
    pub(super) table: TableId,
    pub(super) known: usize,
    pub(super) unknown: usize,
    pub(super) missing: Vec<&'static str>,
}

/// How well headings name each table, the best first.
pub(super) fn fits(headings: &Headings) -> Vec<Fit> {
    let own = headings.names.iter().filter(|name| !is_provenance(name)).count();
    let mut fits: Vec<Fit> = TableId::ALL
        .iter()
        .map(|id| {
            let columns = id.table().columns;
            let known = columns.iter().filter(|column| headings.find(column.name).is_some()).count();
            let missing = columns.iter().filter(|c| c.required && headings.find(c.name).is_none());
            let missing = missing.map(|column| column.name).collect();
            Fit { table: *id, known, unknown: own.saturating_sub(known), missing }
        })
        .collect();
    fits.sort_by_key(|fit| (!fit.missing.is_empty(), std::cmp::Reverse(fit.known)));
    fits
}

/// The table that canonical headings name.
pub(super) fn canonical_table(headings: &Headings, file_name: &str) -> Result<TableId, FormatError> {
    let fits = fits(headings);
    match fits.as_slice() {
        [best, next, ..] if best.missing.is_empty() && next.missing.is_empty() && best.known == next.known => {
            Err(FormatError::Usage {
                at: At::file(file_name),
                found: format!("headings that name both {} and {}", best.table, next.table),
                expected: "the table to be named with --table".into(),
            })
        }
        [best, ..] if best.missing.is_empty() => Ok(best.table),
        _ => Err(FormatError::NotReadable {
            at: At::file(file_name),
            found: describe(headings),
            expected: "the column names of a table as headings, or a mapping file".into(),
        }),
    }
}

/// What headings are there, and what the nearest table lacks.
pub(super) fn describe(headings: &Headings) -> String {
    let mut listed: String = headings.names.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
    if headings.len() > 8 {
        listed.push_str(", ...");
    }
    let listed = crate::issue::excerpt(listed.as_bytes());
    let nearest = fits(headings).into_iter().filter(|fit| fit.known > 0).max_by_key(|fit| fit.known);
    match nearest {
        Some(fit) => format!("headings {listed} (table {} lacks {})", fit.table, fit.missing.join(", ")),
        None => format!("headings {listed}"),
    }
}

fn is_provenance(name: &str) -> bool {
    PROVENANCE.iter().any(|(column, _)| column.eq_ignore_ascii_case(name))
}

impl Plan {
    /// Headings that are the names of a table's columns.
    pub(super) fn canonical(
        headings: &Headings,
        mapping: Option<&Mapping>,
        file_name: &str,
    ) -> Result<Plan, FormatError> {
        let table = match mapping.and_then(|mapping| mapping.table) {
            Some(table) => table,
            None => canonical_table(headings, file_name)?,
        };
        let mut plan = Plan { table, columns: Vec::new(), unread: Vec::new() };
        for (index, column) in table.table().columns.iter().enumerate() {
            if headings.count(column.name) > 1 {
                return Err(FormatError::NotReadable {
                    at: At::file(file_name).column(column.name),
                    found: "two columns with this heading".into(),
                    expected: "one".into(),
                });
            }
            let constant = mapping.and_then(|mapping| mapping.constant(column.name));
            let from = match (constant, headings.find(column.name)) {
                (Some(constant), _) => From::Constant(constant.to_owned()),
                (None, Some(cell)) => From::Cell(cell),
                (None, None) if column.required => {
                    return Err(FormatError::NotReadable {
                        at: At::file(file_name).column(column.name),
                        found: describe(headings),
                        expected: format!("a heading {}, which {table} needs", column.name),
                    });
                }
                (None, None) => continue,
            };
            plan.add(index, column.name, from, mapping, false);
        }
        let known = |name: &&String| table.table().column(&name.to_lowercase()).is_some() || is_provenance(name);
        plan.unread = headings.names.iter().filter(|name| !known(name)).cloned().collect();
        plan.settle();
        Ok(plan)
    }

    /// Headings of any kind, through a mapping.
    pub(super) fn mapped(headings: &Headings, mapping: &Mapping, file_name: &str) -> Result<Plan, FormatError> {
        mapping.check()?;
        let Some(table) = mapping.table else {
            let at = At::file(file_name);
            let expected = "a table in the mapping".into();
            return Err(FormatError::Usage { at, found: "a mapping of columns alone".into(), expected });
        };
        let mut plan = Plan { table, columns: Vec::new(), unread: Vec::new() };
        let has = |heading: &String| headings.find(heading).is_some() || !mapping.optional.contains(heading);
        let has_port = mapping.columns.values().any(|column| column == "port");
        for (index, column) in table.table().columns.iter().enumerate() {
            let heading = mapping.columns.iter().find(|(_, filled)| *filled == column.name).map(|(heading, _)| heading);
            let joined = mapping.joined.get(column.name);
            let from = match (heading, joined, mapping.constant(column.name)) {
                (Some(heading), ..) if !has(heading) => continue,
                (Some(heading), ..) => From::Cell(find_one(headings, heading, file_name)?),
                (None, Some(parts), _) => {
                    let parts = parts.iter().filter(|part| has(part)).map(|part| find_one(headings, part, file_name));
                    From::Joined(parts.collect::<Result<_, _>>()?)
                }
                (None, None, Some(constant)) => From::Constant(constant.to_owned()),
                (None, None, None) => continue,
            };
            let name = heading.map_or(column.name, String::as_str);
            plan.add(index, name, from, Some(mapping), !has_port);
        }
        plan.settle();
        Ok(plan)
    }

    fn add(&mut self, index: usize, name: &str, from: From, mapping: Option<&Mapping>, port_follows: bool) {
        let reading = reading(self.table, index, mapping, port_follows);
        let column = self.table.table().columns.get(index).map_or("", |column| column.name);
        let words = Words::of(mapping.and_then(|mapping| mapping.words.get(column)));
        self.columns.push(Filled { index, name: name.to_owned(), from, words, reading, end: End::of(column) });
    }

    /// A mention's value is read after its kind is known.
    fn settle(&mut self) {
        let kind = self.columns.iter().position(|filled| filled.index == mention::KIND);
        for filled in &mut self.columns {
            if let Reading::Mentioned(of) = &mut filled.reading {
                *of = kind;
            }
        }
    }

    /// Sets the record of one row.
    pub(super) fn read(&self, row: &mut Row<'_, '_>, view: &RowView<'_>) -> Result<(), Refusal> {
        let mut kept = Vec::new();
        row.record(self.table, |record| {
            let mut bounds = Bounds::default();
            let mut time = None;
            for filled in &self.columns {
                let mut joined = String::new();
                let cell = filled.whole_cell(view, &mut joined);
                if !cell.is_empty() {
                    self.put(filled, &cell, view, record, &mut kept, &mut bounds, &mut time)?;
                }
            }
            if self.table == TableId::Session && !record.is_set(session::ZONE_ORIGIN) {
                time.map_or(Ok(()), |time| put::zone_origin(record, session::ZONE_ORIGIN, time))?;
            }
            bounds.check(self.table)
        })?;
        Kept::note_all(kept, row);
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "one value of each kind that a row is checked by")]
    fn put(
        &self,
        filled: &Filled,
        cell: &Cell<'_>,
        view: &RowView<'_>,
        record: &mut Record<'_, '_>,
        kept: &mut Vec<Kept>,
        bounds: &mut Bounds,
        time: &mut Option<ReadTime>,
    ) -> Result<(), Refusal> {
        let index = filled.index;
        match &filled.reading {
            Reading::Text => put::text(record, index, cell),
            Reading::Ip => put::ip(record, index, cell),
            Reading::IpAndPort => put::ip_and_port(record, index, session::PORT, cell),
            Reading::IpOrNetwork => put::ip_or_network(record, index, cell),
            Reading::Port => {
                bounds.see(filled.end, cell.text.parse().unwrap_or(0));
                put::port(record, index, cell)
            }
            Reading::FirstPort => {
                let port: u16 = cell.text.parse().map_err(|_| cell.refuse("a port from 0 to 65535"))?;
                bounds.see(filled.end, i64::from(port));
                record.integer(index, i64::from(port), cell.origin)
            }
            Reading::Email => put::selector(kept, record, index, cell, tutela_model::selector::email),
            Reading::Phone => put::selector(kept, record, index, cell, tutela_model::selector::phone),
            Reading::Closed(words) => put_word(record, index, cell, words),
            Reading::Integer(decimal) => record.integer(index, read_integer(cell, *decimal)?, cell.origin),
            Reading::Seconds(decimal) => match read_integer(cell, *decimal)? {
                seconds if seconds >= 0 => record.integer(index, seconds, cell.origin),
                _ => Err(cell.refuse("a number of seconds from 0")),
            },
            Reading::Instant { format, zone } => {
                let read = match format {
                    Some(format) => put::read_local(cell, format, zone.as_ref().unwrap_or(&utc(cell)?))?,
                    None => put::read_instant(cell, zone.as_ref())?,
                };
                bounds.see(filled.end, read.micros);
                *time = Some(read);
                put::instant(record, index, read, cell)
            }
            Reading::Date(format) => {
                let days = match format {
                    Some(format) => time::parse_local_date(cell.text, format),
                    None => time::parse_date(cell.text),
                };
                let days = days.map_err(|error| cell.refuse(error))?;
                bounds.see(filled.end, i64::from(days));
                let origin =
                    if format.is_some() { cell.origin.by("the date in the mapping's form") } else { cell.origin };
                record.date(index, days, origin)
            }
            Reading::Boolean => match cell.text {
                "true" => record.boolean(index, true, cell.origin),
                "false" => record.boolean(index, false, cell.origin),
                _ => Err(cell.refuse("true or false")),
            },
            Reading::Decimal(amounts) => amounts.put(record, self.table, index, cell),
            Reading::Currency => put::currency(record, index, cell),
            Reading::PaymentAccount => put::payment_account(record, index, cell),
            Reading::PaymentProvider => put::provider(record, index, cell),
            Reading::Mentioned(kind) => {
                let kind = kind.and_then(|at| self.columns.get(at)).map_or("", |filled| filled.cell(view).text);
                put_mentioned(kept, record, index, kind, cell)
            }
        }
    }
}

impl Filled {
    fn cell<'c>(&'c self, view: &RowView<'c>) -> Cell<'c> {
        match &self.from {
            From::Cell(index) => view.cell(*index, &self.name),
            From::Constant(text) => Cell { name: &self.name, text, origin: Origin::Rule(BY_CONSTANT) },
            From::Joined(cells) => view.cell(cells.first().copied().unwrap_or(usize::MAX), &self.name),
        }
    }

    /// The cell with the mapping's words for it; several cells are joined in `joined`.
    fn whole_cell<'c>(&'c self, view: &RowView<'c>, joined: &'c mut String) -> Cell<'c> {
        match &self.from {
            From::Joined(cells) => self.words.join(view, cells, &self.name, joined),
            From::Cell(_) | From::Constant(_) if self.words.is_empty() => self.cell(view),
            From::Cell(_) | From::Constant(_) => self.words.say(self.cell(view)),
        }
    }
}

fn utc(cell: &Cell<'_>) -> Result<Zone, Refusal> {
    Zone::parse("UTC").map_err(|error| cell.refuse(error))
}

fn find_one(headings: &Headings, heading: &str, file_name: &str) -> Result<usize, FormatError> {
    let at = || At::file(file_name).column(heading);
    match (headings.find(heading), headings.count(heading)) {
        (Some(index), 1) => Ok(index),
        (_, 0) => Err(FormatError::NotReadable {
            at: at(),
            found: describe(headings),
            expected: "the heading that the mapping names".into(),
        }),
        _ => Err(FormatError::NotReadable {
            at: at(),
            found: "two columns with this heading".into(),
            expected: "one, since the mapping names it".into(),
        }),
    }
}

fn reading(table: TableId, index: usize, mapping: Option<&Mapping>, port_follows: bool) -> Reading {
    let Some(column) = table.table().columns.get(index) else { return Reading::Text };
    let rule = mapping.and_then(|mapping| mapping.dates.get(column.name));
    let format = rule.and_then(|rule| rule.format.clone());
    let decimal = mapping.and_then(|mapping| mapping.decimal);
    match (table, column.name, column.kind) {
        (TableId::Session, "ip", _) if port_follows => Reading::IpAndPort,
        (TableId::Assignment, "ip", _) => Reading::IpOrNetwork,
        (_, "ip", _) => Reading::Ip,
        (_, "port" | "port_to", _) => Reading::Port,
        (_, "port_from", _) => Reading::FirstPort,
        (TableId::Payment, "debtor_account" | "creditor_account", _) => Reading::PaymentAccount,
        (TableId::PaymentAccount | TableId::PaymentSeed, "account_ref", _) => Reading::PaymentAccount,
        (
            TableId::Payment | TableId::PaymentAccount | TableId::PaymentSeed,
            "provider" | "debtor_provider" | "creditor_provider",
            _,
        ) => Reading::PaymentProvider,
        (_, name, ColumnKind::Text) if name.ends_with("currency") => Reading::Currency,
        (_, name, ColumnKind::Decimal) => Reading::Decimal(Amounts::of(mapping, name)),
        (_, "email", _) => Reading::Email,
        (_, "phone", _) => Reading::Phone,
        (TableId::Mention, "value", _) => Reading::Mentioned(None),
        (_, _, ColumnKind::Text) if !column.values.is_empty() => Reading::Closed(column.values),
        (_, _, ColumnKind::Text) => Reading::Text,
        (_, _, ColumnKind::Integer) if column.unit == Some("s") => Reading::Seconds(decimal),
        (_, _, ColumnKind::Integer) => Reading::Integer(decimal),
        (_, name, ColumnKind::Instant) => {
            Reading::Instant { format, zone: mapping.and_then(|mapping| mapping.zone(name)) }
        }
        (_, _, ColumnKind::Date) => Reading::Date(format),
        (_, _, ColumnKind::Boolean) => Reading::Boolean,
    }
}

fn put_word(record: &mut Record<'_, '_>, index: usize, cell: &Cell<'_>, words: &[&'static str]) -> Result<(), Refusal> {
    match words.iter().find(|word| word.eq_ignore_ascii_case(cell.text)) {
        Some(word) => record.text(index, word, cell.origin),
        None => Err(cell.refuse(format_args!("one of {}", words.join(", ")))),
    }
}

fn read_integer(cell: &Cell<'_>, decimal: Option<char>) -> Result<i64, Refusal> {
    let whole = match decimal.and_then(|sign| cell.text.split_once(sign)) {
        Some((whole, zeros)) if zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => cell.text,
    };
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let number = if digits.bytes().all(|byte| byte.is_ascii_digit()) { whole.parse().ok() } else { None };
    number.ok_or_else(|| cell.refuse("a whole number without separators"))
}

/// A mentioned selector takes its normal form where its kind has one.
fn put_mentioned(
    kept: &mut Vec<Kept>,
    record: &mut Record<'_, '_>,
    index: usize,
    kind: &str,
    cell: &Cell<'_>,
) -> Result<(), Refusal> {
    match kind {
        "ip" => put::ip(record, index, cell),
        "email" => put::selector(kept, record, index, cell, tutela_model::selector::email),
        "phone" => put::selector(kept, record, index, cell, tutela_model::selector::phone),
        "account" if !cell.text.contains(':') => Err(cell.refuse("an account as platform:account_ref")),
        "md5" | "sha1" | "sha256" => {
            record.text(index, &cell.text.to_ascii_lowercase(), cell.origin.by(BY_NORMAL_FORM))
        }
        _ => put::text(record, index, cell),
    }
}

/// The ends of a row's intervals.
#[derive(Default)]
struct Bounds {
    from: Option<i64>,
    until: Option<i64>,
    first_port: Option<i64>,
    last_port: Option<i64>,
}

impl Bounds {
    fn see(&mut self, end: Option<End>, value: i64) {
        match end {
            Some(End::From) => self.from = Some(value),
            Some(End::Until) => self.until = Some(value),
            Some(End::FirstPort) => self.first_port = Some(value),
            Some(End::LastPort) => self.last_port = Some(value),
            None => {}
        }
    }

    fn check(&self, table: TableId) -> Result<(), Refusal> {
        if let (Some(from), Some(until)) = (self.from, self.until)
            && until < from
        {
            let name = match table {
                TableId::Relation => "until_date",
                TableId::Trip => "arrive_utc",
                _ => "until_utc",
            };
            return Err(Refusal::new(name, "an end before the beginning", "an end after the beginning"));
        }
        let port_to = TableId::Assignment.table().columns.get(assignment::PORT_TO).map_or("", |column| column.name);
        match (self.first_port, self.last_port) {
            (Some(first), Some(last)) if last < first => {
                Err(Refusal::new(port_to, "a last port before the first", "a last port from the first on"))
            }
            (Some(_), None) | (None, Some(_)) => {
                Err(Refusal::new(port_to, "one end of a block of ports", "both ends, or neither for the whole address"))
            }
            _ => Ok(()),
        }
    }
}
