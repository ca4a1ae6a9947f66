//! Roblox's list of addresses: since when and until when an account was seen at each, and the last port.

use std::collections::BTreeSet;

use tutela_model::time::Zone;
use tutela_model::{TableId, account, session};

use crate::cite::Origin;
use crate::error::FormatError;
use crate::format::{Content, Example, ExampleKind, Expect, Format, FormatMeta, Probe};
use crate::hostile;
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::put::{self, BY_FORMAT, ReadTime};
use crate::sink::{Row, Sink};
use crate::source::Source;
use crate::tabular::{self, Cell, Headings, Opened, Place, RowView};

pub(crate) static FORMAT: RobloxIp = RobloxIp;

pub(crate) struct RobloxIp;

static META: FormatMeta = FormatMeta {
    id: "roblox_ip",
    title: "Roblox addresses of an account (return)",
    standard: "Roblox, `IP address of the account*.csv`",
    since: "0.1",
    manual: "\
A row is one data row: an address at which an account was seen. The file states the first and the last time, and the
port last seen there with its own time; what lies between is not known. So a row gives up to three records in `session`:

| event | time | port |
|---|---|---|
| `first recorded` | `first_recorded_utc` | absent |
| `last recorded` | `last_recorded_utc`; none where it is the first or the port's time | absent |
| `last observed port` | `last_observed_port_utc` | `last_observed_port` |

The platform is `roblox` and the account `user_id`; each account also gives one record in `account` with `username` as
handle. The headings say that the times are UTC, so `zone_origin` is `stated`. A port of 0 or an empty one is absent.",
};

const IP: &str = "ip_address";
const ACCOUNT: &str = "user_id";
const PORT_TIME: &str = "last_observed_port_utc";
const FIRST_TIME: &str = "first_recorded_utc";

impl Format for RobloxIp {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        let headings = Headings::probe(head, b',');
        if [IP, ACCOUNT, FIRST_TIME].iter().all(|name| headings.find(name).is_some()) {
            return Probe::Yes("the headings of Roblox's address list".into());
        }
        Probe::No
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Account, TableId::Session]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let mut opened = tabular::open(source, limits)?;
        let columns = Columns::find(&opened)?;
        // To read a row again its account is set whether or not an earlier row has set it; only then is it cited.
        let mut seen = (!out.is_citing()).then(BTreeSet::new);
        let most = limits.open_items;
        opened.records.rows(opened.headings.len(), out, |row, view| {
            let known = seen
                .as_ref()
                .is_some_and(|seen: &BTreeSet<String>| seen.contains(&columns.account_key(view)) || seen.len() >= most);
            columns.read(row, view, !known)?;
            if let Some(seen) = seen.as_mut().filter(|_| !known) {
                seen.insert(columns.account_key(view));
            }
            Ok(())
        })
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }
}

struct Columns {
    account: Place,
    handle: Place,
    ip: Place,
    first: Place,
    last: Place,
    port: Place,
    port_time: Place,
}

impl Columns {
    fn find(opened: &Opened<'_>) -> Result<Columns, FormatError> {
        Ok(Columns {
            account: opened.needed(&[ACCOUNT])?,
            handle: opened.place(&["username"]),
            ip: opened.needed(&[IP])?,
            first: opened.needed(&[FIRST_TIME])?,
            last: opened.place(&["last_recorded_utc"]),
            port: opened.place(&["last_observed_port"]),
            port_time: opened.place(&[PORT_TIME]),
        })
    }

    fn account_key(&self, view: &RowView<'_>) -> String {
        format!("{}\n{}", self.account.cell(view).text, self.handle.cell(view).text)
    }

    fn read(&self, row: &mut Row<'_, '_>, view: &RowView<'_>, is_new: bool) -> Result<(), Refusal> {
        let account = self.account.filled(view)?;
        if is_new {
            row.record(TableId::Account, |record| {
                record.text(account::PLATFORM, "roblox", Origin::Rule(BY_FORMAT))?;
                put::text(record, account::ACCOUNT_REF, &account)?;
                put::text(record, account::HANDLE, &self.handle.cell(view))
            })?;
        }
        let (first, last, port_time) = (self.first.cell(view), self.last.cell(view), self.port_time.cell(view));
        let mut times = BTreeSet::new();
        self.session(row, view, "last observed port", &port_time, &mut times)?;
        self.session(row, view, "first recorded", &first, &mut times)?;
        self.session(row, view, "last recorded", &last, &mut times)?;
        if times.is_empty() { Err(Refusal::missing(FIRST_TIME, "a time in one of the columns")) } else { Ok(()) }
    }

