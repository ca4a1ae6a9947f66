//! Reported people and intended recipients: their accounts and selectors.

use tutela_model::selector::{self, SelectorError};
use tutela_model::{TableId, account};

use super::captures;
use super::lines;
use super::report::{Account, Context, Mention, Rows};
use crate::error::FormatError;
use crate::issue::Refusal;
use crate::json::{Node, Object, Text};
use crate::put;
use crate::put::{BY_NORMAL_FORM, Kept};
use crate::sink::Row;

/// The reported people of a report.
pub(super) fn reported<'d>(information: &Object<'d>) -> Vec<Node<'d>> {
    information.object("reportedPeople").array("reportedPersons")
}

/// Reads a person and what hangs on it.
pub(super) fn read(
    rows: &mut Rows<'_, '_>,
    node: Node<'_>,
    role: &'static str,
    context: &Context<'_>,
) -> Result<(), FormatError> {
    let person = node.object();
    let account = context.account(&person).ok().flatten();
    rows.row(node.span(), |row| read_person(row, node, &person, role, context))?;
    captures::read_all(rows, &person, &captures::Of { role, account: account.as_ref(), upload: None }, context)?;
    lines::read(rows, &person.array("additionalInformations"), lines::Of::logins(account.as_ref()), context)
}

fn read_person(
    row: &mut Row<'_, '_>,
    node: Node<'_>,
    person: &Object<'_>,
    role: &'static str,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if !node.is_object() {
        return Err(Refusal::row(b"no object", "a person").at(node.span()));
    }
    let handle = person.object("screenName").text("value")?;
    let emails = contacts(person, "emails")?;
    let phones = contacts(person, "phones")?;
    let ip = person.text("ipAddress")?;
    let account = context.account(person)?;
    if account.is_none() && handle.is_none() && emails.is_empty() && phones.is_empty() && ip.is_none() {
        return Err(match person.text("espUserId")? {
            Some(_) => Refusal::missing("espName", "the platform, here or as a constant of a mapping"),
            None => Refusal::missing("espUserId", "an account, a screen name, an e-mail, a phone or an address"),
        });
    }
    if let Some(account) = &account {
        put_account(row, account, person, handle.as_ref(), (emails.first(), phones.first()))?;
        let value = format!("{}:{}", account.platform, account.short_ref());
        let origin = account.ref_origin().by("the platform before the account");
        Mention { kind: "account", value: &value, origin, role, at: None }.put(row)?;
    }
    if let Some(handle) = &handle {
        let origin = handle.cell().origin;
        Mention { kind: "handle", value: &handle.text, origin, role, at: None }.put(row)?;
    }
    for email in &emails {
        mention_normal(row, "email", email, role, selector::email)?;
    }
    for phone in &phones {
        mention_normal(row, "phone", phone, role, selector::phone)?;
    }
    match &ip {
        Some(ip) => mention_normal(row, "ip", ip, role, |text| selector::ip(text).map(|ip| ip.to_string())),
        None => Ok(()),
    }
}

/// The texts of `emails.emails` or `phones.phones`.
fn contacts<'d>(person: &Object<'d>, key: &'static str) -> Result<Vec<Text<'d>>, Refusal> {
    let mut all = Vec::new();
    for contact in person.object(key).array(key) {
        all.extend(contact.object().text("value")?);
    }
    Ok(all)
}

fn put_account(
    row: &mut Row<'_, '_>,
    account: &Account<'_>,
    person: &Object<'_>,
    handle: Option<&Text<'_>>,
    (email, phone): (Option<&Text<'_>>, Option<&Text<'_>>),
) -> Result<(), Refusal> {
    let name = person.text("preferredName")?;
    let mut kept = Vec::new();
    row.record(TableId::Account, |record| {
        account.put(record, account::PLATFORM, account::ACCOUNT_REF)?;
        for (column, text) in [(account::HANDLE, handle), (account::DISPLAY_NAME, name.as_ref())] {
            text.map_or(Ok(()), |text| put::text(record, column, &text.cell()))?;
        }
        if let Some(email) = email {
            put::selector(&mut kept, record, account::EMAIL, &email.cell(), selector::email)?;
        }
        match phone {
            Some(phone) => put::selector(&mut kept, record, account::PHONE, &phone.cell(), selector::phone),
            None => Ok(()),
        }
    })?;
    Kept::note_all(kept, row);
    Ok(())
}

/// Mentions a selector in its normal form; as written, with a note, where it has none.
fn mention_normal(
    row: &mut Row<'_, '_>,
    kind: &'static str,
    text: &Text<'_>,
    role: &'static str,
    read: fn(&str) -> Result<String, SelectorError>,
) -> Result<(), Refusal> {
    let origin = text.cell().origin;
    match read(&text.text) {
        Ok(normal) => {
            let origin = if normal == text.text { origin } else { origin.by(BY_NORMAL_FORM) };
            Mention { kind, value: &normal, origin, role, at: None }.put(row)
        }
        // An address that is none joins nothing; other selectors may still be written alike elsewhere.
        Err(error) if kind == "ip" => Err(text.cell().refuse(error)),
        Err(error) => {
            row.note(kind, &text.text, format_args!("{error}; kept as written"));
            Mention { kind, value: &text.text, origin, role, at: None }.put(row)
        }
    }
}
