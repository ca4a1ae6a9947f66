//! SWIFT MT103 messages, one after the other as the RJE form has them.

use tutela_model::money::{self, Amount};
use tutela_model::{TableId, payment, payment_account as account, time};

use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::format::{Content, Example, ExampleKind, Expect, Format, FormatMeta, Probe};
use crate::hostile;
use crate::iso_20022::account_kind;
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::lines::Part;
use crate::put::{self, BY_AMOUNT, BY_FORMAT};
use crate::sink::{Record, Row, RowAt, Sink};
use crate::source::{Source, Span};
use crate::tabular::Cell;
use crate::whole::Whole;

pub(crate) static FORMAT: Mt103 = Mt103;

pub(crate) struct Mt103;

static META: FormatMeta = FormatMeta {
    id: "mt103",
    title: "Single customer credit transfers (SWIFT MT103)",
    standard: "SWIFT MT103, FIN blocks; RJE files with `$` between messages",
    since: "0.1",
    manual: "\
A row is one message, from its block 1 to the next. An acknowledgement (`{1:F21`) before a message is part of it; where it says
that the network refused the message, `status` is `rejected`.

| column of `payment` | from |
|---|---|
| `value_date`, `currency`, `amount` | `:32A:`. The years 80 to 99 are of the 20th century |
| `instructed_amount` | `:33B:`, where it differs |
| `fee_amount` | the first `:71F:` |
| `booked_date` | of a message that was received, the day the sender gave it in (block 2) |
| `debtor_account`, `debtor_name` | `:50A:`, `:50F:`, `:50K:`: the line with `/`, and the first line of the name |
| `creditor_account`, `creditor_name` | `:59:`, `:59A:`, `:59F:` likewise |
| `debtor_provider`, `creditor_provider` | `:52A:` and `:57A:`; without them sender and receiver of the message |
| `payment_ref`, `uetr` | `:20:`; field 121 of block 3 |
| `purpose`, `channel` | `:26T:`; `:23B:` |

Debtor and creditor give a `payment_account` each where they have an account and a name. `status` is else `information`, since a
message does not say that the money arrived, and `side` is absent. `:70:` and `:72:` are free text and are not read.

**Refused rows.** Messages of other types, and those without `:32A:`.",
};

impl Format for Mt103 {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let has = |mark: &[u8]| memchr::memmem::find(head, mark).is_some();
        if text.starts_with(b"{1:F") && (has(b"{2:O103") || has(b"{2:I103")) {
            return Probe::Yes("the blocks of an MT103".into());
        }
        Probe::No
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Payment, TableId::PaymentAccount]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let file_name = source.info().file_name.clone();
        let whole = Whole::read(source, limits, "bytes of a file of messages")?;
        let starts: Vec<usize> =
            memchr::memmem::find_iter(whole.text.as_bytes(), b"{1:F").chain([whole.text.len()]).collect();
        let (mut row, mut refused_by_network) = (0, false);
        for pair in starts.windows(2) {
            let [start, end] = *pair else { continue };
            let text = whole.text.get(start..end).unwrap_or_default().trim_end();
            if text.starts_with("{1:F21") {
                refused_by_network = text.contains("{451:1}");
                continue;
            }
            row += 1;
            let part = Part { text, start: whole.offset + start as u64 };
            out.row(RowAt { row, span: part.span() }, |row| read_message(part, refused_by_network, row))?;
            refused_by_network = false;
        }
        if row > 0 {
            return Ok(());
        }
        Err(FormatError::NotReadable {
            at: At::file(&file_name),
            found: "a text without any message".into(),
            expected: "messages that begin with {1:F".into(),
        })
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }
}

/// The fields of block 4 and what the other blocks say.
struct Message<'m> {
    fields: Vec<(&'m str, Part<'m>)>,
    uetr: Option<Part<'m>>,
    sender: Option<Part<'m>>,
    receiver: Option<Part<'m>>,
    given_in: Option<Part<'m>>,
}