    fn session(
        &self,
        row: &mut Row<'_, '_>,
        view: &RowView<'_>,
        event: &'static str,
        time: &Cell<'_>,
        times: &mut BTreeSet<i64>,
    ) -> Result<(), Refusal> {
        if time.is_empty() {
            return Ok(());
        }
        let at = read_time(time)?;
        if !times.insert(at.micros) {
            return Ok(());
        }
        row.record(TableId::Session, |record| {
            record.text(session::PLATFORM, "roblox", Origin::Rule(BY_FORMAT))?;
            put::text(record, session::ACCOUNT_REF, &self.account.cell(view))?;
            put::instant(record, session::AT_UTC, at, time)?;
            put::zone_origin(record, session::ZONE_ORIGIN, at)?;
            put::ip(record, session::IP, &self.ip.cell(view))?;
            if time.name == self.port_time.cell(view).name {
                put::port_or_none(record, session::PORT, &self.port.cell(view))?;
            }
            record.text(session::EVENT, event, Origin::Rule(BY_FORMAT))
        })
    }
}

/// The heading states the zone.
fn read_time(cell: &Cell<'_>) -> Result<ReadTime, Refusal> {
    let zone = Zone::parse("UTC").map_err(|error| cell.refuse(error))?;
    let read = put::read_instant(cell, Some(&zone))?;
    Ok(ReadTime { zone_origin: put::STATED, ..read })
}

const fn example(kind: ExampleKind, name: &'static str, content: Content, expect: Expect) -> Example {
    Example { name, kind, file_name: "IP address of the account.csv", content, mapping: None, expect }
}

static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "two addresses of an account",
        Content::Bytes(
            b"user_id,username,ip_address,first_recorded_utc,last_recorded_utc,last_observed_port,last_observed_port_utc\n\
              900001,kite,203.0.113.10,2026-03-02 16:10:00.000,2026-03-05 10:00:00.000,50001,2026-03-04 09:00:00.000\n\
              900001,kite,2001:db8::10,2026-03-02 16:10:00,2026-03-02 16:10:00,,\n",
        ),
        Expect::Read {
            rows: 2,
            in_records: 2,
            refused: 0,
            records: &[(TableId::Account, 1), (TableId::Session, 4)],
        },
    ),
    example(
        ExampleKind::Bad,
        "rows that cannot be",
        Content::Bytes(
            b"user_id,username,ip_address,first_recorded_utc,last_recorded_utc,last_observed_port,last_observed_port_utc\n\
              ,kite,203.0.113.10,2026-03-02 16:10:00,,,\n\
              900001,kite,203.0.113.10,,,50001,\n\
              900001,kite,203.0.113.10,2026-03-02 16:10:00,2026-03-02 24:10:00,,\n\
              900001,kite,203.0.113.10,2026-03-02 16:10:00,,70000,2026-03-02 16:10:00\n\
              900001,kite,203.0.113.10,2026-03-02 16:10:00,,,\n",
        ),
        Expect::Read {
            rows: 5,
            in_records: 1,
            refused: 4,
            records: &[(TableId::Account, 1), (TableId::Session, 1)],
        },
    ),
    example(ExampleKind::Hostile, "gzip", hostile::GZIP, Expect::Refused("a gzip archive")),
    example(
        ExampleKind::Hostile,
        "quotes inside quotes, cut off",
        Content::Bytes(b"user_id,ip_address,first_recorded_utc\n1,\"203.0.113.10\",\"2026-03-02 16:10:00\"\n\"1\"\"\",\""),
        Expect::Read {
            rows: 2,
            in_records: 1,
            refused: 1,
            records: &[(TableId::Account, 1), (TableId::Session, 1)],
        },
    ),
];
