//! Google's access log: which services an account used, from which address.

use tutela_model::time::Zone;
use tutela_model::{TableId, mention, session};

use crate::cite::Origin;
use crate::error::FormatError;
use crate::format::{Content, Example, ExampleKind, Expect, Format, FormatMeta, Probe};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::put::{self, BY_FORMAT, ReadTime};
use crate::sink::{Row, Sink};
use crate::source::Source;
use crate::tabular::{self, Cell, Headings, Opened, Place, RowView};

pub(crate) static FORMAT: GoogleAccessLog = GoogleAccessLog;

pub(crate) struct GoogleAccessLog;

static META: FormatMeta = FormatMeta {
    id: "google_access_log",
    title: "Google access log (return or Takeout)",
    standard: "Google, `Access Log Activity/Activities*.csv`, 13 or 16 columns",
    since: "0.1",
    manual: "\
A row is one data row: one use of a Google service. Columns are found by their headings, so the file with 13 columns and
the one with 16 read alike, and so do both spellings of a heading (`Activity Timestamp` and `Timestamp`,
`User Agent String` and `User Agent`).

| record | from |
|---|---|
| `session` | platform `google`, `Gaia ID` as account, time, `IP Address`, `Activity Type` (else the product) as event, user agent |
| `mention` | `Proxied Host IP Address`, where there is one, as an address in the role `proxied_host` |

Times state their zone (`2026-03-11 02:49:39 UTC`, RFC 3339, or `Jun 15, 2026, 7:40:10 AM UTC`); one that does not is
refused. The log has no ports. Country, region and city are Google's own guess from the address and are not read.
Where the column `Gaia ID` is empty, the account is the mapping's constant `account_ref` (`--account`).",
};

const ACCOUNT: &[&str] = &["Gaia ID"];
const TIME: &[&str] = &["Activity Timestamp", "Timestamp"];
const IP: &[&str] = &["IP Address"];

impl Format for GoogleAccessLog {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        let headings = Headings::probe(head, b',');
        if [ACCOUNT, TIME, IP].iter().all(|names| headings.find_any(names).is_some()) {
            return Probe::Yes("the headings of Google's access log".into());
        }
        Probe::No
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Session, TableId::Mention]
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
    time: Place,
    ip: Place,
    proxied: Place,
    agent: Place,
    activity: Place,
    product: Place,
}

impl Columns {
    fn find(opened: &Opened<'_>) -> Result<Columns, FormatError> {
        opened.needed(ACCOUNT)?;
        Ok(Columns {
            account: opened.place_or_constant(ACCOUNT, "account_ref"),
            time: opened.needed(TIME)?,
            ip: opened.needed(IP)?,
            proxied: opened.place(&["Proxied Host IP Address", "Proxiedhost IP Address", "Proxied Host IP"]),
            agent: opened.place(&["User Agent String", "User Agent"]),
            activity: opened.place(&["Activity Type"]),
            product: opened.place(&["Product Name", "Product"]),
        })
    }

    fn read(&self, row: &mut Row<'_, '_>, view: &RowView<'_>) -> Result<(), Refusal> {
        let account = self.account.filled(view)?;
        let time = self.time.filled(view)?;
        let at = read_time(&time)?;
        row.record(TableId::Session, |record| {
            record.text(session::PLATFORM, "google", Origin::Rule(BY_FORMAT))?;
            put::text(record, session::ACCOUNT_REF, &account)?;
            put::instant(record, session::AT_UTC, at, &time)?;
            put::zone_origin(record, session::ZONE_ORIGIN, at)?;
            put::ip(record, session::IP, &self.ip.cell(view))?;
            let activity = self.activity.cell(view);
            let event = if activity.is_empty() { self.product.cell(view) } else { activity };
            put::text(record, session::EVENT, &event)?;
            put::text(record, session::USER_AGENT, &self.agent.cell(view))
        })?;
        let proxied = self.proxied.cell(view);
        if proxied.is_empty() {
            return Ok(());
        }
        row.record(TableId::Mention, |record| {
            record.text(mention::KIND, "ip", Origin::Rule(BY_FORMAT))?;
            put::ip(record, mention::VALUE, &proxied)?;
            record.text(mention::ROLE, "proxied_host", Origin::Rule(BY_FORMAT))?;
            put::instant(record, mention::AT_UTC, at, &time)
        })
    }
}

