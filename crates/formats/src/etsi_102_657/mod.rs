//! Retained data as operators hand it over by ETSI TS 102 657: who held which address when, and whose the line is.

mod access;
mod examples;

use tutela_model::time::Zone;
use tutela_model::{TableId, assignment, line};

use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::format::{Example, Format, FormatMeta, Probe};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::mapping::Mapping;
use crate::put::{BY_CONSTANT, BY_FORMAT};
use crate::sink::{Record, Row, RowAt, Sink};
use crate::source::{Source, Span};
use crate::whole::Whole;
use crate::xml::{Next, Node, Trees};

use access::Times;

pub(crate) static FORMAT: Etsi102657 = Etsi102657;

pub(crate) struct Etsi102657;

static META: FormatMeta = FormatMeta {
    id: "etsi_102_657",
    title: "Retained data, internet access (ETSI TS 102 657, XML)",
    standard: "ETSI TS 102 657, versions 1.4 to 1.28: NetworkAccess records",
    since: "0.1",
    manual: "\
A row is one `ResponseRecord`. Elements are known by their local names, whatever the namespace, which changes with every
version of the standard, and whatever the case of the letters.

| record | from |
|---|---|
| `assignment` | each `naServiceUsage`, and each `internetAccess` of a national extension, with an address: one record an address and range of ports |
| `line` | each `naSubscriber`; and each `internetAccess` without an address, which tells at least the mobile line by `gprsInformation` |

| column | from |
|---|---|
| `operator` | the mapping's constant (`operator`); else `cSPID` of the header |
| `line_ref` | `naSubscriberID` (also `subscriberID`, `naAccountID`); in an `internetAccess` without one `mSISDN`, else `iMSI` |
| `ip` | inside `naAssignedAddress` or `natInformation`: `iPTextAddress`, `iPv4BinaryAddress`, `iPv6BinaryAddress` |
| `port_from`, `port_to` | each `portNumber`; each range of ports. Without either, the whole address |
| `from_utc`, `until_utc` | `assignedTime`, or the `interval` beside the address, or that of the use (`startTime`, `endTime`) |
| `address`, `address_kind` | the parts of an address of the subscriber; installation or billing, where its element says so |
| `access_kind` | `mobile` where there is `gprsInformation` |
| `request_ref` | the mapping's constant; else `requestNumber` of the header |

A choice without a value is written as an empty element, whose name is the value. An assignment marked `<internal/>` is an
address inside the operator's network and gives no record; `destinationAddress` is somebody else's.

**Times** are `20260302161000Z`, `20260302171000+0100` or as in RFC 3339. One without a zone is read only if the mapping
states the zone: `dates: {from_utc: {zone: Europe/Rome}}`.

**Refused rows.** Records of other kinds (telephony, messages, devices, network elements, bills) and shapes that are not
known: a national extension, a range or mask of addresses. Nothing is passed over in silence: a part with `national` in its
name beside what was read gives a note. Names and dates of birth are not read.

A document type (DOCTYPE) refuses the file, as do entities of its own.",
};

const RECORD: &str = "ResponseRecord";
const HEADER: &str = "retainedDataHeader";
/// The most uses and subscribers of one record; each may have to look through all of it.
const MOST_PARTS: usize = 1000;

impl Format for Etsi102657 {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        if !text.starts_with(b"<") {
            return Probe::No;
        }
        let has = |mark: &[u8]| memchr::memmem::find(head, mark).is_some();
        if has(b"uri.etsi.org/02657/") || has(b"retainedDataHeader") {
            return Probe::Yes("the namespace or the header of retained data".into());
        }
        if has(b"naServiceUsage") || has(b"ResponseRecord") {
            return Probe::Maybe("elements of retained data".into());
        }
        Probe::No
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Assignment, TableId::Line]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let mapping = source.mapping().cloned();
        let file_name = source.info().file_name.clone();
        let whole = Whole::read(source, limits, "bytes of an XML file")?;
        let mut trees = Trees::new(&whole, &file_name, limits);
        let mut reader = Reader::new(mapping.as_ref());
        let mut row = 0;
        while let Next::Tree(tree) = trees.next(&[HEADER, RECORD], &[])? {
            if tree.is(HEADER) {
                reader.see_header(&tree);
                continue;
            }
            row += 1;
            let at = RowAt { row, span: tree.span };
            let text_bytes = limits.text_bytes;
            out.row(at, |out_row| reader.record(&tree, out_row, text_bytes))?;
        }
        if row > 0 {
            return Ok(());
        }
        Err(FormatError::NotReadable {
            at: At::file(&file_name),
            found: "XML without any record".into(),
            expected: format!("elements {RECORD}"),
        })
    }

    fn examples(&self) -> &'static [Example] {
        examples::EXAMPLES
    }
}

