//! Kik's bind log: each time an account connected, with address and port.

use tutela_model::time::{self, Zone};
use tutela_model::{TableId, session};

use crate::cite::Origin;
use crate::error::FormatError;
use crate::format::{Content, Example, ExampleKind, Expect, Format, FormatMeta, Probe};
use crate::hostile;
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::platform;
use crate::put::{self, BY_FORMAT, PROVIDER_RULE, ReadTime, STATED};
use crate::sink::{Row, Sink};
use crate::source::Source;
use crate::tabular::{self, Cell, Headings, Opened, Place, RowView};

pub(crate) static FORMAT: KikBinds = KikBinds;

pub(crate) struct KikBinds;

static META: FormatMeta = FormatMeta {
    id: "kik_binds",
    title: "Kik bind log (return)",
    standard: "Kik, `logs/binds.csv`: user_jid, ip, port, ts, device",
    since: "0.1",
    manual: "\
A row is one data row: an account that connected.

| record | from |
|---|---|
| `session` | platform `kik`, `user_jid` without `@talk.kik.com` as account, `ts`, `ip`, `port`, `device` as user agent; the event is `bind` |

Kik writes times in UTC without saying so (`2026-03-02 16:10:00`, also with decimals, a `T` or slashes); `zone_origin` is
then `provider_rule`. A count of milliseconds since 1970 or a stated zone is read too, and is `stated`. An empty port, 0
or `null` is absent. Other logs of the return (`chat_sent.csv`, `friends_added.csv`) are not read.",
};

const HEADINGS: [&str; 5] = ["user_jid", "ip", "port", "ts", "device"];

impl Format for KikBinds {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        let headings = Headings::probe(head, b',');
        if HEADINGS.iter().take(4).all(|name| headings.find(name).is_some()) {
            return Probe::Yes("the headings of Kik's bind log".into());
        }
        Probe::No
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Session]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let mut opened = tabular::open(source, limits)?;
        let columns = Columns::find(&opened)?;
        opened.records.rows_in_pieces(opened.headings.len(), out, |row, view| columns.read(row, view))
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }
}

struct Columns {
    account: Place,
    ip: Place,
    port: Place,
    time: Place,
    device: Place,
}

impl Columns {
    fn find(opened: &Opened<'_>) -> Result<Columns, FormatError> {
        let [account, ip, port, time, device] = HEADINGS;
        Ok(Columns {
            account: opened.needed(&[account])?,
            ip: opened.needed(&[ip])?,
            port: opened.needed(&[port])?,
            time: opened.needed(&[time])?,
            device: opened.place(&[device]),
        })
    }

    fn read(&self, row: &mut Row<'_, '_>, view: &RowView<'_>) -> Result<(), Refusal> {
        let time = self.time.filled(view)?;
        let at = read_time(&time)?;
        row.record(TableId::Session, |record| {
            record.text(session::PLATFORM, "kik", Origin::Rule(BY_FORMAT))?;
            let account = self.account.filled(view)?;
            let short = platform::account_ref("kik", account.text);
            let origin = if short == account.text { account.origin } else { account.origin.by(put::BY_NORMAL_FORM) };
            record.text(session::ACCOUNT_REF, short, origin)?;
            put::instant(record, session::AT_UTC, at, &time)?;
            put::zone_origin(record, session::ZONE_ORIGIN, at)?;
            put::ip(record, session::IP, &self.ip.cell(view))?;
            put::port_or_none(record, session::PORT, &self.port.cell(view))?;
            record.text(session::EVENT, "bind", Origin::Rule(BY_FORMAT))?;
            put::text(record, session::USER_AGENT, &self.device.cell(view))
        })
    }
}

fn read_time(cell: &Cell<'_>) -> Result<ReadTime, Refusal> {
    if cell.text.len() == 13 && cell.text.bytes().all(|byte| byte.is_ascii_digit()) {
        let millis: i64 = cell.text.parse().map_err(|_| cell.refuse(time::TimeError::Shape))?;
        return Ok(ReadTime { micros: millis * 1000, zone_origin: STATED });
    }
    let zone = Zone::parse("UTC").map_err(|error| cell.refuse(error))?;
    if cell.text.as_bytes().get(4) == Some(&b'/') {
        let (clock, zone_origin) = match cell.text.strip_suffix(" UTC") {
            Some(clock) => (clock, STATED),
            None => (cell.text, PROVIDER_RULE),
        };
        let read = put::read_local(&Cell { text: clock, ..*cell }, "%Y/%m/%d %H:%M:%S", &zone)?;
        return Ok(ReadTime { zone_origin, ..read });
    }
    put::read_instant(cell, Some(&zone))
}

const fn example(kind: ExampleKind, name: &'static str, content: Content, expect: Expect) -> Example {
    Example { name, kind, file_name: "binds.csv", content, mapping: None, expect }
}

static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "connections in all forms of time",
        Content::Bytes(
            b"user_jid,ip,port,ts,device\n\
              kite_abc@talk.kik.com,203.0.113.10,50001,2026-03-02 16:10:00.123,android\n\
              kite_abc@talk.kik.com,2001:DB8::10,50002,2026/03/02 16:10:00 UTC,iphone\n\
              kite_abc@talk.kik.com,203.0.113.10,,2026-03-02T16:10:00,\n\
              kite_abc@talk.kik.com,203.0.113.10,0,1772467800123,android\n",
        ),
        Expect::Read { rows: 4, in_records: 4, refused: 0, records: &[(TableId::Session, 4)] },
    ),
    example(
        ExampleKind::Bad,
        "values that cannot be",
        Content::Bytes(
            b"user_jid,ip,port,ts,device\n\
              kite_abc@talk.kik.com,203.0.113.10,70000,2026-03-02 16:10:00,android\n\
              kite_abc@talk.kik.com,203.0.113,50001,2026-03-02 16:10:00,android\n\
              kite_abc@talk.kik.com,203.0.113.10,50001,2026-02-30 16:10:00,android\n\
              kite_abc@talk.kik.com,203.0.113.10,50001,02/03/2026,android\n\
              ,203.0.113.10,50001,2026-03-02 16:10:00,android\n\
              kite_abc@talk.kik.com,203.0.113.10,50001,2026-03-02 16:10:00,android\n",
        ),
        Expect::Read { rows: 6, in_records: 1, refused: 5, records: &[(TableId::Session, 1)] },
    ),
    example(ExampleKind::Hostile, "zip bomb", hostile::ZIP_BOMB, Expect::Refused("a ZIP archive")),
    example(
        ExampleKind::Hostile,
        "numbers beyond all bounds",
        Content::Bytes(
            b"user_jid,ip,port,ts\n\
              a,203.0.113.10,99999999999999999999999999,2026-03-02 16:10:00\n\
              a,203.0.113.10,1,9999999999999\n\
              a,203.0.113.10,1,99999999999999999999\n",
        ),
        Expect::Read { rows: 3, in_records: 1, refused: 2, records: &[(TableId::Session, 1)] },
    ),
];
