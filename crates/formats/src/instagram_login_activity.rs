//! Instagram's log-in history, as a return or as the holder downloads it.

use tutela_model::time;
use tutela_model::{TableId, selector, session};

use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::format::{Content, Example, ExampleKind, Expect, Format, FormatMeta, Probe};
use crate::hostile;
use crate::issue::Refusal;
use crate::json::{Document, Object, Text};
use crate::limits::Limits;
use crate::mapping::stated_account;
use crate::put::{self, BY_CONSTANT, BY_FORMAT, BY_TIME, ReadTime, STATED};
use crate::sink::{Record, Row, RowAt, Sink};
use crate::source::Source;

pub(crate) static FORMAT: InstagramLoginActivity = InstagramLoginActivity;

pub(crate) struct InstagramLoginActivity;

static META: FormatMeta = FormatMeta {
    id: "instagram_login_activity",
    title: "Instagram log-in activity (download or return)",
    standard: "Meta, `login_and_account_creation/login_activity.json` and `logout_activity.json`",
    since: "0.1",
    manual: "\
A row is one entry of `account_history_login_history` or `account_history_logout_history`. It gives one record in
`session`, with the event `login` or `logout`.

An entry's `string_map_data` has labels in the holder's language (`IP Address`, `Indirizzo IP`, `IP-Adresse`), so values
are also found by what they are: the time is the `timestamp` (seconds since 1970), else the `title` if it states a zone;
the address is the labelled value, else the one that is an address; port and user agent are the labelled values.
`zone_origin` is `stated`. The masked cookie name identifies nothing and is not read.

**The file does not say whose it is.** The account must be stated: `--account REF`, or `account_ref` among the constants
of a mapping. The platform is `instagram`.",
};

const LISTS: [(&str, &str); 2] =
    [("account_history_login_history", "login"), ("account_history_logout_history", "logout")];

impl Format for InstagramLoginActivity {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        if LISTS.iter().any(|(key, _)| memchr::memmem::find(head, key.as_bytes()).is_some()) {
            return Probe::Yes("the key of Instagram's log-in history".into());
        }
        Probe::No
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Session]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let account = stated_account(source.mapping(), source.info())?;
        let file_name = source.info().file_name.clone();
        let document = Document::read(source, limits)?;
        let root = document.root().object();
        if !LISTS.iter().any(|(key, _)| root.get(key).is_some_and(|list| list.is_array())) {
            let expected = format!("a list {}", LISTS.map(|(key, _)| key).join(" or "));
            return Err(FormatError::NotReadable { at: At::file(&file_name), found: "no such key".into(), expected });
        }
        let mut number = 0;
        for (key, event) in LISTS {
            for entry in root.array(key) {
                number += 1;
                let at = RowAt { row: number, span: entry.span() };
                out.row(at, |row| read_entry(row, &entry.object(), event, &account))?;
            }
        }
        Ok(())
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }
}

fn read_entry(row: &mut Row<'_, '_>, entry: &Object<'_>, event: &'static str, account: &str) -> Result<(), Refusal> {
    let data = entry.object("string_map_data");
    let labelled = |words: &[&str]| {
        let found = data.members().find(|(label, _)| label_has(label, words));
        found.map_or(Ok(None), |(_, node)| node.object().text("value"))
    };
    row.record(TableId::Session, |record| {
        record.text(session::PLATFORM, "instagram", Origin::Rule(BY_FORMAT))?;
        record.text(session::ACCOUNT_REF, account, Origin::Rule(BY_CONSTANT))?;
        put_time(record, entry, &data)?;
        record.text(session::EVENT, event, Origin::Rule(BY_FORMAT))?;
        if let Some(ip) = labelled(&["ip"])?.map_or_else(|| any_ip(&data), |ip| Ok(Some(ip)))? {
            put::ip(record, session::IP, &ip.cell())?;
        }
        if let Some(port) = labelled(&["port", "porta", "puerto", "porte", "poort"])? {
            put::port_or_none(record, session::PORT, &port.cell())?;
        }
        match labelled(&["agent"])? {
            Some(agent) => put::text(record, session::USER_AGENT, &agent.cell()),
            None => Ok(()),
        }
    })
}

/// Whether one of the words is a word of the label.
fn label_has(label: &str, words: &[&str]) -> bool {
    let label = label.to_lowercase();
    label.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}