/// A part of a part, by its place in it.
fn part<'m>(of: Part<'m>, from: usize, to: usize) -> Option<Part<'m>> {
    let text = of.text.get(from..to)?;
    Some(Part { text, start: of.start + from as u64 })
}

impl<'m> Message<'m> {
    fn split(message: Part<'m>) -> Result<Message<'m>, Refusal> {
        let (head, body) = message
            .split_once("{4:")
            .ok_or_else(|| Refusal::row(message.text.as_bytes(), "a block 4 with the fields of the message"))?;
        let first = head.split_once("{1:F").map(|(_, after)| after);
        let local = first.and_then(|block| part(block, 2, 14));
        let (_, second) = head
            .split_once("{2:")
            .ok_or_else(|| Refusal::row(message.text.as_bytes(), "a block 2 with the type of the message"))?;
        let kind = second.text.get(1..4).unwrap_or_default();
        if kind != "103" {
            return Err(Refusal::row(second.text.get(..4).unwrap_or_default().as_bytes(), "a message of type 103"));
        }
        let is_output = second.text.starts_with('O');
        let other = if is_output { part(second, 14, 26) } else { part(second, 4, 16) };
        let uetr = head.split_once("{121:").and_then(|(_, after)| after.split_once("}")).map(|(uetr, _)| uetr);
        let fields = match body.split_once("\n-}") {
            Some((fields, _)) => fields,
            None => return Err(Refusal::row(message.text.as_bytes(), "an end of block 4: a line -}")),
        };
        Ok(Message {
            fields: split_fields(fields),
            uetr,
            sender: if is_output { other } else { local },
            receiver: if is_output { local } else { other },
            given_in: if is_output { part(second, 8, 14) } else { None },
        })
    }

    /// A field by the beginnings of its tags, with the tag.
    fn field(&self, tags: &[&str]) -> Option<(&'m str, Part<'m>)> {
        self.fields.iter().find(|(tag, _)| tags.contains(tag)).copied()
    }
}

/// Fields begin with `:NN:` or `:NNA:` at the beginning of a line and go on until the next one.
fn split_fields(body: Part<'_>) -> Vec<(&str, Part<'_>)> {
    let mut begins: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for line in body.text.split('\n') {
        let tag = line.strip_prefix(':').and_then(|rest| rest.split_once(':')).map_or("", |(tag, _)| tag);
        let is_tag = (2..=3).contains(&tag.len()) && tag.bytes().take(2).all(|b| b.is_ascii_digit());
        if is_tag {
            begins.push((at, tag.len() + 2));
        }
        at += line.len() + 1;
    }
    let ends = begins.iter().skip(1).map(|(at, _)| *at).chain([body.text.len()]);
    let fields = begins.iter().zip(ends).filter_map(|((from, mark), end)| {
        let tag = body.text.get(from + 1..from + mark - 1)?;
        let value = part(body, from + mark, end)?;
        Some((tag, Part { text: value.text.trim_end(), start: value.start }))
    });
    fields.collect()
}

/// The lines of a field. Those that say nothing are none.
fn lines(field: Part<'_>) -> impl Iterator<Item = Part<'_>> {
    let mut start = field.start;
    let parts = field.text.split('\n').map(move |line| {
        let part = Part { text: line.trim_end(), start };
        start += line.len() as u64 + 1;
        part
    });
    parts.filter(|part| !part.text.is_empty())
}

/// Who pays or is paid.
#[derive(Default)]
struct Customer<'m> {
    account: Option<Part<'m>>,
    name: Option<Part<'m>>,
    address: Option<(String, Span)>,
}

impl<'m> Customer<'m> {
    fn read(tag: &str, field: Part<'m>) -> Customer<'m> {
        let mut found = Customer::default();
        let mut rest = Vec::new();
        for (number, line) in lines(field).enumerate() {
            let account = line.text.strip_prefix('/').filter(|_| number == 0);
            if let Some(text) = account {
                let text = text.trim_start_matches('/').trim();
                let place = line.start + (line.text.len() - text.len()) as u64;
                found.account = Some(Part { text, start: place }).filter(|_| !text.is_empty() && text != "-");
                continue;
            }
            let (kind, line) = match line.split_once("/").filter(|_| tag.ends_with('F')) {
                Some((kind, value)) => (kind.text, value),
                None => ("", line),
            };
            let is_name = if kind.is_empty() { found.name.is_none() } else { kind == "1" && found.name.is_none() };
            if is_name && !tag.ends_with('A') {
                found.name = Some(line);
            } else if kind.is_empty() || matches!(kind, "2" | "3") {
                rest.push(line);
            }
        }
        if let (Some(first), Some(last), false) = (rest.first(), rest.last(), tag.ends_with('A')) {
            let text = rest.iter().map(|line| line.text.trim()).collect::<Vec<_>>().join(", ");
            found.address = Some((text, Span::new(first.start, last.span().end)));
        }
        found
    }

    fn put(&self, record: &mut Record<'_, '_>, [account, name]: [usize; 2]) -> Result<(), Refusal> {
        if let Some(part) = self.account {
            put::payment_account(record, account, &cell("account", part))?;
        }
        match self.name {
            Some(part) => put::text(record, name, &cell("name", part)),
            None => Ok(()),
        }
    }

    fn record(&self, provider: Option<&Provider<'_>>, row: &mut Row<'_, '_>) -> Result<(), Refusal> {
        let (Some(part), Some(name)) = (self.account, self.name) else { return Ok(()) };
        row.record(TableId::PaymentAccount, |record| {
            if let Some(provider) = provider {
                provider.put(record, account::PROVIDER)?;
            }
            put::payment_account(record, account::ACCOUNT_REF, &cell("account", part))?;
            record.text(account::ACCOUNT_KIND, account_kind(part.text), Origin::Read(part.span(), BY_FORMAT))?;
            put::text(record, account::HOLDER_NAME, &cell("name", name))?;
            match &self.address {
                Some((text, span)) => record.text(account::ADDRESS, text, Origin::Read(*span, "the lines joined")),
                None => Ok(()),
            }
        })
    }
}

fn cell<'m>(name: &'m str, part: Part<'m>) -> Cell<'m> {
    let text = part.text.trim();
    let start = part.start + (part.text.len() - part.text.trim_start().len()) as u64;
    Cell { name, text, origin: Span::sized(start, text.len()).into() }
}

/// Who keeps an account: a field of the message, or the sender or receiver of it.
enum Provider<'m> {
    Field(Part<'m>),
    Terminal(Part<'m>),
}

impl Provider<'_> {
    fn put(&self, record: &mut Record<'_, '_>, column: usize) -> Result<(), Refusal> {
        match self {
            Provider::Field(part) => put::provider(record, column, &cell("institution", *part)),
            Provider::Terminal(part) => {
                let (office, branch) = (part.text.get(..8).unwrap_or_default(), part.text.get(9..12).unwrap_or("XXX"));
                let bic = if branch == "XXX" { office.to_owned() } else { format!("{office}{branch}") };
                record.text(column, &bic, Origin::Read(part.span(), "the BIC of the terminal"))
            }
        }
    }
}

fn provider<'m>(message: &Message<'m>, tags: &[&str], terminal: Option<Part<'m>>) -> Option<Provider<'m>> {
    let of_field = message.field(tags).and_then(|(_, field)| lines(field).find(|line| !line.text.starts_with('/')));
    of_field.map(Provider::Field).or_else(|| terminal.map(Provider::Terminal))
}

fn read_message(text: Part<'_>, refused_by_network: bool, row: &mut Row<'_, '_>) -> Result<(), Refusal> {
    let message = Message::split(text)?;
    let (_, settled) =
        message.field(&["32A"]).ok_or_else(|| Refusal::missing("32A", "value date, currency, amount"))?;
    let customer =
        |tags: &[&str]| message.field(tags).map(|(tag, field)| Customer::read(tag, field)).unwrap_or_default();
    let (debtor, creditor) = (customer(&["50A", "50F", "50K"]), customer(&["59", "59A", "59F"]));
    let from = provider(&message, &["52A", "52D"], message.sender);
    let to = provider(&message, &["57A", "57B", "57C", "57D"], message.receiver);
    row.record(TableId::Payment, |record| {
        put_day(record, payment::VALUE_DATE, part(settled, 0, 6).unwrap_or(settled))?;
        let money = part(settled, 6, settled.text.len()).unwrap_or(settled);
        let settled = put_money(record, [payment::AMOUNT, payment::CURRENCY], "32A", money, None)?;
        if let Some((_, field)) = message.field(&["33B"]) {
            let columns = [payment::INSTRUCTED_AMOUNT, payment::INSTRUCTED_CURRENCY];
            put_money(record, columns, "33B", field, Some(&settled))?;
        }
        if let Some((_, field)) = message.field(&["71F"]) {
            put_money(record, [payment::FEE_AMOUNT, payment::FEE_CURRENCY], "71F", field, None)?;
        }
        if let Some(day) = message.given_in {
            put_day(record, payment::BOOKED_DATE, day)?;
        }
        debtor.put(record, [payment::DEBTOR_ACCOUNT, payment::DEBTOR_NAME])?;
        creditor.put(record, [payment::CREDITOR_ACCOUNT, payment::CREDITOR_NAME])?;
        for (found, column) in [(&from, payment::DEBTOR_PROVIDER), (&to, payment::CREDITOR_PROVIDER)] {
            if let Some(found) = found {
                found.put(record, column)?;
            }
        }
        let fields = [("20", payment::PAYMENT_REF), ("26T", payment::PURPOSE), ("23B", payment::CHANNEL)];
        for (tag, column) in fields {
            if let Some((name, field)) = message.field(&[tag]) {
                put::text(record, column, &cell(name, field))?;
            }
        }
        if let Some(uetr) = message.uetr {
            put::text(record, payment::UETR, &cell("121", uetr))?;
        }
        let status = if refused_by_network { "rejected" } else { "information" };
        record.text(payment::STATUS, status, Origin::Rule(BY_FORMAT))
    })?;
    debtor.record(from.as_ref(), row)?;
    creditor.record(to.as_ref(), row)
}

/// `191014` is 14 October 2019.
fn put_day(record: &mut Record<'_, '_>, column: usize, part: Part<'_>) -> Result<(), Refusal> {
    let refuse = || part.refuse("32A", "a day such as 260302");
    let year = part.text.get(..2).and_then(|year| year.parse::<u32>().ok()).ok_or_else(refuse)?;
    let century = if year >= 80 { 19 } else { 20 };
    let (month, day) = (part.text.get(2..4).unwrap_or_default(), part.text.get(4..6).unwrap_or_default());
    let days = time::parse_date(&format!("{century}{year:02}-{month}-{day}")).map_err(|_| refuse())?;
    record.date(column, days, Origin::Read(part.span(), "a year of two digits, from 1980 to 2079"))
}

/// `EUR1234,5`. Where it equals what was settled, nothing is set.
fn put_money(
    record: &mut Record<'_, '_>,
    [amount, currency]: [usize; 2],
    tag: &str,
    field: Part<'_>,
    settled: Option<&(Amount, String)>,
) -> Result<(Amount, String), Refusal> {
    let refuse = || field.refuse(tag, "a currency and an amount with a decimal comma, such as EUR1234,50");
    let (code, digits) = field.text.split_at_checked(3).ok_or_else(refuse)?;
    let digits = digits.trim();
    let code = money::currency(code).map_err(|_| refuse())?;
    // The comma is mandatory; an amount without it, or with two, is none.
    let value = Amount::parse_with(digits, ',').ok().filter(|value| digits.contains(',') && !value.is_negative());
    let value = value.ok_or_else(refuse)?;
    if settled.is_some_and(|settled| *settled == (value, code.clone())) {
        return Ok((value, code));
    }
    record.decimal(amount, value, Origin::Read(Span::sized(field.start + 3, digits.len()), BY_AMOUNT))?;
    record.text(currency, &code, Origin::Bytes(Span::sized(field.start, 3)))?;
    Ok((value, code))
}

/// Two messages that were received, one that was sent and refused by the network.
const MESSAGES: &[u8] = b"{1:F01EXMPPHMMAXXX0000000001}{2:O1031610260302EXMPITMMAXXX00000000012603021610N}{3:{121:11111111-2222-4333-8444-555555555555}}{4:\r\n\
:20:REF-1\r\n:23B:CRED\r\n:32A:260302EUR35,5\r\n:33B:PHP2380,\r\n:50K:/IT51X9999999999000000012345\r\nALDO PROVANTI\r\nVIA PROVA 1\r\n\
:59:/000099\r\nPROVA TEST\r\n:70:NOT READ\r\n:71A:SHA\r\n:71F:EUR1,25\r\n-}\r\n$\r\n\
{1:F01EXMPPHMMAXXX0000000002}{2:O1031610260303EXMPITMMAXXX00000000022603031610N}{4:\n\
:20:REF-2\n:32A:990302USD19999,\n:50F:/12345678\n1/DUE PROVE\n2/VIA PROVA 2\n3/IT/ESEMPIO\n:52D:BANCA\nESEMPIO\n:57A:/1\nEXMPDEFFXXX\n:59:/-\nTRE\n-}{5:{MAC:00000000}}\n$\n\
{1:F21EXMPITMMAXXX0000000003}{4:{177:2603021610}{451:1}}{1:F01EXMPITMMAXXX0000000003}{2:I103EXMPDEFFXABCN}{4:\n\
:20:REF-3\n:32A:260302EUR0,01\n:33B:EUR0,01\n-}\n";

const BROKEN: &[u8] = b"{1:F01EXMPITMMAXXX0000000003}{2:I103EXMPDEFFXABCN}{4:\n:20:A\n:32A:260230EUR1,00\n-}\n$\n\
{1:F01EXMPITMMAXXX0000000003}{2:I103EXMPDEFFXABCN}{4:\n:20:B\n:32A:260302EUR1.00\n-}\n$\n\
{1:F01EXMPITMMAXXX0000000003}{2:I103EXMPDEFFXABCN}{4:\n:20:C\n:32A:260302E\xc3\xa9R1,00\n-}\n$\n\
{1:F01EXMPITMMAXXX0000000003}{2:I103EXMPDEFFXABCN}{4:\n:20:D\n-}\n$\n\
{1:F01EXMPITMMAXXX0000000003}{2:I202EXMPDEFFXABCN}{4:\n:20:E\n:32A:260302EUR1,00\n-}\n$\n\
{1:F01EXMPITMMAXXX0000000003}{2:I103EXMPDEFFXABCN}{4:\n:20:F\n:32A:260302EUR1,00";

const fn example(kind: ExampleKind, name: &'static str, content: Content, expect: Expect) -> Example {
    Example { name, kind, file_name: "messages.rje", content, mapping: None, expect }
}

static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "messages that came in, and one that the network refused",
        Content::Bytes(MESSAGES),
        Expect::Read {
            rows: 3,
            in_records: 3,
            refused: 0,
            records: &[(TableId::Payment, 3), (TableId::PaymentAccount, 3)],
        },
    ),
    example(
        ExampleKind::Bad,
        "messages that cannot be, one of another type, one cut off",
        Content::Bytes(BROKEN),
        Expect::Read { rows: 6, in_records: 0, refused: 6, records: &[] },
    ),
    example(ExampleKind::Bad, "no message", Content::Bytes(b"$\n$\n"), Expect::Refused("a text without any message")),
    example(
        ExampleKind::Hostile,
        "a message of tags alone",
        Content::Made(|| {
            let head = b"{1:F01EXMPITMMAXXX0000000003}{2:I103EXMPDEFFXABCN}{4:\n".to_vec();
            [head, b":50K:/\n".repeat(100_000), b"-}\n".to_vec()].concat()
        }),
        Expect::Read { rows: 1, in_records: 0, refused: 1, records: &[] },
    ),
    example(ExampleKind::Hostile, "zip bomb", hostile::ZIP_BOMB, Expect::Refused("a ZIP archive")),
];
