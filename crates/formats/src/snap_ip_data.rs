//! Snap's list of addresses: tables under legends, in one file.

use tutela_model::time::Zone;
use tutela_model::{TableId, session};

use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::format::{Content, Example, ExampleKind, Expect, Format, FormatMeta, Probe};
use crate::hostile;
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::mapping::{Encoding, stated_account};
use crate::put::{self, BY_CONSTANT, BY_FORMAT, ReadTime};
use crate::sink::{Row, RowAt, Sink};
use crate::source::Source;
use crate::tabular::{Cell, Headings, Next, Records, RowView, Window};

pub(crate) static FORMAT: SnapIpData = SnapIpData;

pub(crate) struct SnapIpData;

static META: FormatMeta = FormatMeta {
    id: "snap_ip_data",
    title: "Snapchat addresses of an account (return)",
    standard: "Snap, `ip_data.csv`",
    since: "0.1",
    manual: "\
The file holds one or more sections: a legend in words, a line of `=`, a line of headings, and data rows. A row is one
data row of any section, counted through the whole file; legends are none.

| headings | records in `session` |
|---|---|
| `ip`, `timestamp` | one, at that time |
| `ip`, `first_seen_time`, `last_seen_time` | two, with the events `first seen` and `last seen`; one where both are the same. What lies between is not known |

A `port` (or `source_port`) and a `user_agent` are read where there are such columns. Times state UTC
(`2026-03-02 16:10:00 UTC`, or `Mon Mar 02 16:10:00 UTC 2026`); one that does not is refused.

**The file does not say whose it is.** The account must be stated: `--account REF`, or `account_ref` among the constants
of a mapping. The platform is `snapchat`.",
};

const TIMES: [(&[&str], Option<&str>); 3] = [
    (&["timestamp"], None),
    (&["first_seen_time", "first seen time"], Some("first seen")),
    (&["last_seen_time", "last seen time"], Some("last seen")),
];

impl Format for SnapIpData {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], file_name: &str) -> Probe {
        let lines: Vec<&[u8]> = head.split(|byte| matches!(byte, b'\r' | b'\n')).filter(|l| !l.is_empty()).collect();
        let is_section = lines.windows(2).any(|pair| {
            let [rule, headings] = pair else { return false };
            let headings = Headings::probe(headings, b',');
            is_rule_line(rule)
                && headings.find("ip").is_some()
                && TIMES.iter().any(|(t, _)| headings.find_any(t).is_some())
        });
        match (is_section, file_name.to_ascii_lowercase().starts_with("ip_data")) {
            (true, _) => Probe::Yes("a section of Snap's address list".into()),
            (false, true) if lines.iter().any(|line| is_rule_line(line)) => Probe::Maybe("named as Snap's list".into()),
            _ => Probe::No,
        }
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Session]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let account = stated_account(source.mapping(), source.info())?;
        let file_name = source.info().file_name.clone();
        let mut records = Records::new(Window::new(source), b',', Encoding::Utf8, limits)?;
        let (mut place, mut number, mut sections) = (Place::Legend, 0, 0);
        loop {
            match records.next()? {
                Next::End => break,
                Next::Unreadable(span, refusal) => {
                    number += 1;
                    out.row(RowAt { row: number, span }, |_| Err(refusal))?;
                }
                Next::Row => {
                    let view = records.row();
                    place = match place {
                        _ if view.texts().any(|text| is_rule_line(text.as_bytes())) => Place::Headings,
                        Place::Headings => {
                            sections += 1;
                            Place::Rows(Headings::new(view.texts()))
                        }
                        Place::Rows(headings) if is_data(&view) => {
                            number += 1;
                            let at = RowAt { row: number, span: view.span };
                            out.row(at, |row| read_row(row, &view, &headings, &account))?;
                            Place::Rows(headings)
                        }
                        other => other,
                    };
                }
            }
        }
        if sections == 0 {
            let at = At::file(&file_name);
            let expected = "a line of ====, and headings below it".into();
            return Err(FormatError::NotReadable { at, found: "no section".into(), expected });
        }
        Ok(())
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }
}

/// Where in the file.
enum Place {
    Legend,
    Headings,
    Rows(Headings),
}

fn is_rule_line(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.len() >= 4 && line.iter().all(|byte| *byte == b'=')
}

/// A single cell with words in it is the legend of the next section; one without may be a row that was cut.
fn is_data(view: &RowView<'_>) -> bool {
    view.len() > 1 || view.texts().next().is_some_and(|text| !text.contains(char::is_whitespace))
}