/// What holds for all records.
struct Reader {
    operator: Option<(String, Origin)>,
    is_operator_stated: bool,
    request: (String, Origin),
    is_request_stated: bool,
    zone: Option<Zone>,
}

impl Reader {
    fn new(mapping: Option<&Mapping>) -> Reader {
        let constant = |name| mapping.and_then(|mapping| mapping.constant(name)).filter(|text| !text.is_empty());
        let by_constant = |text: &str| (text.to_owned(), Origin::Rule(BY_CONSTANT));
        let operator = constant("operator").map(by_constant);
        let request = constant("request_ref").map(by_constant);
        Reader {
            is_operator_stated: operator.is_some(),
            operator,
            is_request_stated: request.is_some(),
            request: request.unwrap_or_else(|| by_constant("")),
            zone: mapping.and_then(|mapping| mapping.zone("from_utc")),
        }
    }

    fn see_header(&mut self, header: &Node) {
        let value = |names: &[&str]| {
            let cell = header.find(names).map(Node::cell).filter(|cell| !cell.is_empty())?;
            Some((cell.text.to_owned(), cell.origin))
        };
        if !self.is_operator_stated {
            self.operator = value(&["cSPID"]);
        }
        if let Some(request) = value(&["requestNumber"]).filter(|_| !self.is_request_stated) {
            self.request = request;
        }
    }

    fn record(&self, record: &Node, row: &mut Row<'_, '_>, text_bytes: usize) -> Result<(), Refusal> {
        let all = record.all();
        let is_part =
            |node: &&&Node| ["naServiceUsage", "internetAccess", "naSubscriber"].iter().any(|name| node.is(name));
        if all.iter().filter(is_part).nth(MOST_PARTS).is_some() {
            return Err(record.refuse(format_args!("at most {MOST_PARTS} uses and subscribers")));
        }
        let (mut given, mut read_until) = (0, 0);
        for usage in all.iter().filter(|node| node.is("naServiceUsage") || node.is("internetAccess")) {
            // A choice of the same name inside a use says only of which kind it is; a use inside a use is part of it.
            if usage.children.is_empty() || usage.span.start < read_until {
                continue;
            }
            read_until = usage.span.end;
            self.usage(record, usage, row)?;
            given += 1;
        }
        for subscriber in all.iter().filter(|node| node.is("naSubscriber") && !node.children.is_empty()) {
            self.subscriber(subscriber, row, text_bytes)?;
            given += 1;
        }
        if given == 0 {
            let payload = record.child("recordPayload").unwrap_or(record);
            let expected = "a naServiceUsage, an internetAccess or a naSubscriber";
            return Err(Refusal::new("recordPayload", &payload.child_names(), expected).at(payload.span));
        }
        let unread = all.iter().filter(|node| node.name.to_ascii_lowercase().starts_with("national"));
        for node in unread.filter(|node| node.find(&["internetAccess"]).is_none_or(|access| access.children.is_empty()))
        {
            row.note(&node.name, &node.child_names(), "nothing; this extension is not read");
        }
        Ok(())
    }

