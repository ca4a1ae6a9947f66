//! One report: what is said of it as a whole, and the way through its parts.

use tutela_model::time::Zone;
use tutela_model::{TableId, mention, referral};

use super::{captures, lines, people};
use crate::cite::Origin;
use crate::error::FormatError;
use crate::issue::Refusal;
use crate::json::{Node, Object, Text};
use crate::mapping::Mapping;
use crate::platform;
use crate::put::{self, BY_CONSTANT, BY_FORMAT, BY_NORMAL_FORM, BY_TIME, ReadTime};
use crate::sink::{Record, Row, RowAt, Sink};
use crate::source::Span;

/// Numbers the rows in the order in which they come.
pub(super) struct Rows<'r, 'a> {
    pub(super) out: &'r mut Sink<'a>,
    pub(super) number: u64,
}

impl<'a> Rows<'_, 'a> {
    pub(super) fn row(
        &mut self,
        span: Span,
        fill: impl FnOnce(&mut Row<'_, 'a>) -> Result<(), Refusal>,
    ) -> Result<(), FormatError> {
        self.number += 1;
        self.out.row(RowAt { row: self.number, span }, fill)
    }
}

/// What the parts of a report need to know of the whole.
pub(super) struct Context<'d> {
    reporter: Option<Text<'d>>,
    stated_platform: Option<String>,
    zone: Option<Zone>,
    /// The reported account, where there is exactly one.
    pub(super) sole: Option<Account<'d>>,
}

/// An account as a report names it.
#[derive(Clone, Debug)]
pub(super) struct Account<'d> {
    pub(super) platform: String,
    pub(super) platform_origin: Origin,
    pub(super) account_ref: Text<'d>,
}

impl Account<'_> {
    /// Without what the platform adds to every account.
    pub(super) fn short_ref(&self) -> &str {
        platform::account_ref(&self.platform, &self.account_ref.text)
    }

    pub(super) fn ref_origin(&self) -> Origin {
        let origin = self.account_ref.cell().origin;
        if self.short_ref() == self.account_ref.text { origin } else { origin.by(BY_NORMAL_FORM) }
    }

    pub(super) fn put(&self, record: &mut Record<'_, '_>, platform: usize, account: usize) -> Result<(), Refusal> {
        record.text(platform, &self.platform, self.platform_origin)?;
        record.text(account, self.short_ref(), self.ref_origin())
    }
}