fn read_row(row: &mut Row<'_, '_>, view: &RowView<'_>, headings: &Headings, account: &str) -> Result<(), Refusal> {
    if view.len() != headings.len() {
        let found = format!("{} cells", view.len());
        return Err(Refusal::row(found.as_bytes(), format_args!("{} cells, one for each heading", headings.len())));
    }
    let cell = |names: &[&str]| headings.find_any(names).map(|index| view.cell(index, headings.name(index)));
    let ip = cell(&["ip"]).filter(|ip| !ip.is_empty()).ok_or_else(|| Refusal::missing("ip", "an address"))?;
    let mut before = None;
    for (names, event) in TIMES {
        let Some(time) = cell(names).filter(|time| !time.is_empty()) else { continue };
        let at = read_time(&time)?;
        if before.replace(at.micros) == Some(at.micros) {
            continue;
        }
        row.record(TableId::Session, |record| {
            record.text(session::PLATFORM, "snapchat", Origin::Rule(BY_FORMAT))?;
            record.text(session::ACCOUNT_REF, account, Origin::Rule(BY_CONSTANT))?;
            put::instant(record, session::AT_UTC, at, &time)?;
            put::zone_origin(record, session::ZONE_ORIGIN, at)?;
            put::ip(record, session::IP, &ip)?;
            if let Some(port) = cell(&["port", "source_port", "source port"]) {
                put::port_or_none(record, session::PORT, &port)?;
            }
            record.text(session::EVENT, event.unwrap_or_default(), Origin::Rule(BY_FORMAT))?;
            cell(&["user_agent", "user agent"]).map_or(Ok(()), |agent| put::text(record, session::USER_AGENT, &agent))
        })?;
    }
    if before.is_none() { Err(Refusal::missing("timestamp", "a time in one of the columns")) } else { Ok(()) }
}

fn read_time(cell: &Cell<'_>) -> Result<ReadTime, Refusal> {
    let first = match put::read_instant(cell, None) {
        Ok(read) => return Ok(read),
        Err(refusal) => refusal,
    };
    let zone = Zone::parse("UTC").map_err(|error| cell.refuse(error))?;
    let read = put::read_local(cell, "%a %b %d %H:%M:%S UTC %Y", &zone).map_err(|_| first)?;
    Ok(ReadTime { zone_origin: put::STATED, ..read })
}

const ACCOUNT: &str = "constants: {account_ref: kite}\n";

const fn example(kind: ExampleKind, name: &'static str, content: Content, expect: Expect) -> Example {
    Example { name, kind, file_name: "ip_data.csv", content, mapping: Some(ACCOUNT), expect }
}

static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "two sections",
        Content::Bytes(
            b"\"This table lists the addresses of the account.\nip: the address\ntimestamp: when, in UTC\"\n\
              ============\n\
              ip,timestamp\n\
              203.0.113.10,Mon Mar 02 16:10:00 UTC 2026\n\
              2001:DB8::10,2026-03-02 16:11:00 UTC\n\
              \n\
              \"This table lists intervals.\"\n\
              ============,\n\
              ip,first seen time,last_seen_time,port\n\
              203.0.113.10,2026-03-02 16:10:00 UTC,2026-03-05 10:00:00 UTC,50001\n\
              203.0.113.11,2026-03-02 16:10:00 UTC,2026-03-02 16:10:00 UTC,\n",
        ),
        Expect::Read { rows: 4, in_records: 4, refused: 0, records: &[(TableId::Session, 5)] },
    ),
    example(
        ExampleKind::Bad,
        "rows that cannot be",
        Content::Bytes(
            b"legend in words\n====\nip,timestamp\n\
              203.0.113.10,Tue Mar 02 16:10:00 UTC 2026\n\
              203.0.113.10,2026-03-02 16:10:00\n\
              203.0.113.10,\n\
              ,2026-03-02 16:10:00 UTC\n\
              203.0.113.10,2026-03-02 16:10:00 UTC,more\n\
              203.0.1",
        ),
        Expect::Read { rows: 6, in_records: 0, refused: 6, records: &[] },
    ),
    Example {
        mapping: None,
        ..example(
            ExampleKind::Bad,
            "nobody says whose it is",
            Content::Bytes(b"====\nip,timestamp\n203.0.113.10,2026-03-02 16:10:00 UTC\n"),
            Expect::Refused("--account"),
        )
    },
    example(ExampleKind::Bad, "no section", Content::Bytes(b"ip,timestamp\na,b\n"), Expect::Refused("no section")),
    example(ExampleKind::Hostile, "zip bomb", hostile::ZIP_BOMB, Expect::Refused("a ZIP archive")),
    example(
        ExampleKind::Hostile,
        "sections without end",
        Content::Made(|| b"====\n====\nip,timestamp\n".repeat(2000)),
        Expect::Read { rows: 0, in_records: 0, refused: 0, records: &[] },
    ),
];