    fn usage(&self, record: &Node, usage: &Node, row: &mut Row<'_, '_>) -> Result<(), Refusal> {
        let held = access::addresses(usage, self.zone.as_ref())?;
        let mobile = usage.find(&["gprsInformation"]);
        let numbers =
            || mobile.and_then(|mobile| mobile.find(&["mSISDN", "iMSI"])).filter(|node| !node.text().is_empty());
        let line = access::subscriber(record, usage).or_else(numbers);
        let line =
            line.ok_or_else(|| usage.refuse("the line: a naSubscriberID, or mSISDN or iMSI of a mobile line"))?;
        if held.is_empty() && mobile.is_none() {
            return Err(usage.refuse("an assigned address"));
        }
        if held.is_empty() {
            return row.record(TableId::Line, |out| {
                self.line_head(out, line, [line::OPERATOR, line::LINE_REF])?;
                out.text(line::ACCESS_KIND, "mobile", Origin::Rule(BY_FORMAT))
            });
        }
        for one in held {
            row.record(TableId::Assignment, |out| {
                self.line_head(out, line, [assignment::OPERATOR, assignment::LINE_REF])?;
                out.text(assignment::IP, &one.ip, one.ip_origin)?;
                if let Some([(first, first_origin), (last, last_origin)]) = one.ports {
                    out.integer(assignment::PORT_FROM, i64::from(first), first_origin)?;
                    out.integer(assignment::PORT_TO, i64::from(last), last_origin)?;
                }
                out.instant(assignment::FROM_UTC, one.from.micros, one.from.origin)?;
                if let Some(until) = one.until {
                    out.instant(assignment::UNTIL_UTC, until.micros, until.origin)?;
                }
                out.text(assignment::REQUEST_REF, &self.request.0, self.request.1)
            })?;
        }
        Ok(())
    }

    fn subscriber(&self, subscriber: &Node, row: &mut Row<'_, '_>, text_bytes: usize) -> Result<(), Refusal> {
        let line = access::subscriber(subscriber, subscriber)
            .ok_or_else(|| subscriber.refuse("the line: a naSubscriberID or subscriberID"))?;
        let times = subscriber
            .all()
            .into_iter()
            .chain([subscriber])
            .map(|node| access::span_of(node, self.zone.as_ref()))
            .find(|times| times.as_ref().map_or(true, |times| times.from.is_some() || times.until.is_some()))
            .transpose()?
            .unwrap_or(Times { from: None, until: None });
        row.record(TableId::Line, |out| {
            self.line_head(out, line, [line::OPERATOR, line::LINE_REF])?;
            if let Some((text, span, kind)) = postal_address(subscriber).filter(|(text, ..)| text.len() <= text_bytes) {
                out.text(line::ADDRESS, &text, Origin::Read(span, "the parts of the address"))?;
                out.text(line::ADDRESS_KIND, kind, Origin::Rule("the name of the element"))?;
            }
            if let Some(from) = times.from {
                out.instant(line::FROM_UTC, from.micros, from.origin)?;
            }
            match times.until {
                Some(until) => out.instant(line::UNTIL_UTC, until.micros, until.origin),
                None => Ok(()),
            }
        })
    }

    fn line_head(&self, out: &mut Record<'_, '_>, line: &Node, columns: [usize; 2]) -> Result<(), Refusal> {
        let [operator_column, line_column] = columns;
        let (operator, origin) = self
            .operator
            .as_ref()
            .ok_or_else(|| Refusal::missing("cSPID", "the operator, in the header or as a mapping's constant"))?;
        out.text(operator_column, operator, *origin)?;
        let cell = line.cell();
        out.text(line_column, cell.text, cell.origin)
    }
}

/// The parts of an address in the order of a letter, and whether it is where the line is or where the bill goes.
fn postal_address(subscriber: &Node) -> Option<(String, Span, &'static str)> {
    const PARTS: [&str; 10] = [
        "streetName",
        "buildingNumber",
        "buildingName",
        "flatNumber",
        "poBox",
        "postalCode",
        "city",
        "province",
        "region",
        "country",
    ];
    let all = subscriber.all();
    let holders: Vec<&&Node> =
        all.iter().filter(|node| node.child("streetName").or(node.child("city")).is_some()).take(16).collect();
    // Where the parts lie inside an element of a type, the one around it says what the address is for.
    let kind = |holder: &Node| {
        let around = all.iter().filter(|node| node.span.start <= holder.span.start && node.span.end >= holder.span.end);
        let names: Vec<String> = around.map(|node| node.name.to_ascii_lowercase()).collect();
        let says = |word: &str| names.iter().any(|name| name.contains(word));
        if says("install") {
            "installation"
        } else if says("bill") {
            "billing"
        } else {
            "unknown"
        }
    };
    let holder = holders.iter().find(|holder| kind(holder) == "installation").or(holders.first())?;
    let parts = PARTS.iter().filter_map(|part| holder.child(part)).map(Node::text).filter(|text| !text.is_empty());
    let text = parts.collect::<Vec<_>>().join(", ");
    Some((text, holder.span, kind(holder)))
}
