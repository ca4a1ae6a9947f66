//! Captures: addresses and URLs at a time, of a person, an uploaded file or a web page.

use tutela_model::{TableId, selector, session};

use super::lines;
use super::report::{Account, Context, Mention, Rows, note_unread};
use crate::cite::Origin;
use crate::error::FormatError;
use crate::issue::Refusal;
use crate::json::{Node, Object, Text};
use crate::put::{self, BY_NORMAL_FORM, BY_TIME, ReadTime};
use crate::sink::Row;

/// Whose captures they are.
pub(super) struct Of<'o, 'd> {
    pub(super) role: &'static str,
    pub(super) account: Option<&'o Account<'d>>,
    /// When the file was uploaded, for captures without a time.
    pub(super) upload: Option<&'o Text<'d>>,
}

/// Reads all captures that hang on something.
pub(super) fn read_all(
    rows: &mut Rows<'_, '_>,
    holder: &Object<'_>,
    of: &Of<'_, '_>,
    context: &Context<'_>,
) -> Result<(), FormatError> {
    for node in captures(holder) {
        rows.row(node.span(), |row| read_capture(row, node, of, context))?;
    }
    Ok(())
}

fn captures<'d>(holder: &Object<'d>) -> Vec<Node<'d>> {
    holder.object("sourceInformation").array("sourceCaptures")
}

/// Reads an uploaded file and its captures.
pub(super) fn read_file(rows: &mut Rows<'_, '_>, node: Node<'_>, context: &Context<'_>) -> Result<(), FormatError> {
    let file = node.object();
    let upload = upload_time(&file, context);
    // A file without a hash is no row of its own where its captures are: nothing of it is lost.
    if file.get("verificationHash").is_some() || captures(&file).is_empty() {
        rows.row(node.span(), |row| read_hash(row, node, &file, upload.as_ref(), context))?;
    }
    let account = context.sole.as_ref();
    read_all(rows, &file, &Of { role: "uploaded", account, upload: upload.as_ref() }, context)?;
    lines::read(rows, &file.array("additionalInformations"), lines::Of::logins(account), context)
}

/// A file is known by its hash, and by nothing else that may be kept.
fn read_hash(
    row: &mut Row<'_, '_>,
    node: Node<'_>,
    file: &Object<'_>,
    upload: Option<&Text<'_>>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if !node.is_object() {
        return Err(Refusal::row(b"no object", "an uploaded file").at(node.span()));
    }
    const EXPECTED: &str = "an MD5, SHA-1 or SHA-256 of the file in hexadecimal digits";
    let hash = file.text("verificationHash")?.ok_or_else(|| Refusal::missing("verificationHash", EXPECTED))?;
    let kind = match hash.text.len() {
        _ if !hash.text.bytes().all(|byte| byte.is_ascii_hexdigit()) => None,
        32 => Some("md5"),
        40 => Some("sha1"),
        64 => Some("sha256"),
        _ => None,
    };
    let kind = kind.ok_or_else(|| hash.cell().refuse(EXPECTED))?;
    let at = upload.map(|text| context.time(text).map(|at| (at, text.cell().origin))).transpose();
    let at = at.unwrap_or_else(|refusal| {
        note_unread(row, &refusal);
        None
    });
    let value = hash.text.to_ascii_lowercase();
    Mention { kind, value: &value, origin: hash.cell().origin, role: "uploaded", at }.put(row)
}