fn any_ip<'d>(data: &Object<'d>) -> Result<Option<Text<'d>>, Refusal> {
    for (_, node) in data.members() {
        if let Some(text) = node.object().text("value")?.filter(|text| selector::ip(&text.text).is_ok()) {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

fn put_time(record: &mut Record<'_, '_>, entry: &Object<'_>, data: &Object<'_>) -> Result<(), Refusal> {
    for (_, node) in data.members() {
        let Some(text) = node.object().text("timestamp")?.filter(|text| text.text != "0") else { continue };
        let cell = text.cell();
        let seconds: i64 = text.text.parse().map_err(|_| cell.refuse("a count of seconds since 1970"))?;
        let read = time::from_unix_seconds(seconds).map_err(|error| cell.refuse(error))?;
        record.instant(session::AT_UTC, read.micros, cell.origin.by(BY_TIME))?;
        return put::zone_origin(record, session::ZONE_ORIGIN, ReadTime { micros: read.micros, zone_origin: STATED });
    }
    let title = entry.text("title")?.ok_or_else(|| Refusal::missing("timestamp", "a time of the log-in"))?;
    let read = put::read_instant(&title.cell(), None)?;
    put::instant(record, session::AT_UTC, read, &title.cell())?;
    put::zone_origin(record, session::ZONE_ORIGIN, read)
}

const ACCOUNT: &str = "constants: {account_ref: '900002'}\n";

const fn example(kind: ExampleKind, name: &'static str, content: Content, expect: Expect) -> Example {
    Example { name, kind, file_name: "login_activity.json", content, mapping: Some(ACCOUNT), expect }
}

const fn read(in_records: u64, refused: u64, records: &'static [(TableId, u64)]) -> Expect {
    Expect::Read { rows: in_records + refused, in_records, refused, records }
}

static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "log-ins with labels in two languages",
        Content::Bytes(
            br#"{"account_history_login_history": [
  {"title": "2026-03-02T16:10:00+00:00", "media_map_data": {}, "string_map_data": {
    "Cookie Name": {"href": "", "value": "*************abc", "timestamp": 0},
    "IP Address": {"href": "", "value": "203.0.113.10", "timestamp": 0},
    "Port": {"href": "", "value": "50001", "timestamp": 0},
    "Time": {"href": "", "value": "", "timestamp": 1772467800},
    "User Agent": {"href": "", "value": "Instagram 300.0 Test\/1.0 \u00e8", "timestamp": 0}}},
  {"title": "2026-03-02T16:12:00+00:00", "string_map_data": {
    "Indirizzo IP": {"value": "2001:DB8::10"}, "Ora": {"timestamp": 1772467920}}},
  {"title": "2026-03-02T17:12:00+01:00", "string_map_data": {"???": {"value": "203.0.113.11"}, "Port": null}}],
 "account_history_logout_history": [{"string_map_data": {"Time": {"timestamp": 1772467999}}}]}"#,
        ),
        read(4, 0, &[(TableId::Session, 4)]),
    ),
    example(
        ExampleKind::Bad,
        "entries of other shapes",
        Content::Bytes(
            br#"{"account_history_login_history": [null, 1, [], {}, {"title": "2026-03-02T16:10:00"},
 {"string_map_data": {"Time": {"timestamp": "soon"}}}, {"string_map_data": {"Time": {"timestamp": 99999999999999}}},
 {"string_map_data": {"Time": {"timestamp": 1772467800}, "IP Address": {"value": "fe80::1%1"}}},
 {"string_map_data": {"Time": {"timestamp": 1772467800}, "IP Address": {"value": "\ud800"}}},
 {"string_map_data": {"Time": {"timestamp": 1772467800}}}]}"#,
        ),
        read(1, 9, &[(TableId::Session, 1)]),
    ),
    Example {
        mapping: None,
        ..example(
            ExampleKind::Bad,
            "nobody says whose it is",
            Content::Bytes(br#"{"account_history_login_history": []}"#),
            Expect::Refused("--account"),
        )
    },
    example(
        ExampleKind::Bad,
        "cut off",
        Content::Bytes(br#"{"account_history_login_history": [{"title": "2026"#),
        Expect::Refused("the end of the file, expected JSON"),
    ),
    example(
        ExampleKind::Bad,
        "another file",
        Content::Bytes(br#"{"account_history_login_history": null}"#),
        Expect::Refused("no such key"),
    ),
    example(
        ExampleKind::Hostile,
        "10,000 deep",
        Content::Made(|| hostile::deep_json(10_000)),
        Expect::Refused("nesting of JSON: 65 is more than the limit of 64"),
    ),
    example(
        ExampleKind::Hostile,
        "not UTF-8",
        Content::Bytes(b"{\"account_history_login_history\": [{\"title\": \"\xff\"}]}"),
        Expect::Refused("byte 46: found \\xff"),
    ),
];