/// In any of the forms that Google has used.
fn read_time(cell: &Cell<'_>) -> Result<ReadTime, Refusal> {
    let first = match put::read_instant(cell, None) {
        Ok(read) => return Ok(read),
        Err(refusal) => refusal,
    };
    // Newer exports put a narrow no-break space before AM and PM.
    let plain = cell.text.replace(['\u{202f}', '\u{a0}'], " ");
    let Some(clock) = plain.strip_suffix(" UTC") else { return Err(first) };
    let zone = Zone::parse("UTC").map_err(|error| cell.refuse(error))?;
    let clock = Cell { text: clock, ..*cell };
    let read = put::read_local(&clock, "%b %d, %Y, %I:%M:%S %p", &zone).map_err(|_| first)?;
    Ok(ReadTime { zone_origin: put::STATED, ..read })
}

const fn example(kind: ExampleKind, name: &'static str, content: &'static [u8], expect: Expect) -> Example {
    let content = Content::Bytes(content);
    Example { name, kind, file_name: "Activities.csv", content, mapping: None, expect }
}

static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "13 columns",
        b"Gaia ID,Activity Timestamp,IP Address,Proxiedhost IP Address,Is Non-routable IP Address,Activity Country,\
          Activity Region,Activity City,User Agent String,Product Name,Sub-Product Name,Activity Type,Gmail Access Channel\n\
          100000000000000000001,2026-03-02 16:10:00 UTC,203.0.113.10,,false,IT,,,\"App : TEST_APP. Os : TEST_OS.\",Gmail,,Login,IMAP\n\
          100000000000000000001,2026-03-02T16:11:00.5Z,2001:db8:0:0::10,198.51.100.9,false,IT,,,,YouTube,,,\n",
        Expect::Read {
            rows: 2,
            in_records: 2,
            refused: 0,
            records: &[(TableId::Session, 2), (TableId::Mention, 1)],
        },
    ),
    example(
        ExampleKind::Good,
        "16 columns",
        "GAIA ID,Timestamp,IP Address,Proxied Host IP,Is Non-routable IP,Country,Region,City,User Agent,Product,\
         Sub-Product,Referer Product,Referer Sub-Product,Activity Type,Gmail Access Channel,Android Webview pkg\r\n\
         100000000000000000001,\"Jun 15, 2026, 7:40:10 AM UTC\",203.0.113.10,,,,,,,Drive,,,,Download,,\r\n\
         100000000000000000001,\"Jun 5, 2026, 12:40:10\u{202f}AM UTC\",203.0.113.10,,,,,,,Drive,,,,Download,,\r\n"
            .as_bytes(),
        Expect::Read { rows: 2, in_records: 2, refused: 0, records: &[(TableId::Session, 2)] },
    ),
    example(
        ExampleKind::Bad,
        "times without a zone, scopes, missing accounts",
        b"Gaia ID,Timestamp,IP Address\n\
          1,2026-03-02 16:10:00,203.0.113.10\n\
          1,\"Feb 30, 2026, 7:40:10 AM UTC\",203.0.113.10\n\
          1,2026-03-02 16:10:00 UTC,fe80::1%2\n\
          ,2026-03-02 16:10:00 UTC,203.0.113.10\n\
          1,,203.0.113.10\n\
          1,2026-03-02 16:10:00 UTC,\n",
        Expect::Read { rows: 6, in_records: 1, refused: 5, records: &[(TableId::Session, 1)] },
    ),
    example(
        ExampleKind::Bad,
        "another table of the same export",
        b"Gaia ID,Device Type,Last Activity Time\n1,MOBILE,2026-03-02 16:10:00 UTC\n",
        Expect::Refused("a heading Activity Timestamp or Timestamp"),
    ),
    example(
        ExampleKind::Hostile,
        "control characters and NUL",
        b"Gaia ID,Timestamp,IP Address,User Agent\n\
          1,2026-03-02 16:10:00 UTC,203.0.113.10,a\x00b\n\
          \x1b[2J,\x07,203.0.113.10,\n",
        Expect::Read { rows: 2, in_records: 0, refused: 2, records: &[] },
    ),
    example(ExampleKind::Hostile, "a gzip archive", b"\x1f\x8b\x08\x00\x00", Expect::Refused("a gzip archive")),
];