/// When a file was uploaded: each platform says so in a place of its own.
fn upload_time<'d>(file: &Object<'d>, context: &Context<'_>) -> Option<Text<'d>> {
    let text = |object: &Object<'d>, key| object.text(key).ok().flatten();
    let in_metadata = || {
        let named = file.object("espMetadata").array("metadatas").into_iter().map(Node::object);
        let upload = |metadata: &Object<'d>| text(metadata, "name").is_some_and(|n| n.text == "Upload Date and Time");
        named.into_iter().find(upload).and_then(|metadata| text(&metadata, "value"))
    };
    let all: Vec<Object<'d>> = captures(file).into_iter().map(Node::object).collect();
    let in_upload = || {
        let is_upload = |capture: &&Object<'d>| {
            text(capture, "eventName").is_some_and(|name| name.text.eq_ignore_ascii_case("UPLOAD"))
        };
        all.iter().filter(is_upload).find_map(|capture| text(capture, "dateTime"))
    };
    let in_first = || all.iter().find_map(|capture| text(capture, "dateTime"));
    if context.reporter_is("dropbox") {
        return in_metadata();
    }
    if context.reporter_is("imgur") {
        return in_upload();
    }
    in_metadata().or_else(in_upload).or_else(in_first)
}

fn read_capture(row: &mut Row<'_, '_>, node: Node<'_>, of: &Of<'_, '_>, context: &Context<'_>) -> Result<(), Refusal> {
    if !node.is_object() {
        return Err(Refusal::row(b"no object", "a capture").at(node.span()));
    }
    let capture = node.object();
    let kind = capture.text("captureType")?;
    let kind = kind.as_ref().map_or_else(String::new, |kind| kind.text.to_lowercase());
    let value = capture.text("value")?.ok_or_else(|| Refusal::missing("value", "an address or a URL"))?;
    let time = capture.text("dateTime")?;
    let time = time.as_ref().or(of.upload);
    let at = time.map(|text| context.time(text).map(|at| (at, text.cell().origin))).transpose()?;
    if kind.contains("url") {
        let role = if kind.contains("profile") { "profile" } else { of.role };
        return Mention { kind: "url", value: &value.text, origin: value.cell().origin, role, at }.put(row);
    }
    let is_address = kind.is_empty() || kind.split(|c: char| !c.is_alphanumeric()).any(|word| word == "ip");
    let read = selector::ip_and_port(&value.text);
    let expected = "an address, or a URL with its captureType";
    let (ip, inner_port) = match read {
        Err(_) if !is_address => return Err(value.cell().refuse(expected)),
        other => other.map_err(|error| value.cell().refuse(error))?,
    };
    let ip = ip.to_string();
    let origin = value.cell().origin;
    let origin = if ip == value.text { origin } else { origin.by(BY_NORMAL_FORM) };
    let address = Address { ip, origin, port: inner_port, value: &value };
    match (of.account, at) {
        (Some(account), Some(at)) => put_session(row, &capture, account, &address, at, of.role),
        _ => Mention { kind: "ip", value: &address.ip, origin, role: of.role, at }.put(row),
    }
}

struct Address<'a, 'd> {
    ip: String,
    origin: Origin,
    /// A port that follows the address.
    port: Option<u16>,
    value: &'a Text<'d>,
}

fn put_session(
    row: &mut Row<'_, '_>,
    capture: &Object<'_>,
    account: &Account<'_>,
    address: &Address<'_, '_>,
    (at, at_origin): (ReadTime, Origin),
    role: &'static str,
) -> Result<(), Refusal> {
    row.record(TableId::Session, |record| {
        account.put(record, session::PLATFORM, session::ACCOUNT_REF)?;
        record.instant(session::AT_UTC, at.micros, at_origin.by(BY_TIME))?;
        put::zone_origin(record, session::ZONE_ORIGIN, at)?;
        record.text(session::IP, &address.ip, address.origin)?;
        if let Some(port) = capture.text("port")? {
            put::port_or_none(record, session::PORT, &port.cell())?;
        }
        if let Some(port) = address.port.filter(|_| !record.is_set(session::PORT)) {
            let origin = address.value.cell().origin.by("the port after the address");
            record.integer(session::PORT, i64::from(port), origin)?;
        }
        match capture.text("eventName")? {
            Some(event) => put::text(record, session::EVENT, &event.cell()),
            None if role == "uploaded" => record.text(session::EVENT, role, Origin::Rule("a capture of a file")),
            None => Ok(()),
        }
    })
}