impl<'d> Context<'d> {
    fn new(information: &Object<'d>, mapping: Option<&Mapping>) -> Context<'d> {
        let reporter = information.object("reportingEsp").text("espName").ok().flatten();
        let stated_platform = mapping.and_then(|mapping| mapping.constant("platform")).map(str::to_owned);
        let zone = mapping.and_then(|mapping| mapping.zone("at_utc"));
        let mut context = Context { reporter, stated_platform, zone, sole: None };
        let mut accounts = people::reported(information).into_iter().filter_map(|person| {
            // A person that cannot be read is refused when its turn comes.
            context.account(&person.object()).ok().flatten()
        });
        let first = accounts.next();
        let same = |account: &Account<'_>, first: &Account<'_>| {
            (&account.platform, account.short_ref()) == (&first.platform, first.short_ref())
        };
        let sole = first.filter(|first| accounts.all(|account| same(&account, first)));
        context.sole = sole;
        context
    }

    /// The account of a person; nothing if the report does not name it.
    pub(super) fn account(&self, person: &Object<'d>) -> Result<Option<Account<'d>>, Refusal> {
        let account_ref = match person.text("espUserId")? {
            Some(account_ref) => Some(account_ref),
            None => person.object("screenName").text("value")?,
        };
        let service = person.text("espService")?;
        let (platform, platform_origin) = match &self.stated_platform {
            Some(stated) => (Some(stated.clone()), Origin::Rule(BY_CONSTANT)),
            None => {
                let text = |text: &Option<Text<'d>>| text.as_ref().map(|text| text.text.to_string());
                let (reporter, service_name) = (text(&self.reporter), text(&service));
                let name = platform::slug(reporter.as_deref(), service_name.as_deref());
                // Which of the two decided shows in the outcome with the other left out.
                let by_reporter = platform::slug(reporter.as_deref(), None);
                let from = if by_reporter == name { self.reporter.as_ref() } else { service.as_ref() };
                let origin = from.map_or(Origin::Rule(BY_FORMAT), |text| text.cell().origin);
                (name, origin.by("the platform's short name"))
            }
        };
        Ok(platform.zip(account_ref).map(|(platform, account_ref)| Account { platform, platform_origin, account_ref }))
    }

    /// The short name of the reporter.
    pub(super) fn reporter_is(&self, name: &str) -> bool {
        let reporter = self.reporter.as_ref().map(|text| text.text.as_ref());
        platform::slug(reporter, None).is_some_and(|platform| platform == name)
    }

    /// Reads a time that states its zone, or that has one by the mapping.
    pub(super) fn time(&self, text: &Text<'_>) -> Result<ReadTime, Refusal> {
        put::read_instant(&text.cell(), self.zone.as_ref())
    }

    /// The zone that the mapping states.
    pub(super) fn zone(&self) -> Option<&Zone> {
        self.zone.as_ref()
    }
}

/// Reads one report.
pub(super) fn read(rows: &mut Rows<'_, '_>, node: Node<'_>, mapping: Option<&Mapping>) -> Result<(), FormatError> {
    let report = node.object();
    let information = report.object("reportedInformation");
    let context = Context::new(&information, mapping);
    rows.row(node.span(), |row| read_referral(row, node, &report, &information, &context))?;
    for person in people::reported(&information) {
        people::read(rows, person, "reported", &context)?;
    }
    for person in information.object("intendedRecipients").array("intendedRecipients") {
        people::read(rows, person, "recipient", &context)?;
    }
    for file in information.object("uploadedFiles").array("uploadedFiles") {
        captures::read_file(rows, file, &context)?;
    }
    let details = information.object("incidentDetails");
    for incident in details.array("webpageIncident") {
        let incident = incident.object();
        captures::read_all(rows, &incident, &captures::Of { role: "incident", account: None, upload: None }, &context)?;
        lines::read(rows, &incident.array("additionalInformations"), lines::Of::nobody(), &context)?;
    }
    for incident in details.array("emailIncident") {
        lines::read(rows, &incident.object().array("contents"), lines::Of::nobody(), &context)?;
    }
    lines::read(rows, &information.array("additionalInformations"), lines::Of::logins(context.sole.as_ref()), &context)
}

fn read_referral(
    row: &mut Row<'_, '_>,
    node: Node<'_>,
    report: &Object<'_>,
    information: &Object<'_>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if !node.is_object() {
        return Err(Refusal::row(b"no object", "a report").at(node.span()));
    }
    let reference = report.text("reportId")?.ok_or_else(|| Refusal::missing("reportId", "the number of the report"))?;
    let summary = information.object("incidentSummary");
    let mut unread = Vec::new();
    row.record(TableId::Referral, |record| {
        put::text(record, referral::REFERRAL_REF, &reference.cell())?;
        record.text(referral::KIND, "cybertip", Origin::Rule(BY_FORMAT))?;
        if let Some(reporter) = &context.reporter {
            put::text(record, referral::REPORTER, &reporter.cell())?;
        }
        let times = [
            (referral::REPORTED_UTC, summary.text("incidentDateTime")?),
            (referral::RECEIVED_UTC, report.text("dateReceived")?),
        ];
        for (column, text) in times {
            let Some(text) = text else { continue };
            match context.time(&text) {
                Ok(read) => put::instant(record, column, read, &text.cell())?,
                Err(refusal) => unread.push(refusal),
            }
        }
        match summary.text("incidentType")? {
            Some(kind) => put::text(record, referral::INCIDENT_KIND, &kind.cell()),
            None => Ok(()),
        }
    })?;
    for refusal in unread {
        note_unread(row, &refusal);
    }
    Ok(())
}

/// Says that a value was left out.
pub(super) fn note_unread(row: &mut Row<'_, '_>, refusal: &Refusal) {
    let column = refusal.column.clone().unwrap_or_default();
    row.note(&column, &refusal.found, format_args!("{}; it is left out", refusal.expected));
}

/// A selector that is mentioned.
pub(super) struct Mention<'m> {
    pub(super) kind: &'static str,
    pub(super) value: &'m str,
    pub(super) origin: Origin,
    pub(super) role: &'static str,
    pub(super) at: Option<(ReadTime, Origin)>,
}

impl Mention<'_> {
    pub(super) fn put(&self, row: &mut Row<'_, '_>) -> Result<(), Refusal> {
        row.record(TableId::Mention, |record| {
            record.text(mention::KIND, self.kind, Origin::Rule(BY_FORMAT))?;
            record.text(mention::VALUE, self.value, self.origin)?;
            record.text(mention::ROLE, self.role, Origin::Rule(BY_FORMAT))?;
            match self.at {
                Some((at, origin)) => record.instant(mention::AT_UTC, at.micros, origin.by(BY_TIME)),
                None => Ok(()),
            }
        })
    }
}
